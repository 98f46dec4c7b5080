# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt at a migration: from two Redis that were found and checked to a team that follows. It ends with the first
thing that may have missed a change, and another one begins."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.check import check
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import Plan
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.functions import Functions
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import Gate
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.team import Team

_PATIENCE = 300.0  # seconds for a Redis that is away, or in the middle of a failover
_PAUSE = 1.0
Say = Callable[..., None]


class Attempt:
    """say: events. Raises JobError for what is in the way, Again for what passes."""

    def __init__(self, source: Side, target: Side, *, back: bool, largest: int, say: Say) -> None:
        self.source, self.target, self._say = source, target, say
        self.primaries, self.masters = self._found(source), self._found(target)
        try:
            self.gate, self.behind = Gate(source, self.primaries), Gate(target, self.masters)
            if back:
                # it was closed when applications left it, and is published by nobody but us
                self.behind.open()
                self.gate.publish()
            known = check(source, self.primaries, target, self.masters)
            targets = [target.link(one) for one in self.masters]
            self._functions = Functions(source.link(self.primaries[0]), targets) if known.functions else None
            self.copy_functions()
            self._evicted = sum(self.behind.numbers("evicted_keys"))
        except Lost as error:
            raise Again(str(error)) from None
        plans = [
            Plan(source, one, target, tuple(self.masters), known.moments, largest, known.skew) for one in self.primaries
        ]
        if known.skew:
            say("warning", reason=f"the clocks differ by {known.skew} ms: times of keys are moved by that")
        self.team = Team(plans)

    def copy_functions(self) -> None:
        """Where both sides have them. Raises JobError."""
        if self._functions:
            self._functions.copy()

    def count(self) -> None:
        """Raises JobError where both sides cannot hold the same data; nobody must write.

        Keys that expire may have expired on one side, and a source that is closed keeps them; of the others there must
        be as many.
        """
        here, there = self._held()
        lasting = [
            {name: keys - expires for name, (keys, expires) in side.items() if keys > expires} for side in (here, there)
        ]
        if lasting[0] != lasting[1]:
            raise JobError(
                f"keys that do not expire, by database: the source has {lasting[0] or 'none'}, the target "
                f"{lasting[1] or 'none'}"
            )
        if evicted := sum(self.behind.numbers("evicted_keys")) - self._evicted:
            raise JobError(f"the target has evicted {evicted} keys: it needs more memory (maxmemory)")

    def keys(self) -> dict[str, dict[str, int]]:
        """``{source, target}``: keys by number of the database; the source may be a little ahead."""
        sides = zip(("source", "target"), self._held(), strict=True)
        return {side: {name: keys for name, (keys, _expires) in found.items()} for side, found in sides}

    def close(self) -> None:
        """Nothing of it is at work any more."""
        self.team.end()

    def _held(self) -> list[dict[str, tuple[int, int]]]:
        return [_sum(gate.infos()) for gate in (self.gate, self.behind)]

    def _found(self, side: Side) -> list[Primary]:
        end, told = time.monotonic() + _PATIENCE, ""
        while True:
            try:
                return side.primaries()
            except Again as error:
                if time.monotonic() > end:
                    raise JobError(f"{error}, for {_PATIENCE:.0f} s") from None
                if str(error) != told:
                    told = str(error)
                    self._say("progress", text=told)
                time.sleep(_PAUSE)


def _sum(infos: list[Mapping[str, str]]) -> dict[str, tuple[int, int]]:
    """Keys, and how many of them expire, of all nodes, by number of the database."""
    keys, expires = Counter[str](), Counter[str]()
    for info in infos:
        for name, (some, expiring) in keyspace(info).items():
            keys[name] += some
            expires[name] += expiring
    return {name: (count, expires[name]) for name, count in sorted(keys.items())}
