# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job of a live migration: it copies, follows, and is asked for the rest (control.py).

    copying -> following <-> frozen -> switched

Until it is frozen nothing is changed at the source. What is frozen is given back when the time is up, unless
applications have been led to the target by then, which the job sees by itself. Whatever may have missed a change makes
it begin anew.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import CACHE_PASSWORD, Address, Migration
from ansible_collections.eks.redis.plugins.module_utils.jobs import login, survey
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.both import Say
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.control import Control, Request
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.cut_over import KEEP, CutOver
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import Progress
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.following import Following
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.holding import Holding
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

COPYING, FOLLOWING, FROZEN, SWITCHED, STOPPED = "copying", "following", "frozen", "switched", "stopped"
_TRIES = 5  # attempts in a row that do not come as far as following
_PAUSE = 5.0  # seconds before the next one
_GLANCE = 0.1  # seconds
_TOLD = 10.0  # seconds between two lines of progress
_MOST = 2000  # keys that may be left for a freeze: a tenth of a second
_CALM = 120.0  # seconds until no more are
_BUDGET = 60.0  # seconds, where a request does not say it
_ANSWERED = 1.0  # seconds for answers that are on their way when the job ends
_LEAST = 0.1  # seconds that a freeze takes however few keys are left
Given = Mapping[str, Any]


def main(migration: Migration) -> dict[str, Any]:
    """Until it is told to stop. Errors: DatapathError, JobError."""
    job = Job(migration, os.environ.get(CACHE_PASSWORD, ""), login.to_redis())
    Control(job.requests())
    return job.run()


class Job:
    """cache_password: of the cache. instance: how to get into its Redis pods."""

    def __init__(self, migration: Migration, cache_password: str, instance: Login) -> None:
        cache = migration.cache
        hosts = tuple(Address(*survey.split(host)) for host in migration.hosts)
        old = Side(cache.what, cache.addresses, Login(cache_password, cache.user, cache.tls, cache.ca))
        new = Side("the instance", hosts, instance)
        self._migration = migration
        self._source, self._target = (new, old) if migration.back else (old, new)
        self._data: Following | Holding | None = None
        self._cut_over: CutOver | None = None
        self._progress, self._restarts = Progress(), 0
        self._verified: dict[str, Any] | None = None
        self._error: JobError | None = None
        # what a request changes, the loop must not look at meanwhile
        self._lock = threading.RLock()
        self._stop = threading.Event()

    @property
    def state(self) -> str:
        """One of those above."""
        if self._stop.is_set():
            return STOPPED
        if self._cut_over and (self._cut_over.switched or self._cut_over.frozen):
            return SWITCHED if self._cut_over.switched else FROZEN
        return FOLLOWING if self._cut_over and self._progress.follows else COPYING

    def requests(self) -> dict[str, Request]:
        """As Control takes them."""
        return {
            "status": lambda _given, _say: self._status(),
            "follow": self._follow,
            "verify": self._verify,
            "freeze": self._freeze,
            "switched": self._switch,
            "back": self._back,
            "stop": self._end,
        }

    def run(self) -> dict[str, Any]:
        """What the last line says. Raises JobError where nobody can go on."""
        tries = 0
        try:
            while not self._stop.is_set():
                try:
                    self._once()
                except Again as error:
                    tries = 1 if self._progress.follows else tries + 1
                    if tries == _TRIES:
                        raise JobError(f"{error}; tried {tries} times; nothing has changed at the source") from None
                    self._restarts += 1
                    tell("again", reason=str(error))
                    self._stop.wait(_PAUSE)
        except JobError as error:
            self._error = error
            raise
        finally:
            time.sleep(_ANSWERED)
        return {"restarts": self._restarts}

    def _once(self) -> None:
        self._progress, self._verified = Progress(), None
        data = self._begun()
        cut_over = CutOver(data, self._migration.door)
        self._data, self._cut_over = data, cut_over
        try:
            told = 0.0
            while not self._stop.wait(_GLANCE):
                with self._lock:
                    try:
                        cut_over.glance(tell)
                    except Lost as error:
                        raise Again(str(error)) from None
                    if cut_over.frozen or cut_over.switched:
                        continue
                    self._progress = data.progress()
                if time.monotonic() - told > _TOLD:
                    told = time.monotonic()
                    tell("progress", text=self._words())
        finally:
            # also when the pod is taken away
            with self._lock:
                self._data = self._cut_over = None
                if cut_over.frozen:
                    with suppress(JobError):  # it opens by itself
                        data.gate.open()
                data.close()

    def _begun(self) -> Following | Holding:
        migration = self._migration
        if migration.copies:
            return Following(self._source, self._target, back=migration.back, largest=migration.largest, say=tell)
        return Holding(self._source, self._target, largest=migration.largest, say=tell)

    def _status(self) -> dict[str, Any]:
        """What ``status`` and ``follow`` are answered."""
        progress, follows = self._progress, self.state == FOLLOWING
        left = progress.dirty + progress.unproven
        freeze = round(_LEAST + left / max(progress.rate, 1.0), 2) if follows else None
        numbers = {name: round(number) for name, number in asdict(progress).items() if name != "follows"}
        return {
            **numbers,
            "state": self.state,
            "restarts": self._restarts,
            "freeze": freeze,
            "verified": self._verified,
        }

    def _follow(self, _given: Given, say: Say) -> dict[str, Any]:
        told = ""
        while self.state == COPYING:
            if self._error:
                raise self._error
            if (words := self._words()) != told:
                told = words
                say("progress", text=words)
            self._stop.wait(1.0)
        return self._status()

    def _verify(self, given: Given, say: Say) -> dict[str, Any]:
        # what goes another way is only there once writers stand still
        data, cut_over = self._require(FOLLOWING if self._migration.copies else FROZEN)
        began = time.monotonic()
        say("progress", text="keys are compared, both ways")
        found = data.verify(int(given.get("sample") or 0))
        if cut_over.frozen:
            cut_over.prove()
        self._verified = {**found, "seconds": round(time.monotonic() - began, 1)}
        return {**self._verified, "counts": data.keys()}

    def _freeze(self, given: Given, say: Say) -> dict[str, Any]:
        self._require(FOLLOWING)
        if self._verified is None and self._migration.copies:
            raise JobError("nothing was verified since the copy began: verify first; nothing has changed")
        end = time.monotonic() + _CALM
        while max(self._progress.dirty, self._progress.unproven) > _MOST:
            if time.monotonic() > end:
                raise JobError(
                    f"{self._progress.dirty} keys in a round, {self._progress.unproven} not compared yet, and {_MOST} "
                    "may be left for a freeze: try again when less is written; nothing has changed"
                )
            time.sleep(_GLANCE)
        with self._lock:
            _data, cut_over = self._require(FOLLOWING)
            return cut_over.freeze(float(given.get("budget") or _BUDGET), say)

    def _switch(self, given: Given, _say: Say) -> dict[str, Any]:
        with self._lock:
            if self.state != SWITCHED:
                self._require(FROZEN)
            if not self._verified or not self._cut_over:
                raise JobError("nothing was verified since the source was closed: verify first")
            return self._cut_over.switch(float(given.get("keep") or KEEP))

    def _back(self, _given: Given, _say: Say) -> dict[str, Any]:
        with self._lock:
            if self._cut_over:
                self._cut_over.back()
        return {}

    def _end(self, _given: Given, _say: Say) -> dict[str, Any]:
        self._stop.set()
        return {}

    def _require(self, state: str) -> tuple[Following | Holding, CutOver]:
        with self._lock:
            if self.state != state or not self._data or not self._cut_over:
                raise self._error or JobError(f"the migration is {self.state}; it must be {state}")
            return self._data, self._cut_over

    def _words(self) -> str:
        progress = self._progress
        if not progress.rounds:
            return f"{progress.keys} of {progress.of} keys are copied, {progress.rate:.0f} keys/s"
        return f"round {progress.rounds}: {progress.dirty} keys have changed, {progress.unproven} are not compared yet"
