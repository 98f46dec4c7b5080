# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt at following a source: from two Redis that were found and checked to a team that copies. It ends with the
first thing that may have missed a change, and another one begins."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import both
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.both import Finished, Say
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.check import check
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.follower import Plan, Progress
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.functions import Functions
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import Gate
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.team import Team


class Following:
    """back: to a cache that was left. Raises JobError for what is in the way, Again for what passes."""

    def __init__(self, source: Side, target: Side, *, back: bool, largest: int, say: Say) -> None:
        self.target = target
        self.primaries, masters = both.found(source, say), both.found(target, say)
        try:
            self.gate, self._behind = Gate(source, self.primaries), Gate(target, masters)
            if back:
                # it was closed when applications left it; and what the instance publishes is asked for here
                self._behind.open()
                self.gate.publish()
            known = check(source, self.primaries, target, masters)
            targets = [target.link(one) for one in masters]
            self._functions = Functions(source.link(self.primaries[0]), targets) if known.functions else None
            self._copy_functions()
            self._evicted = sum(self._behind.numbers("evicted_keys"))
        except Lost as error:
            raise Again(str(error)) from None
        if known.skew:
            say("warning", reason=f"the clocks differ by {known.skew} ms: times of keys are moved by that")
        self._team = Team(
            [Plan(source, one, target, tuple(masters), known.moments, largest, known.skew) for one in self.primaries]
        )

    def progress(self) -> Progress:
        """Raises what has ended it: JobError, Again."""
        return self._team.progress()

    def verify(self, sample: int) -> dict[str, Any]:
        """Compares all keys, or so many of each database by chance. Raises JobError with what differs."""
        return verdict(self._team, sample)

    def keys(self) -> dict[str, dict[str, int]]:
        """As both.keys; the source may be a little ahead."""
        return both.keys(self.gate, self._behind)

    def finish(self) -> Finished:
        """The target has everything; writers stand still."""
        last = self._team.ask("finish")
        began = time.monotonic()
        self._copy_functions()
        both.count(self.gate, self._behind)
        if evicted := sum(self._behind.numbers("evicted_keys")) - self._evicted:
            raise JobError(f"the target has evicted {evicted} keys: it needs more memory (maxmemory)")
        seconds = {step: max(getattr(one, step) for one in last) for step in ("fence", "copy", "compare")}
        differing = tuple(what for one in last for what in one.differing)
        return Finished(sum(one.keys for one in last), seconds | {"count": time.monotonic() - began}, differing)

    def resume(self) -> None:
        """Writers go on."""
        self._team.ask("resume")

    def close(self) -> None:
        """Nothing is copied any more, not even that a key expires."""
        self._team.end()

    def _copy_functions(self) -> None:
        if self._functions:
            self._functions.copy()


def verdict(team: Team, sample: int) -> dict[str, Any]:
    """``{compared, names}``. Raises JobError, with ``differing`` beside, where keys differ."""
    found = team.ask("verify", sample)
    if differing := [what for one in found for what in one["differing"]]:
        number = f"{len(differing)} keys differ" if len(differing) < 10 else "10 keys or more differ"
        raise JobError(f"{number}: the first {differing[0]}", differing=differing[:10])
    return {name: sum(one[name] for one in found) for name in ("compared", "names")}
