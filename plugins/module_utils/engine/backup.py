# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup of an instance, begun now: the Job that its CronJob would begin, followed to its end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.keys import SUFFIX
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, jobs, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import PATIENCE, Event, JobRun
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell, tell_change
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import HEADS
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some
from ansible_collections.eks.redis.plugins.module_utils.topology import names

Object = dict[str, Any]


def back_up(api: Api, namespace: str, name: str, *, check: bool, wait: bool, timeout: float | None) -> Object:
    """A module's result. timeout: seconds to wait; None as long as the Job may take. Raises EngineError."""
    found = cron_job(api, namespace, name)
    _require_idle(api, found, f"{namespace}/{name}")
    job = jobs.manifest(found, "".join(secrets.choice(SUFFIX) for _each in range(jobs.SUFFIX)))
    api.apply(job, dry_run=check)
    what = kinds.reference_of(job)
    begun = f"created: {what}"
    if check:
        # the name is chosen anew each time
        begun = f"created: a Job of CronJob {namespace}/{found['metadata']['name']}"
    tell_change(begun, predicted=check)
    if check or not wait:
        return {"changed": True, "job": None if check else job["metadata"]["name"], "summary": [begun], "warnings": []}
    seconds = timeout or job["spec"]["activeDeadlineSeconds"] + PATIENCE
    report = Report()
    try:
        done = JobRun(api, namespace, job["metadata"]["name"], Deadline(seconds), report.hear).wait()
    except EngineError as error:
        error.result |= {"changed": True, "job": job["metadata"]["name"], "warnings": report.warnings}
        raise
    return {"changed": True, "job": job["metadata"]["name"], **report.result(done)}


def cron_job(api: Api, namespace: str, name: str) -> Object:
    """The CronJob of an instance's backups. Raises EngineError where there is none, and says why."""
    wanted = names.backup(name)
    live = api.get("CronJob", wanted, namespace)
    if live is not None and compare.owned_fields(live) is not None:
        return live
    if any(api.get(kind, name, namespace) for kind in HEADS):
        raise EngineError(
            f"instance {namespace}/{name} has no backups, there is no CronJob {namespace}/{wanted} of {kinds.MANAGER}: "
            "deploy it with backup.enabled: true and backup.s3Bucket in its flavour"
        )
    operator = "" if api.served(kinds.OPERATOR_API) else ", which does not know the operator's kinds either"
    raise EngineError(f"there is no instance {namespace}/{name} in the cluster at {api.session.server}{operator}")


def settings_of(found: Object) -> Settings:
    """What the Jobs of a CronJob are told. Raises EngineError for one that another release has written."""
    containers = found["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    variables = [one for container in containers for one in container.get("env") or ()]
    text = next((one.get("value", "") for one in variables if one["name"] == settings.VARIABLE), "")
    try:
        return settings.from_json(text)
    except DatapathError as error:
        meta = found["metadata"]
        raise EngineError(
            f"CronJob {meta['namespace']}/{meta['name']} is not as this release of eks.redis writes it ({error}); "
            "deploy the instance"
        ) from None


class Report:
    """What a backup says on its way, told as it comes, and what came of it."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._shards: dict[str, Object] = {}

    def hear(self, event: Event) -> None:
        """One event of the program. One that this release does not know is passed over."""
        try:
            self._note(event)
            words = _WORDS[event["event"]](event)
        except (KeyError, TypeError):
            return
        tell(words)

    def result(self, done: Event) -> Object:
        """done: what it said at its end, {} where nobody could hear it."""
        if not done:
            unheard = "the log of the Job may not be read (verb get of pods/log): backup_info tells what there is"
            return {"set": None, "shards": [], "summary": ["made: a set"], "warnings": [unheard]}
        told = {key: done.get(key) for key in ("set", "bytes", "keys", "seconds", "skew_seconds", "deleted")}
        made = (
            f"made: set {done['set']}, {size(done['bytes'])}, {some(done['keys'], 'key')}, in {done['seconds']:.1f} s"
        )
        gone = [f"deleted: set {name}" for name in done.get("deleted") or ()]
        return {
            **told,
            "shards": [self._shards[file] for file in sorted(self._shards)],
            "summary": [made, *(_source(one) for one in self._shards.values()), *gone],
            "warnings": self.warnings,
        }

    def _note(self, event: Event) -> None:
        kind = event["event"]
        if kind == "started":
            self._shards.clear()  # what another try has done does not count
        elif kind == "source":
            kept = {key: event[key] for key in ("pod", "role", "lag_bytes", "reason")}
            role = "master" if event["role"] == "master" else "replica"  # Redis says slave
            self._shards[event["shard"]] = {"file": event["shard"], **kept, "role": role}
            if event["reason"]:
                self.warnings.append(f"{event['shard']} is from Pod {event['pod']}, the master: {event['reason']}")
        elif kind == "stored":
            self._shards[event["shard"]] |= {"bytes": event["bytes"], "seconds": event["seconds"]}
        elif kind in ("warning", "problem"):
            self.warnings.append(_about(event))


def _require_idle(api: Api, found: Object, instance: str) -> None:
    busy = jobs.running(api, found)
    if busy:
        meta = busy[0]["metadata"]
        raise EngineError(
            f"a backup of instance {instance} is running already: Job {meta['namespace']}/{meta['name']}, since "
            f"{meta['creationTimestamp']}; wait for its end, or delete it"
        )


def _source(event: Event) -> str:
    file = event.get("shard") or event["file"]
    if event["role"] == "master":
        return f"{file} from Pod {event['pod']}, a master"
    return f"{file} from Pod {event['pod']}, a replica, {size(event['lag_bytes'])} behind"


def _about(event: Event) -> str:
    return f"set {event['set']}: {event['reason']}" if "set" in event else str(event["reason"])


_WORDS: dict[str, Callable[[Event], str]] = {
    "started": lambda event: f"set {event['set']}: {some(event['shards'], 'shard')}",
    "source": _source,
    "progress": lambda event: f"{size(event['bytes'])} in {event['seconds']:.0f} s",
    "stored": lambda event: f"stored: {event['shard']}, {size(event['bytes'])} in {event['seconds']:.1f} s",
    "again": lambda event: f"failed, and tried again: {event['reason']}",
    "kept": lambda event: f"kept: set {event['set']}: {event['reason']}",
    "deleted": lambda event: f"deleted: {event.get('upload') or 'set ' + event['set']}: {event['reason']}",
    "warning": _about,
    "problem": _about,
    "failed": lambda event: f"failed: {event['reason']}",
}
