# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holding a source still while its data goes another way, as a snapshot, and comparing what has arrived."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import both
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.both import Finished, Say
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.check import check
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import Plan, Progress
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.following import verdict
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import Gate
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.team import Team


class Holding:
    """As Following, but that nothing is copied: the target is somebody else's until it is compared."""

    def __init__(self, source: Side, target: Side, *, largest: int, say: Say) -> None:
        self.target = target
        self._source, self._largest, self._say = source, largest, say
        self.primaries = both.found(source, say)
        try:
            self.gate = Gate(source, self.primaries)
            self._known = check(source, self.primaries, target, both.found(target, say), copies=False)
        except Lost as error:
            raise Again(str(error)) from None

    def progress(self) -> Progress:
        """There is nothing to come to the end of."""
        return Progress(follows=True)

    def verify(self, sample: int) -> dict[str, Any]:
        """As Following.verify, of what the target then holds."""
        masters = tuple(both.found(self.target, self._say))
        known = self._known
        team = Team(
            [
                Plan(self._source, one, self.target, masters, known.moments, self._largest, known.skew, copies=False)
                for one in self.primaries
            ]
        )
        try:
            found = verdict(team, sample)
            both.count(self.gate, Gate(self.target, masters))
            return found
        finally:
            team.end()

    def keys(self) -> dict[str, dict[str, int]]:
        """As both.keys."""
        return both.keys(self.gate, Gate(self.target, both.found(self.target, self._say)))

    def finish(self) -> Finished:
        """Nothing was left."""
        return Finished(0, {}, ())

    def resume(self) -> None:
        """Nothing was stopped."""

    def close(self) -> None:
        """Nothing is at work."""
