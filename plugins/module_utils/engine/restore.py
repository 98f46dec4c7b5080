# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore from the controller's side: what for, into what, by a Job that is followed, with the operator kept away.

The Job does what is done to the data, and finds out by itself how far an earlier one got. Here it is noted which
restore has begun, before anything is touched, so that the same command goes on with that one, and no other begins.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.keys import SUFFIX
from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet
from ansible_collections.eks.redis.plugins.module_utils.engine import acl, jobs, kinds, pause
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import JobRun
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.ready import Readiness
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_check import problems
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_journal import Entry, Journal
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_report import Report, lines, prediction
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_target import Found, free
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology import restore as topology
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import RESTORE, as_selector, job_selector

Object = dict[str, Any]
_BACK = "what it held before"  # wanted by who rolls back


class Origins(Protocol):
    """What the bucket has; see aws/s3/origins.py."""

    def held(self, namespace: str, name: str) -> list[BackupSet]: ...

    def old_data(self, namespace: str, name: str, restore: str = "") -> BackupSet | None: ...

    def of_held(self, one: BackupSet, namespace: str, name: str) -> Origin: ...

    def let_go(self, namespace: str, name: str, sets: Sequence[str]) -> None: ...

    def upload(self, uploads: Sequence[tuple[str, str]]) -> None: ...

    def forget(self, uploads: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class Asked:
    """wanted: what for, by which the same command is known again. force, safety_backup: see restoring.Restore."""

    wanted: str
    force: bool
    safety_backup: bool


Find = Callable[[str], Origin]  # by the id of the restore, under which files are uploaded


class Restoration:
    """One run of a restore. check: nothing is written. timeout: seconds to wait."""

    def __init__(self, api: Api, found: Found, origins: Origins, *, check: bool, timeout: float) -> None:
        self._api, self._found, self._origins, self._check = api, found, origins, check
        self._deadline = Deadline(timeout)
        self._plan, self._view = found.view.plan, found.view
        self._namespace, self._name = self._plan.namespace, found.view.seen.name
        self._instance = f"{self._namespace}/{self._name}"
        self._journal = Journal(api, self._namespace, self._name)

    def restore(self, asked: Asked, find: Find) -> Object:
        """A new one, or the same that is not complete; a module's result. Raises EngineError with all against it."""
        entry = self._journal.read()
        if entry is None:
            return self._begin(asked, find)
        if entry.wanted != asked.wanted:
            raise EngineError(
                f"another restore of instance {self._instance} is not complete, begun at {entry.started}: "
                f"{entry.source}; run that one again, or go back with state: rolled_back (playbooks: "
                "redis_restore_state)"
            )
        return self._go_on(entry)

    def roll_back(self, asked: Asked) -> Object:
        """The instance gets back what it held before a restore; a module's result."""
        entry = self._journal.read()
        if entry is not None:
            return self._go_on(entry) if entry.wanted == _BACK else self._undo(entry)
        old = self._origins.old_data(self._namespace, self._name)
        if old is None:
            raise EngineError(f"there is no way back: no restore of instance {self._instance} has put anything aside")
        back = replace(asked, wanted=_BACK, force=True)
        return self._begin(back, lambda _id: self._origins.of_held(old, self._namespace, self._name))

    def confirm(self) -> Object:
        """What restores have put aside is let go; a module's result."""
        if entry := self._journal.read():
            raise EngineError(
                f"a restore of instance {self._instance} is not complete: {entry.source}; complete it first"
            )
        sets = [one.name for one in self._origins.held(self._namespace, self._name)]
        if not self._check:
            self._origins.let_go(self._namespace, self._name, sets)
        summary = [f"let go: set {name}" for name in sets] or ["nothing is put aside"]
        return {"changed": bool(sets), "released": sets, "summary": summary}

    def _begin(self, asked: Asked, find: Find) -> Object:
        identity = _id()
        origin = find(identity)
        found = list(problems(self._view, origin, free(self._api, self._view), force=asked.force))
        if found:
            raise together(f"{origin.text}: {problem}" for problem in found)
        entry = Entry(
            id=identity,
            wanted=asked.wanted,
            source=origin.text,
            files=origin.files,
            uploads=tuple(key for _path, key in origin.uploads),
            safety_backup=asked.safety_backup,
            begun=False,
            started=times.written(datetime.now(UTC)),
        )
        if self._check:
            return self._result(entry, None, prediction(self._view, entry), {})
        self._origins.upload(origin.uploads)
        self._journal.write(entry)
        return self._run(entry, self._given(entry), fresh=True)

    def _go_on(self, entry: Entry) -> Object:
        tell(f"the restore that was begun at {entry.started} is gone on with: {entry.source}")
        if self._check:
            return self._result(entry, None, prediction(self._view, entry), {})
        return self._run(entry, self._given(entry), fresh=False)

    def _undo(self, entry: Entry) -> Object:
        """What the instance held before the one that is not complete."""
        old = self._origins.old_data(self._namespace, self._name, entry.id)
        origin = self._origins.of_held(old, self._namespace, self._name) if old else None
        by = f", from {origin.text} where data has been replaced" if origin else ""
        if self._check:
            return self._result(entry, None, [f"undo the restore of {entry.source}{by}"], {})
        files = origin.files if origin else ()
        given = replace(self._given(entry), files=files, safety_backup=False, undo=True)
        return self._run(entry, given, fresh=False)

    def _given(self, entry: Entry) -> Restore:
        return Restore(
            id=entry.id,
            source=entry.source,
            files=entry.files,
            target=self._found.target(),
            # without it, it would have been refused
            force=True,
            safety_backup=entry.safety_backup,
            begun=entry.begun,
        )

    def _run(self, entry: Entry, given: Restore, *, fresh: bool) -> Object:
        resources = list(self._view.resources.values())
        report = Report(replacing=lambda: self._journal.write(replace(entry, begun=True)))
        self._pause(resources, entry, fresh=fresh)
        job = ""
        try:
            job = self._job(given)
            done = JobRun(self._api, self._namespace, job, self._deadline, report.hear).wait()
        except EngineError as error:
            self._after(error, entry, job, report, fresh=fresh)
            raise
        self._close(entry)
        safety_set = str(done.get("safety_set") or report.safety_set) or ("" if fresh else self._put_aside(entry))
        what = f"rolled back: {self._instance}" if given.undo else f"restored: {entry.source} into {self._instance}"
        summary = lines(what, self._instance, done, safety_set)
        result = self._result(entry, job, summary, {**done, "safety_set": safety_set or None, "files": report.files})
        try:
            Readiness(self._api, self._plan, self._name, self._deadline).await_proof(resources)
        except EngineError as error:
            error.result |= result
            raise
        acl.remind_pods(self._api, self._plan, self._view.seen, self._view.head)
        return result

    def _put_aside(self, entry: Entry) -> str:
        """The name of the set that an earlier run has made; "" for none."""
        with suppress(EngineError):  # the restore is complete, whether that can be told or not
            old = self._origins.old_data(self._namespace, self._name, entry.id)
            return old.name if old else ""
        return ""

    def _pause(self, resources: Sequence[Object], entry: Entry, *, fresh: bool) -> None:
        try:
            pause.pause(self._api, resources)
        except EngineError:
            if fresh:
                self._forget(entry)
            raise

    def _after(self, error: EngineError, entry: Entry, job: str, report: Report, *, fresh: bool) -> None:
        """What is to be done, and to be said, when a run has failed."""
        live = self._api.get("Job", job, self._namespace) if job else None
        if report.put_back or (fresh and live is None and not report.started):
            self._close(entry)
            return
        if live is not None and not jobs.ended(live):
            error.args = (f"{error}; run the same again to follow it",)
            return
        error.args = (
            f"{error}; the restore is not complete, and the operator stays away: run the same again to complete it, or "
            "go back with state: rolled_back (playbooks: redis_restore_state)",
        )

    def _close(self, entry: Entry) -> None:
        """Nothing of the restore is left but what it has done."""
        pause.resume(self._api, self._view.resources.values())
        self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        self._journal.close()
        self._origins.forget(entry.uploads)

    def _job(self, given: Restore) -> str:
        """The name of the Job that works on it: the one that does already, or a new one."""
        selector = as_selector(job_selector(self._name, RESTORE))
        for live in self._api.list("Job", self._namespace, labelSelector=selector):
            if (live["metadata"].get("annotations") or {}).get(topology.ID) == given.id and not jobs.ended(live):
                if given.undo:
                    what = kinds.reference("Job", self._namespace, live["metadata"]["name"])
                    raise EngineError(f"{what} works on the restore: delete it, or wait for its end, then go back")
                return str(live["metadata"]["name"])
        meta = self._view.head["metadata"]
        kind = self._view.head["kind"]
        owner = {"apiVersion": kinds.kind(kind).api, "kind": kind, "name": meta["name"], "uid": meta["uid"]}
        name = f"{names.restore(self._name)}-{_id()}"
        self._api.apply(topology.job(self._found.instance, self._found.settings, given, name, owner))
        tell(f"created: {kinds.reference('Job', self._namespace, name)}")
        return name

    def _result(self, entry: Entry, job: str | None, summary: list[str], done: Object) -> Object:
        told = {key: done.get(key) for key in ("keys", "bytes", "seconds", "safety_set", "files")}
        return {"changed": True, "restore": entry.id, "source": entry.source, "job": job, **told, "summary": summary}


def _id() -> str:
    return "".join(secrets.choice(SUFFIX) for _each in range(jobs.SUFFIX))
