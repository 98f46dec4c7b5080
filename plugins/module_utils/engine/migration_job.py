# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job of an exit, and what is asked of its program, whichever pod that is in at the moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import UNANSWERED
from ansible_collections.eks.redis.plugins.module_utils.engine import jobs, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import Conversation, Cut
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import FAILED, Event, JobRun
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.jobs import CONTAINER, PROGRAM
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MIGRATION, as_selector, job_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import BACK, ID

Object = dict[str, Any]
_AGAIN = 1.0  # seconds
_TOLD = 5.0  # seconds between two lines of progress
_ENDS = 60.0  # seconds for a program that was told to stop
# what resolves a name where applications do
_RESOLVE = "import socket, sys; print(socket.getaddrinfo(sys.argv[1], None, type=socket.SOCK_STREAM)[0][4][0])"


class Declined(EngineError):
    """The program has answered that it does not do it, or that it could not. event: all that it said."""

    def __init__(self, event: Event) -> None:
        super().__init__(str(event.get("reason", "it gave no reason")))
        self.event = event


class Worker:
    """The Job that works on one exit in one direction, whether it is there or not. name: of the instance."""

    def __init__(self, api: Api, namespace: str, name: str, exit_id: str, *, back: bool, deadline: Deadline) -> None:
        self._api, self._namespace, self._deadline = api, namespace, deadline
        self._selector = as_selector(job_selector(name, MIGRATION))
        self._marks = {ID: exit_id, BACK: str(back).lower()}
        self._talk: Conversation | None = None
        self._run: JobRun | None = None
        self._told = 0.0
        self.warnings: list[str] = []

    @property
    def job(self) -> str:
        """Its name; "" where none is at work."""
        for live in self._api.list("Job", self._namespace, labelSelector=self._selector):
            annotations = live["metadata"].get("annotations") or {}
            if not jobs.ended(live) and self._marks.items() <= annotations.items():
                return str(live["metadata"]["name"])
        return ""

    @property
    def pod(self) -> str:
        """In which its program works, waited for. Raises EngineError where it does not: why."""
        if self._run is None:
            job = self.job
            if not job:
                raise EngineError("no Job works on the migration any more")
            self._run = JobRun(self._api, self._namespace, job, self._deadline, self._overhear)
        return self._run.begun()

    def ask(self, what: str, *, again: bool = True, **more: Any) -> Event:
        """The program's last word on it. again: ask once more where the answer was cut off, also another pod.

        Raises Declined; Cut; EngineError where the Job has ended, with what its program said at its end.
        """
        while True:
            try:
                event = self._open().ask({"do": what, **more}, self._deadline, self._hear)
            except Cut:
                self.close()
                if not again:
                    raise
                time.sleep(_AGAIN)
                continue
            if event["event"] == FAILED:
                if not str(event.get("reason", "")).startswith(UNANSWERED):
                    raise Declined(event)
                # it has just begun, or is about to end
                self.close()
                time.sleep(_AGAIN)
                continue
            return event

    def resolve(self, host: str) -> str:
        """The IP address of a name as pods see it."""
        said = execute(self._api, self._namespace, self.pod, CONTAINER, ["python3", "-c", _RESOLVE, host])
        if said.code or not said.stdout.strip():
            reason = (said.stderr.strip() or "no answer").splitlines()[-1]
            raise EngineError(f"{host} cannot be resolved in the cluster: {reason}")
        return said.stdout.strip()

    def end(self) -> None:
        """It stops, whatever it is at; nothing where none is at work."""
        job = self.job
        if not job:
            return
        with suppress(EngineError):  # a program that does not answer ends with its Job
            self.ask("stop", again=False)
        self.close()
        watched = Watched("Job", self._namespace, {"fieldSelector": f"metadata.name={job}"})
        if wait_until(self._api, lambda: self._at_work(job), [watched], Deadline(_ENDS)):
            self._api.delete("Job", job, self._namespace)

    def close(self) -> None:
        """No more questions for now."""
        if self._talk:
            self._talk.close()
        self._talk = None

    def _at_work(self, job: str) -> str | None:
        live = self._api.get("Job", job, self._namespace)
        return None if live is None or jobs.ended(live) else f"{kinds.reference_of(live)} is told to stop"

    def _open(self) -> Conversation:
        while self._talk is None:
            pod = self.pod
            try:
                words = [*PROGRAM, "migrate-control"]
                self._talk = Conversation(self._api, self._namespace, pod, CONTAINER, words)
            except ApiError as error:
                if error.status in (401, 403) or not self._deadline.left:
                    raise
                time.sleep(_AGAIN)  # the pod is about to go
        return self._talk

    def _hear(self, event: Event) -> None:
        kind = event["event"]
        if kind == "step":
            tell(f"{event.get('text')}: {event.get('seconds')} s")
        elif kind == "progress" and monotonic() - self._told >= _TOLD:
            self._told = monotonic()
            tell(str(event.get("text")))

    def _overhear(self, event: Event) -> None:
        """What it writes to its log, all since it began."""
        if event["event"] in ("warning", "again") and (reason := str(event.get("reason"))) not in self.warnings:
            self.warnings.append(reason if event["event"] == "warning" else f"it began anew: {reason}")


def all_jobs(api: Api, namespace: str, name: str) -> Iterator[Object]:
    """Every Job of an instance's exits, also such that have ended."""
    selector = as_selector(job_selector(name, MIGRATION))
    return iter(api.list("Job", namespace, labelSelector=selector))
