# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of a migration, found and asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.gate import Gate
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side

_PATIENCE = 300.0  # seconds for a Redis that is away, or in the middle of a failover
_PAUSE = 1.0
Say = Callable[..., None]  # an event, as events.tell
Held = dict[str, tuple[int, int]]  # keys, and how many of them expire, by number of the database


@dataclass(frozen=True)
class Finished:
    """What was done while writers stood still: keys that were copied, seconds of each step, differences in words."""

    keys: int
    seconds: dict[str, float]
    differing: tuple[str, ...]


def found(side: Side, say: Say) -> list[Primary]:
    """Its primaries, waited for. Raises JobError where they do not come, or cannot be asked."""
    end, told = time.monotonic() + _PATIENCE, ""
    while True:
        try:
            return side.primaries()
        except Again as error:
            if time.monotonic() > end:
                raise JobError(f"{error}, for {_PATIENCE:.0f} s") from None
            if str(error) != told:
                told = str(error)
                say("progress", text=told)
            time.sleep(_PAUSE)


def keys(source: Gate, target: Gate) -> dict[str, dict[str, int]]:
    """``{source, target}``: keys by number of the database."""
    sides = {"source": held(source), "target": held(target)}
    return {side: {name: count for name, (count, _expires) in some.items()} for side, some in sides.items()}


def count(source: Gate, target: Gate) -> None:
    """Raises JobError where both sides cannot hold the same data; nobody may write meanwhile.

    Keys that expire may have expired on one side, and a source that is closed keeps them; of the others there must be
    as many.
    """
    here, there = (
        {name: count - expires for name, (count, expires) in held(gate).items() if count > expires}
        for gate in (source, target)
    )
    if here != there:
        raise JobError(
            f"keys that do not expire, by database: the source has {here or 'none'}, the target {there or 'none'}"
        )


def held(gate: Gate) -> Held:
    """By all primaries of a side together."""
    some, expiring = Counter[str](), Counter[str]()
    for info in gate.infos():
        for name, (number, expires) in keyspace(info).items():
            some[name] += number
            expiring[name] += expires
    return {name: (number, expiring[name]) for name, number in sorted(some.items())}
