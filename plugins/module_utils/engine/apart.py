# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which replicas follow which master, and which should rather follow another one. Pure.

The operator pairs replica n with master n, and a scheduler that fills zones in turn puts both into the same one: the
loss of that zone, or node, would then take the whole shard with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from ansible_collections.eks.redis.plugins.module_utils.engine.slots import owners
from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout


def shards(state: State) -> dict[str, list[str]]:
    """The replicas' pods by their master's pod."""
    by_id = state.by_id
    found: dict[str, list[str]] = {member.pod: [] for member in state.masters}
    for member in state.members.values():
        master = by_id.get(member.myself.master) if member.myself else None
        if master and master.pod in found:
            found[master.pod].append(member.pod)
    return found


def huddled(shards_: Mapping[str, list[str]], places: Mapping[str, str]) -> list[str]:
    """The masters of shards with replicas that are all where the master is. places: by pod, "" for an unknown one."""
    return [
        master
        for master, replicas in shards_.items()
        if replicas and {places.get(pod, "") for pod in (master, *replicas)} == {places.get(master, "")}
    ]


def exchange(shards_: Mapping[str, list[str]], places: Mapping[str, str]) -> tuple[str, str, str, str] | None:
    """Two replicas that change masters, (replica, its new master) twice, so that fewer shards huddle; None when no two
    replicas would help."""
    alone = huddled(shards_, places)
    for one, other in product(alone, shards_):
        for mine, theirs in product(shards_[one], shards_[other] if one != other else ()):
            tried = dict(shards_)
            tried[one] = [theirs, *(pod for pod in shards_[one] if pod != mine)]
            tried[other] = [mine, *(pod for pod in shards_[other] if pod != theirs)]
            if len(huddled(tried, places)) < len(alone):
                return theirs, one, mine, other
    return None


def adoptions(plan: Layout, state: State) -> Iterator[tuple[str, str]]:
    """(replica, its new master) until every shard has its share of replicas, all of them pods of plan.

    A replica that is of its master's share stays where it is.
    """
    pods = plan.redis_pods
    share = len(pods) // plan.redis[0].replicas - 1
    replicas_of = shards(state)
    here = {
        master.pod: [pod for pod in replicas_of[master.pod] if pod in pods]
        for master in owners(state)
        if master.pod in pods
    }
    settled = {pod for replicas in here.values() for pod in replicas[:share]}
    spare = (one.pod for one in state.members.values() if one.role == "slave" and one.pod in pods)
    free = (pod for pod in spare if pod not in settled)
    for master, replicas in here.items():
        for _lacking in range(share - len(replicas)):
            if (pod := next(free, None)) is not None:
                yield pod, master
