# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards whose pods are all in one place, and who could change places with whom. Pure.

The operator pairs replica n with master n, and a scheduler that fills zones in turn puts both into the same one: the
loss of that zone, or node, would then take the whole shard with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from ansible_collections.eks.redis.plugins.module_utils.engine.state import State


def shards(state: State) -> dict[str, list[str]]:
    """The replicas' pods by their master's pod."""
    by_id = {member.myself.id: member.pod for member in state.members.values() if member.myself}
    found: dict[str, list[str]] = {member.pod: [] for member in state.masters}
    for member in state.members.values():
        master = by_id.get(member.myself.master) if member.myself else None
        if master in found:
            found[master].append(member.pod)
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
