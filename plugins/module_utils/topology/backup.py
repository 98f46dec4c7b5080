# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What backs an instance up: two CronJobs, and the ServiceAccount that lets them write into the bucket."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import canonical, octets
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import (
    RestoreTest,
    Retention,
    Settings,
    Source,
    Store,
)
from ansible_collections.eks.redis.plugins.module_utils.topology import jobs, loader, names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import BACKUP, RESTORE_TEST, metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

ROLE = "eks.amazonaws.com/role-arn"  # EKS gives the role of this annotation to the pods of a ServiceAccount (IRSA)
_LATEST_START = 3600  # seconds; a backup that is an hour late is better than none
_KEPT = 3  # Jobs of each outcome that stay to be looked at
_GRACE = 24  # hours in which nothing of a set that is not whole is deleted: a backup may be at work on it


def objects(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """None without backups."""
    if not instance.flavour.backup.enabled:
        return []
    tested = instance.flavour.backup.restore_test.enabled
    return [
        *_account(instance),
        _backup(instance, plan),
        *([_restore_test(instance, plan)] if tested else []),
    ]


def settings(instance: Instance, plan: Layout) -> Settings:
    """What jobs are told of an instance and of its sets."""
    backup = instance.flavour.backup
    test = backup.restore_test
    return Settings(
        namespace=instance.namespace,
        name=instance.name,
        mode=plan.mode,
        version=instance.version,
        hosts=plan.hosts,
        store=Store(backup.s3_bucket, backup.s3_region, backup.prefix, backup.kms_key),
        retention=Retention(backup.retention, backup.keep_verified, _GRACE),
        schedule=backup.schedule,
        restore_test=RestoreTest(test.schedule if test.enabled else ""),
        source=Source(max_lag=int(octets(backup.max_lag) or 0), timeout=backup.timeout),
    )


def _account(instance: Instance) -> list[dict[str, Any]]:
    """None where one of the user's is named. The role may also come by EKS Pod Identity: then it says nothing of it."""
    name, made = names.backup_account(instance)
    if not made:
        return []
    role = instance.flavour.backup.role_arn
    return [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(instance, name, BACKUP, {ROLE: role} if role else None),
            "automountServiceAccountToken": False,
        }
    ]


def _backup(instance: Instance, plan: Layout) -> dict[str, Any]:
    backup = instance.flavour.backup
    container = jobs.toolbox(instance, "backup", settings(instance, plan))
    return _cron_job(instance, names.backup(instance.name), BACKUP, backup.schedule, jobs.pod(instance, container))


def _restore_test(instance: Instance, plan: Layout) -> dict[str, Any]:
    """It asks no Redis of the instance: it brings one of its own, which loads the newest set."""
    flavour, config = instance.flavour, instance.flavour.deployment.config
    container = jobs.toolbox(
        instance, "restore-test", settings(instance, plan), asks_redis=False, mounts=[loader.mount()]
    )
    # what any of the pods holds must fit
    amounts = pods.resources(pods.larger(flavour.master.resources, config.replica.resources))
    pod = jobs.pod(
        instance,
        container,
        sidecars=[loader.sidecar(flavour.image, flavour.image_pull_policy, amounts)],
        volumes=[loader.volume(canonical(flavour.persistence.size))],
    )
    schedule = flavour.backup.restore_test.schedule
    return _cron_job(instance, names.restore_test(instance.name), RESTORE_TEST, schedule, pod)


def _cron_job(instance: Instance, name: str, component: str, schedule: str, pod: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(instance, name, component),
        "spec": {
            "schedule": schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": _LATEST_START,
            "successfulJobsHistoryLimit": _KEPT,
            "failedJobsHistoryLimit": _KEPT,
            "jobTemplate": jobs.job(instance, component, pod, seconds=instance.flavour.backup.timeout),
        },
    }
