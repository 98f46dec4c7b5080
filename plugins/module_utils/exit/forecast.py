# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a move takes, and how long nobody may write: computed, each step with what it was computed from. Pure.

The rates were measured on 2 cores with Redis 7.0.15 (docs/benchmarks.md, peers sheet §3.3); a production host is
faster, a network between accounts may be slower. What AWS does by itself nobody has published; that is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from ansible_collections.eks.redis.plugins.module_utils.engine.words import size
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group

# Keys a second that are copied from one shard beside up to 24 000 writes/s, the slowest of the runs
_COPY = 49_000
_LAST = 500  # keys: so few are left for the freeze
_ROUNDS = 20
_PAUSE = 0.3  # seconds in which nobody could write beside that, Service and all, the longest of the runs
_NETWORK = 94e6  # bytes a second: 0.75 Gbit/s, what an r6g.large has when its credits are gone
_SAVE = 91e6  # bytes a second that a server writes an RDB with, the slower of the runs
_LOAD = 149e6  # bytes a second of RDB that one loads
_IMPORT = 50_000  # keys a second into a cluster of other shards, by MIGRATE
_COMPARE = 45_000  # keys a second of a shard whose values are compared


@dataclass(frozen=True)
class Step:
    """seconds: None where it cannot be known. frozen: whether nobody may write meanwhile. how: from what."""

    name: str
    seconds: float | None
    frozen: bool
    how: str


@dataclass(frozen=True)
class Forecast:
    """keys: to be copied during the freeze; None where it cannot be known. converges: whether the way comes to its end
    while writers write; why: when not."""

    steps: tuple[Step, ...]
    keys: int | None
    converges: bool
    why: str = ""

    @property
    def seconds(self) -> float | None:
        """All steps; None where one is not known."""
        return _sum([step.seconds for step in self.steps])

    @property
    def freeze(self) -> float | None:
        """The steps that nobody may write in."""
        return _sum([step.seconds for step in self.steps if step.frozen])


def live(group: Group) -> Forecast:
    """Scan and events, a worker for each shard: as long as the largest takes."""
    keys, writes = group.largest(lambda load: load.items), group.largest(lambda load: load.writes)
    octets = group.largest(lambda load: load.bytes)
    if keys is None or writes is None:
        missing = "CurrItems" if keys is None else "SetTypeCmds"
        unknown = Step("copy while writers write", None, False, f"CloudWatch has no {missing}")
        return Forecast((unknown, _cut_over(None)), None, True)
    rate = _COPY
    if octets and keys and octets / _NETWORK > keys / rate:  # large values: the network is the limit
        rate = max(int(keys * _NETWORK / octets), 1)
    given = f"{keys:.0f} keys in the largest shard at {rate} keys/s beside {writes:.0f} writes/s"
    # it converges when a round leaves less than the one before, with room for bursts (data path sheet §4.3)
    if writes >= rate / 2:
        why = f"a shard takes up to {writes:.0f} writes/s, and half of the {rate} keys/s that are copied is the limit"
        return Forecast((Step("copy while writers write", None, False, given), _cut_over(None)), None, False, why)
    total, left, rounds = keys / rate, min(keys, writes * keys / rate), 0
    while left > _LAST and rounds < _ROUNDS:
        rounds += 1
        total += left / rate
        left = writes * left / rate
    copied = Step("copy while writers write", total, False, f"{given}, {rounds} more rounds")
    return Forecast((copied, _cut_over(ceil(left) / rate)), ceil(left), True)


def snapshot(group: Group, shards: int) -> Forecast:
    """Writers stand still from before the snapshot until clients are switched. shards: of the target."""
    octets, keys = group.largest(lambda load: load.bytes), group.total(lambda load: load.items)
    if octets is None:
        how = "CloudWatch has no BytesUsedForCache"
        return Forecast((Step("snapshot, export and restore", None, True, how),), None, True)
    of = f"at most {size(octets)} in the largest shard"
    steps = [
        Step("snapshot", octets / _SAVE, True, f"{of} at {_SAVE / 1e6:.0f} MB/s"),
        Step(
            "export to S3",
            octets / _NETWORK,
            True,
            f"{of} at {_NETWORK / 1e6:.0f} MB/s, a guess: AWS publishes no figure",
        ),
        Step(
            "fetch and load",
            octets / _NETWORK + octets / _LOAD,
            True,
            f"{of}, fetched at {_NETWORK / 1e6:.0f} MB/s, loaded at {_LOAD / 1e6:.0f} MB/s",
        ),
    ]
    if group.sharded:
        how = f"{keys:.0f} keys at {_IMPORT} keys/s into {shards} shards" if keys is not None else "no CurrItems"
        steps.append(Step("share out to shards", keys / _IMPORT if keys is not None else None, True, how))
    most = group.largest(lambda load: load.items)
    how = f"{most:.0f} keys in the largest shard at {_COMPARE} keys/s" if most is not None else "no CurrItems"
    steps.append(Step("compare both sides", most / _COMPARE if most is not None else None, True, how))
    return Forecast(tuple(steps), int(keys) if keys is not None else None, True)


def _cut_over(delta: float | None) -> Step:
    name = "hold writers back, copy and compare what is left, lead applications over"
    how = f"at most {_LAST} keys, and {_PAUSE:g} s for the rest"
    return Step(name, None if delta is None else delta + _PAUSE, True, how)


def _sum(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
