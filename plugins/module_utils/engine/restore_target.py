# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore goes into: a running instance, and where its own sets are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod, Target
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.engine import backup, compare, pause
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.live_instance import instance_of
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.status import views
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.backup import settings as settings_by_flavour
from ansible_collections.eks.redis.plugins.module_utils.topology.jobs import CONTAINER

Object = dict[str, Any]
_VOLUME = "/data"
_PATIENCE = 60.0  # seconds
# what Redis has where its file does not say it (redis.conf of 7.0)
_DEFAULTS = {
    "min-replicas-to-write": "0",
    "min-replicas-max-lag": "10",
    "repl-diskless-load": "disabled",
    "repl-diskless-sync-delay": "5",
}
_OLD_NAMES = {"min-slaves-to-write": "min-replicas-to-write", "min-slaves-max-lag": "min-replicas-max-lag"}


@dataclass(frozen=True)
class Found:
    """settings: of jobs of the instance; what they back up goes there."""

    view: View
    instance: Instance
    settings: Settings
    config: Mapping[str, str]

    def target(self) -> Target:
        """As the job is told. Addresses are of now."""
        plan, pods = self.view.plan, self.view.seen.pods
        sentinels = plan.sentinels
        redis = [Pod(pod, _address(pods.get(pod)), one.port) for one in plan.redis for pod in one.pods]
        watchers = [Pod(pod, _address(pods.get(pod)), sentinels.port) for pod in sentinels.pods] if sentinels else []
        down_after = self.view.resources.get("RedisSentinel", {}).get("spec", {}).get("redisSentinelConfig", {})
        return Target(
            redis=tuple(pod for pod in redis if pod.address),
            memory=int(octets(self.instance.flavour.master.resources.limits.memory) or 0),
            settings=self.config,
            sentinels=tuple(pod for pod in watchers if pod.address),
            group=plan.master_group,
            down_after=int(down_after.get("downAfterMilliseconds", 0)),
        )


def find(api: Api, namespace: str, name: str, given: Mapping[str, str]) -> Found:
    """given: bucket, region, prefix, image and service_account, where the instance has no backups or others are wanted.

    Raises EngineError where there is no instance, or nothing says where its sets are.
    """
    found = settled(api, namespace, name)
    if not found:
        raise EngineError(
            f"there is no instance {namespace}/{name} in the cluster at {api.session.server}; deploy it first, empty, "
            "then restore into it"
        )
    view = found[0]
    cron_job = api.get("CronJob", names.backup(name), namespace)
    if cron_job is not None and compare.owned_fields(cron_job) is None:
        cron_job = None  # somebody else's
    if cron_job is None and not given.get("bucket"):
        raise EngineError(
            f"instance {namespace}/{name} has no backups, so the bucket is not known: name it with option bucket "
            "(playbooks: redis_backup_bucket), or deploy the instance with backup.enabled: true"
        )
    fields = {**of_cron_job(cron_job), **_of_options(given)}
    instance = instance_of(view.resources, labels_of(view), **fields)
    account, _made = names.backup_account(instance)
    if api.get("ServiceAccount", account, namespace) is None:
        raise EngineError(
            f"there is no ServiceAccount {namespace}/{account} by which the job is let into the bucket; name one with "
            "option service_account, or deploy the instance with backup.enabled: true"
        )
    settings = backup.settings_of(cron_job) if cron_job else settings_by_flavour(instance, view.plan)
    return Found(view, instance, settings, config_of(api, view, names.config(instance)))


def free(api: Api, view: View) -> dict[str, int]:
    """Bytes that are left on the volume of each master; of those of which it can be told."""
    found = {}
    for member in view.state.masters:
        workload = view.plan.redis_of(member.pod)
        if workload.claims:
            said = execute(api, view.plan.namespace, member.pod, workload.container, ["df", "-Pk", _VOLUME])
            columns = said.stdout.splitlines()[-1].split() if said.code == 0 else []
            if len(columns) > 3 and columns[3].isdigit():
                found[member.pod] = int(columns[3]) * 1024
    return found


def settled(api: Api, namespace: str, name: str) -> list[View]:
    """The instance, looked at once more where what is not well with it passes by itself, most likely."""
    found: list[View] = []

    def unmet() -> str | None:
        found[:] = views(api, namespace, name)
        return next(filter(None, map(_passing, found)), None)

    wait_until(api, unmet, (), Deadline(_PATIENCE))
    return found


def _passing(view: View) -> str | None:
    """What is not well where every Redis answers, or is only late: sentinels that the operator has just made to look
    anew know of no replica for some seconds, and who takes over has no replica at first. Nothing passes in the middle
    of a restore."""
    asked = [view.state.members.get(pod) for one in view.plan.redis for pod in one.pods]
    answers = all(member is not None and (member.late or not member.error) for member in asked)
    begun = any(pause.is_ours(one) for one in view.resources.values())
    return unproven(view.plan, view.state) if answers and not begun and not view.unasked else None


def of_cron_job(cron_job: Object | None) -> dict[str, str]:
    """Fields of the flavour's ``backup`` by what the CronJob says."""
    if cron_job is None:
        return {}
    spec = cron_job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    image = next(one["image"] for one in spec["containers"] if one["name"] == CONTAINER)
    return {"image": image, "serviceAccount": spec.get("serviceAccountName", "default")}


def _of_options(given: Mapping[str, str]) -> dict[str, str]:
    fields = {
        "bucket": "s3Bucket",
        "region": "s3Region",
        "prefix": "prefix",
        "image": "image",
        "service_account": "serviceAccount",
    }
    return {field: given[option] for option, field in fields.items() if given.get(option)}


def labels_of(view: View) -> dict[str, str]:
    """The user's labels: what the custom resource has beside ours."""
    labels = view.head["metadata"].get("labels") or {}
    return {key: value for key, value in labels.items() if not key.startswith("app.kubernetes.io/")}


def _address(pod: Object | None) -> str:
    return str((pod or {}).get("status", {}).get("podIP", ""))


def config_of(api: Api, view: View, name: str) -> dict[str, str]:
    """What the additional redis.conf says of the settings that a restore changes; what a restart would bring back."""
    live = api.get("ConfigMap", name, view.plan.namespace) or {}
    text = (live.get("data") or {}).get(names.CONFIG_KEY, "")
    words = (line.strip().partition(" ") for line in text.splitlines())
    said = {_OLD_NAMES.get(key, key): value.strip().strip('"') for key, _blank, value in words}
    return {key: said.get(key, default) for key, default in _DEFAULTS.items()}
