# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a cluster's slots are shared out. Pure."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import SLOTS
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_TOLERANCE = 0.05  # of a fair share; redis-cli --cluster rebalance stops within 0.02
_UNFINISHED = 0.5  # nobody means a shard to be that small: a change of numShards has not come to its end


def owned(state: State) -> dict[str, int]:
    """Slots by pod, of every pod that is a master."""
    return {master.pod: master.myself.count for master in state.masters if master.myself}


def owners(state: State) -> list[Member]:
    """The masters that have slots."""
    return [master for master in state.masters if master.myself and master.myself.count]


def uneven(plan: Layout, state: State, *, strict: bool) -> str | None:
    """The pod that is farthest from its fair share of the slots, None when all are near enough to it.

    strict: after a change of numShards; without, only what looks like one that was cut off counts, because users may
    weigh their shards.
    """
    if plan.mode != "cluster":
        return None
    fair = SLOTS / plan.redis[0].replicas
    counts = owned(state)
    pod = max(counts, key=lambda one: abs(counts[one] - fair), default="")
    if not pod or abs(counts[pod] - fair) <= fair * (_TOLERANCE if strict else _UNFINISHED):
        return None
    return f"Pod {pod}: it has {counts[pod]} slots instead of about {fair:.0f}"
