# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut-over: from the moment that writers are held back until they are led elsewhere, or let go again."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.attempt import Attempt, Say

_GRACE = 10.0  # seconds that the source stays closed after the time to switch is over
_CUTS = 15.0  # seconds in which who connects to the source again is cut off again
_KEEP = 48 * 3600  # seconds that the source stays closed where nobody says how long
_DOOR = 15.0  # seconds until a Service that was led elsewhere is followed on this node
_GLANCE = 0.01
_STILL = "the source takes writes again, applications are where they were, nothing is lost"


class CutOver:
    """door: the Service that applications use, None where they are led otherwise."""

    def __init__(self, attempt: Attempt, door: Address | None) -> None:
        self._attempt, self._door = attempt, door
        self._ready = self._cuts_end = 0.0
        self.frozen = self.switched = False
        self._lives = attempt.target.lives() if door else frozenset()

    def freeze(self, budget: float, say: Say) -> dict[str, Any]:
        """Nobody writes, and the target has everything; else JobError, and writers go on. budget: seconds in which
        applications must have been led to the target."""
        began = time.monotonic()
        steps: dict[str, float] = {}
        self.frozen = True
        try:
            # whoever dies from here on leaves a source that opens by itself
            self._attempt.gate.close(budget + _GRACE)
            steps["close"] = time.monotonic() - began
            before = self._attempt.gate.writes()
            found = self._attempt.team.ask("finish")
            self._attempt.copy_functions()
            self._attempt.count()
            looked = time.monotonic()
            after = self._attempt.gate.writes()
            steps |= {
                "fence": max(last.fence for last in found),
                "copy": max(last.copy for last in found),
                "compare": max(last.compare for last in found),
                "count": looked
                - began
                - sum(steps.values())
                - max(last.fence + last.copy + last.compare for last in found),
                "prove": time.monotonic() - looked,
            }
            self._judge(before, after, [what for last in found for what in last.differing])
            if (took := time.monotonic() - began) > budget:
                raise JobError(f"it took {took:.1f} s, and the budget is {budget:g} s")
        except JobError as error:
            self.back()
            raise JobError(f"{error}; {_STILL}") from None
        self._ready = began + budget
        for name, seconds in steps.items():
            say("step", text=name, seconds=round(seconds, 3))
        shown = {name: round(seconds, 3) for name, seconds in steps.items()}
        return {
            "keys": sum(last.keys for last in found),
            "seconds": shown,
            "lease": round(self._ready - time.monotonic(), 1),
        }

    def switch(self, keep: float) -> dict[str, Any]:
        """Applications have been led to the target. keep: seconds that the source stays closed for writers."""
        began = time.monotonic()
        while self._door and not self.leads_there():
            if time.monotonic() - began > _DOOR:
                raise JobError(f"{self._door.host}:{self._door.port} does not lead to the target, after {_DOOR:.0f} s")
            time.sleep(_GLANCE)
        reached = time.monotonic()
        gate = self._attempt.gate
        killed = gate.cut()
        self.frozen, self.switched = False, True
        gate.close(keep)
        self._cuts_end = time.monotonic() + _CUTS
        # nothing of the source may be copied any more, not even that a key expires
        self._attempt.close()
        return {
            "killed": killed,
            "seconds": {"door": round(reached - began, 3), "cut": round(time.monotonic() - reached, 3)},
        }

    def back(self) -> None:
        """Writers go on at the source."""
        self._attempt.gate.open()
        if self.frozen:
            self.frozen = False
            self._attempt.team.ask("resume")

    def glance(self, say: Say) -> None:
        """Every now and then: gives back what nobody has switched in time, and cuts off who comes back."""
        if self.frozen and self._ready:
            if self._door and self.leads_there():
                self.switch(_KEEP)
            elif time.monotonic() > self._ready + _GRACE / 2:
                self._ready = 0.0
                self.back()
                say("warning", reason=f"nobody led applications to the target in time: {_STILL}")
        elif self.switched and time.monotonic() < self._cuts_end:
            self._attempt.gate.cut()

    def leads_there(self) -> bool:
        """Whether the Service leads to the target, as this node sees it."""
        link = self._attempt.target.login.link("the Service", self._door, 1.0)  # type: ignore[arg-type]
        try:
            return link.fields("INFO", "server")["run_id"] in self._lives
        except (Lost, Refusal):
            return False
        finally:
            link.close()

    def _judge(self, before: object, after: object, differing: list[str]) -> None:
        if before != after:
            raise JobError("something was written to the source while it was closed, or it failed over")
        expected = [(one.run, "master") for one in self._attempt.primaries]
        if [found[:2] for found in after] != expected:  # type: ignore[attr-defined]
            raise JobError("the source has failed over, or restarted")
        if differing:
            raise JobError(f"keys differ: {'; '.join(differing)}")
