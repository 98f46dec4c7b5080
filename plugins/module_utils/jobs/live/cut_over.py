# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut-over: from the moment that writers are held back until they are led elsewhere, or let go again."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.both import Say
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.following import Following
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.holding import Holding

_GRACE = 10.0  # seconds that the source stays closed after the time to switch is over
_CUTS = 15.0  # seconds in which who connects to the source again is cut off again
KEEP = 48 * 3600.0  # seconds that the source stays closed where nobody says how long
_DOOR = 15.0  # seconds until a Service that was led elsewhere is followed on this node
_GLANCE = 0.01
# seconds for an answer through that Service: who speaks no TLS does not answer a greeting in it, and nobody can write
# meanwhile
_QUICK = 0.25
_STILL = "the source takes writes again, applications are where they were, nothing is lost"


class CutOver:
    """door: the Service that applications use, None where they are led otherwise."""

    def __init__(self, data: Following | Holding, door: Address | None) -> None:
        self._data, self._gate, self._door = data, data.gate, door
        self._lives = data.target.lives() if door else frozenset[str]()
        self._writes: list[tuple[str, str, int]] = []
        self._end = self._cuts_end = 0.0
        self._lapsed = False
        self.frozen = self.switched = False

    def freeze(self, budget: float, say: Say) -> dict[str, Any]:
        """Nobody writes, and the target has everything; else JobError, and writers go on. budget: seconds in which
        applications must have been led to the target."""
        began = time.monotonic()
        self.frozen = True
        try:
            # whoever dies from here on leaves a source that opens by itself
            self._gate.close(budget + _GRACE)
            closed = time.monotonic()
            self._writes = self._gate.writes()
            done = self._data.finish()
            finished = time.monotonic()
            if done.differing:
                raise JobError(f"keys differ: {'; '.join(done.differing)}")
            self.prove()
            proven = time.monotonic()
            if proven - began > budget:
                raise JobError(f"it took {proven - began:.1f} s, and the budget is {budget:g} s")
        except JobError as error:
            raise self._given_back(error, budget) from None
        self._end = began + budget
        steps = {"close": closed - began, **done.seconds, "prove": proven - finished}
        seconds = {name: round(length, 3) for name, length in steps.items()}
        for name, length in seconds.items():
            say("step", text=name, seconds=length)
        return {"keys": done.keys, "seconds": seconds, "lease": round(self._end - time.monotonic(), 1)}

    def prove(self) -> None:
        """Raises JobError where anything was written since writers were held back."""
        now = self._gate.writes()
        if [found[:2] for found in now] != [(one.run, "master") for one in self._data.primaries]:
            raise JobError("the source has failed over, or restarted")
        if now != self._writes:
            raise JobError("something was written to the source while it was closed")

    def switch(self, keep: float) -> dict[str, Any]:
        """Applications have been led to the target. keep: seconds that the source stays closed for writers."""
        began = time.monotonic()
        while self._door and not self._leads_there(self._door):
            if time.monotonic() - began > _DOOR:
                raise JobError(f"{self._door.host}:{self._door.port} does not lead to the target, after {_DOOR:.0f} s")
            time.sleep(_GLANCE)
        reached = time.monotonic()
        killed = self._gate.cut()
        cut = time.monotonic()
        self.frozen, self.switched = False, True
        self._gate.close(keep)
        self._cuts_end = time.monotonic() + _CUTS
        self._data.close()
        return {"killed": killed, "seconds": {"door": round(reached - began, 3), "cut": round(cut - reached, 3)}}

    def back(self) -> None:
        """Writers go on at the source."""
        self._gate.open()
        if self.frozen:
            self.frozen = False
            self._data.resume()

    def _given_back(self, error: JobError, budget: float) -> JobError:
        """What ended a freeze, and what then is."""
        try:
            self.back()
        except JobError as other:
            self.frozen = False
            return JobError(
                f"{error}; the source could not be told to take writes again ({other}): it does by itself, within "
                f"{budget + _GRACE:g} s; applications are where they were"
            )
        return JobError(f"{error}; {_STILL}")

    def glance(self, say: Say) -> None:
        """Every now and then: gives back what nobody has switched in time, and cuts off who comes back. Raises JobError
        where applications were led to the target after that: what they write there must not be overwritten."""
        if self.frozen:
            if self._door and self._leads_there(self._door):
                self.switch(KEEP)
            elif time.monotonic() > self._end + _GRACE / 2:
                self.back()
                self._lapsed = True
                say("warning", reason=f"nobody led applications to the target in time: {_STILL}")
        elif self.switched and time.monotonic() < self._cuts_end:
            with suppress(JobError):  # who is gone takes no writes
                self._gate.cut_late()
        elif self._lapsed and self._door and self._leads_there(self._door):
            raise JobError(
                f"{self._door.host}:{self._door.port} leads to the target, and the source was given back before that: "
                "nothing is copied any more; lead applications to the source again, and begin anew"
            )

    def _leads_there(self, door: Address) -> bool:
        """Whether the Service leads to the target, as this node sees it."""
        link = self._data.target.through(door, _QUICK)
        try:
            return link.fields("INFO", "server")["run_id"] in self._lives
        except (Lost, Refusal):
            return False
        finally:
            link.close()
