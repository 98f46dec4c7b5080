# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Job until it ends: what its program says as it works, and why it failed when it did."""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import jobs
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import fault_of, workload_trouble
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.jobs import CONTAINER

Object = dict[str, Any]
Event = dict[str, Any]
Hear = Callable[[Event], None]

DONE, FAILED = "done", "failed"  # the events that a program ends with
PATIENCE = 300  # seconds without a pod that runs; a cluster that grows has a new node in less
_LAST_WORDS = 5  # seconds for what was logged at the end
_LABEL = "batch.kubernetes.io/job-name"


class JobRun:
    """hear: is called with every event that the program logs, a JSON object a line, from a thread."""

    def __init__(self, api: Api, namespace: str, name: str, deadline: Deadline, hear: Hear) -> None:
        self.api, self.namespace, self.name, self.deadline, self.hear = api, namespace, name, deadline, hear
        self._job: Object = {}
        self._pods: list[Object] = []
        self._listeners: dict[str, threading.Thread] = {}
        # pod -> event -> the last one
        self._said: dict[str, dict[str, Event]] = {}
        self._idle_since = time.monotonic()

    def wait(self) -> Event:
        """The program's event DONE; {} where its log may not be read. Raises EngineError in one line: why it failed."""
        missing = wait_until(self.api, self._unmet, self._watched, self.deadline)
        if missing is not None:
            raise EngineError(
                f"{self._what} has not ended after {self.deadline.seconds:.0f} s: {missing.rstrip('.')}; it goes on in "
                "the cluster"
            )
        return self._end()

    def begun(self) -> str:
        """The pod in which its program works, waited for. Raises EngineError also where it has ended: how."""

        def unmet() -> str | None:
            missing = self._unmet()
            return None if self._pods and _works(self._pods[-1]) else missing

        missing = wait_until(self.api, unmet, self._watched, self.deadline)
        if missing is not None:
            raise EngineError(
                f"{self._what} does not work after {self.deadline.seconds:.0f} s: {missing.rstrip('.')}; it goes on in "
                "the cluster"
            )
        if jobs.ended(self._job):
            self._end()
            raise EngineError(f"{self._what} has ended: it was told to stop")
        return str(self._pods[-1]["metadata"]["name"])

    @property
    def _what(self) -> str:
        return f"Job {self.namespace}/{self.name}"

    @property
    def _watched(self) -> list[Watched]:
        return [
            Watched("Job", self.namespace, {"fieldSelector": f"metadata.name={self.name}"}),
            Watched("Pod", self.namespace, {"labelSelector": f"{_LABEL}={self.name}"}),
        ]

    def _end(self) -> Event:
        self._hear_the_end()
        if jobs.ended(self._job) == "Failed":
            raise EngineError(f"{self._what} failed: {self._reason()}")
        return next((said[DONE] for said in self._said.values() if DONE in said), {})

    def _unmet(self) -> str | None:
        job = self.api.get("Job", self.name, self.namespace)
        if job is None:
            raise EngineError(f"Job {self.namespace}/{self.name} is gone: somebody has deleted it")
        pods = self.api.list("Pod", self.namespace, labelSelector=f"{_LABEL}={self.name}")
        self._job, self._pods = job, sorted(pods, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))
        for pod in self._pods:
            if _has_begun(pod):
                self._listen(pod["metadata"]["name"])
        if jobs.ended(job):
            return None
        return self._waits_for()

    def _waits_for(self) -> str:
        newest = self._pods[-1] if self._pods else None
        if newest and _has_begun(newest):
            self._idle_since = time.monotonic()
            return f"Pod {newest['metadata']['name']} {self._state(newest)}"
        if time.monotonic() - self._idle_since > PATIENCE:
            # nothing has run, and a Job that begins by itself some day would be in the way
            self.api.delete("Job", self.name, self.namespace)
            raise EngineError(f"Job {self.namespace}/{self.name} did not begin, and was deleted: {self._trouble()}")
        if newest:
            return f"Pod {newest['metadata']['name']} {fault_of(newest).text}"
        trouble = self._trouble()
        # its pod may have been made a moment ago
        return trouble if "FailedCreate" in trouble else f"Job {self.name} has no pod yet"

    def _state(self, begun: Object) -> str:
        if (begun.get("status") or {}).get("phase") != "Failed":
            return "runs"
        tries = 1 + self._job["spec"].get("backoffLimit", 0)
        return f"failed, try {len(self._pods)} of {tries}"

    def _trouble(self) -> str:
        return workload_trouble(self.api, self.namespace, "Job", self.name, self._pods[-1:])

    def _listen(self, pod: str) -> None:
        if pod not in self._listeners:
            # what is told has the subject of this thread
            run = contextvars.copy_context().run
            self._listeners[pod] = threading.Thread(target=run, args=(self._follow, pod), daemon=True)
            self._listeners[pod].start()

    def _follow(self, pod: str) -> None:
        """The whole log of a pod, in one stream or, where that breaks, several."""
        last = ""
        while True:
            try:
                for line in self.api.follow(self.namespace, pod, CONTAINER, int(self.deadline.left) + 1, since=last):
                    when, _space, text = line.partition(" ")
                    if when > last:
                        last = when
                        self._take(pod, text)
                if _has_ended(self.api.get("Pod", pod, self.namespace)):
                    return
            except EngineError:
                pass  # it may not be readable yet
            if jobs.ended(self._job) or not self.deadline.left:
                return
            time.sleep(1)

    def _take(self, pod: str, line: str) -> None:
        if event := event_of(line):
            self._said.setdefault(pod, {})[event["event"]] = event
            self.hear(event)

    def _hear_the_end(self) -> None:
        """What was said last, also where a stream has broken."""
        for listener in self._listeners.values():
            listener.join(_LAST_WORDS)
        for pod in self._pods[-1:]:
            said = self._said.setdefault(pod["metadata"]["name"], {})
            if DONE not in said and FAILED not in said:
                log = self.api.log(self.namespace, pod["metadata"]["name"], CONTAINER, lines=5)
                said.update({event["event"]: event for event in map(event_of, log.splitlines()) if event})

    def _reason(self) -> str:
        # of the last pod that said so; it may be gone by now
        newest = self._pods[-1]["metadata"]["name"] if self._pods else next(reversed(self._said), "")
        if failed := self._said.get(newest, {}).get(FAILED):
            return str(failed.get("reason", "it gave no reason"))
        condition = jobs.end_of(self._job) or {}
        if condition.get("reason") == "DeadlineExceeded":
            return f"it took longer than the {self._job['spec'].get('activeDeadlineSeconds')} s that it may take"
        return self._trouble() if self._pods else str(condition.get("message") or self._trouble())


def _has_begun(pod: Object) -> bool:
    """Whether the program's container has something to say."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    states = [one.get("state") or {} for one in statuses if one["name"] == CONTAINER]
    return any("running" in state or "terminated" in state for state in states)


def _works(pod: Object) -> bool:
    """Whether the program's container runs, and is not about to end."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    running = any("running" in (one.get("state") or {}) for one in statuses if one["name"] == CONTAINER)
    return running and "deletionTimestamp" not in pod["metadata"]


def _has_ended(pod: Object | None) -> bool:
    return pod is None or (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")


def event_of(line: str) -> Event | None:
    """What a program says in a line; None for one of others, such as a warning of a library, or a traceback."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("event"), str) else None
