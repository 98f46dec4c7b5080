# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold before a restore touches anything, as far as it is known without loading the data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some

_ON_DISK = 2  # times the RDB: the copy and the append-only file, or a log of single keys


def problems(view: View, origin: Origin, free: Mapping[str, int], *, force: bool) -> Iterator[str]:
    """A line each. free: bytes on the volume of each master."""
    if view.unasked:
        yield f"Redis could not be asked: {view.unasked}"
        return
    if doubt := unproven(view.plan, view.state):
        yield f"the instance is not well: {doubt}; see to that first"
    yield from _releases(view.state, origin)
    yield from _databases(view, origin)
    yield from _memory(view.state, origin)
    yield from _volumes(view.state, origin, free)
    keys = held(view.state)
    if keys and not force:
        yield (
            f"the instance holds {some(keys, 'key')}: with force: true (playbooks: redis_force) they are replaced, "
            "after they have been put into a set of their own"
        )


def held(state: State) -> int:
    """Keys of all masters."""
    return sum(keys for member in state.masters for keys, _expires in keyspace(member.info).values())


def engines(state: State) -> set[tuple[str, str]]:
    """Engine and version of all pods that have answered."""
    infos = [member.info for member in state.members.values() if not member.error]
    return {
        ("valkey", info["valkey_version"]) if "valkey_version" in info else ("redis", info["redis_version"])
        for info in infos
    }


def _releases(state: State, origin: Origin) -> Iterator[str]:
    found = sorted(engines(state))
    if len(found) > 1:
        yield f"the pods run different releases: {', '.join(' '.join(one) for one in found)}; wait for the roll"
    for engine, version in found:
        yield from origin.unreadable(engine, version)


def _databases(view: View, origin: Origin) -> Iterator[str]:
    others = {int(number): count for number, count in origin.databases().items() if number != "0"}
    if view.plan.mode == "cluster" and others:
        counts = ", ".join(f"{count} in database {number}" for number, count in sorted(others.items()))
        yield f"it holds keys that a cluster has no place for: {counts}; a cluster has database 0 alone"


def _memory(state: State, origin: Origin) -> Iterator[str]:
    """An RDB is smaller than the data in memory, so one that is too large already needs not be tried."""
    allowed = [int(member.info.get("maxmemory", 0)) for member in state.masters]
    if all(allowed) and origin.bytes > sum(allowed):
        yield f"its {size(origin.bytes)} do not fit into the {size(sum(allowed))} of memory that the masters may use"


def _volumes(state: State, origin: Origin, free: Mapping[str, int]) -> Iterator[str]:
    needed = _ON_DISK * origin.bytes // max(len(state.masters), 1)
    for pod, left in free.items():
        if left < needed:
            yield f"the volume of Pod {pod} has {size(left)} left, about {size(needed)} are needed"
