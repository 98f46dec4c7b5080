# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job of a restore: the toolbox beside a loader, which the instance's own pods copy from or are filled by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import ADDRESS, VARIABLE, Restore
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import (
    LOADER_VARIABLE,
    SENTINEL_VARIABLE,
    Settings,
)
from ansible_collections.eks.redis.plugins.module_utils.topology import jobs, loader, names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import RESTORE

ID = "eks.redis/restore"  # the annotation with the restore's id
_DAYS = 7 * 86400  # seconds that it stays to be looked at
_LONGEST = 86400  # seconds; nothing is as large
_MIB = 2**20
_ROOM = 64  # MiB beside the files: the loader's log, and what a volume needs for itself


def job(
    instance: Instance, settings: Settings, restore: Restore, name: str, owner: Mapping[str, str]
) -> dict[str, Any]:
    """The Job. name: its own. owner: of the custom resource with which it goes, as ownerReferences have it.

    What its program says is final; a pod that is lost is not, and the next one goes on where it was.
    """
    container = jobs.toolbox(instance, "restore", settings, mounts=[loader.mount()])
    address = {"name": ADDRESS, "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}
    container["env"] += [{"name": VARIABLE, "value": restore.as_json()}, address, *_passwords(instance)]
    size = sum(file.bytes for file in restore.files) // _MIB + 1
    pod = jobs.pod(
        instance,
        container,
        sidecars=[_loader(instance, reachable=settings.mode != "cluster")],
        volumes=[
            loader.volume(f"{size + _ROOM}Mi"),
            *([loader.certificate(names.certificate(instance))] if instance.transit_encryption.enabled else ()),
        ],
    )
    made = jobs.job(instance, RESTORE, pod, seconds=_LONGEST)
    said = {"containerName": jobs.CONTAINER, "operator": "In", "values": [1, 2]}
    policy = made["spec"]["podFailurePolicy"]
    policy["rules"] = [*policy["rules"], {"action": "FailJob", "onExitCodes": said}]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "namespace": instance.namespace,
            "labels": made["metadata"]["labels"],
            "annotations": {ID: restore.id},
            "ownerReferences": [dict(owner)],
        },
        "spec": {**made["spec"], "ttlSecondsAfterFinished": _DAYS},
    }


def _passwords(instance: Instance) -> list[dict[str, Any]]:
    """Of those that know no user but the default one: the loader, and sentinels where there are some."""
    if not instance.authentication.enabled:
        return []
    watched = instance.flavour.deployment.mode == "sentinel"
    variables = [LOADER_VARIABLE, *([SENTINEL_VARIABLE] if watched else [])]
    return [jobs.password(variable, names.password(instance)) for variable in variables]


def _loader(instance: Instance, *, reachable: bool) -> dict[str, Any]:
    """It holds what a pod of the instance holds, and knows the same password."""
    flavour = instance.flavour
    amounts = pods.resources(pods.larger(flavour.master.resources, flavour.deployment.config.replica.resources))
    password = names.password(instance) if instance.authentication.enabled else None
    return loader.sidecar(
        flavour.image,
        flavour.image_pull_policy,
        amounts,
        reachable=reachable,
        password=password,
        tls=instance.transit_encryption.enabled,
    )
