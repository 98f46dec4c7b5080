# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that one node or one zone takes down together, where the cluster has room to keep them apart. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import Object, Shard, View, zone

_CLOSED = frozenset({"NoSchedule", "NoExecute"})


def placement(view: View) -> Iterator[str]:
    """A shard in one place, replicas beside their master, and places that hold too many voters for a failover."""
    for shard in view.shards:
        yield from _shard(view, shard)
    masters = [shard.master for shard in view.shards if shard.slots]
    lost = "without it no majority is left to fail over"
    if masters:
        yield from _together(view, "masters", masters, (len(masters) - 1) // 2, lost)
    sentinels = view.plan.sentinels
    if sentinels:
        quorum = int(view.resources[sentinels.kind]["spec"]["redisSentinelConfig"]["quorum"])
        needed = max(quorum, sentinels.replicas // 2 + 1)
        yield from _together(view, "sentinels", sentinels.pods, sentinels.replicas - needed, lost)


def _shard(view: View, shard: Shard) -> Iterator[str]:
    what = f"Redis pods of {_named(view, shard)}"
    warned = list(_together(view, what, shard.pods, len(shard.pods) - 1, "nobody takes over when it is lost"))
    yield from warned
    node = view.node(shard.master)
    if not warned and node and len(shard.pods) <= len(_open(view)):
        for pod in shard.replicas:
            if view.node(pod) == node:
                yield f"Pod {pod}: it is on node {node}, beside its master Pod {shard.master}"


def _named(view: View, shard: Shard) -> str:
    return f"the shard of Pod {shard.master}" if view.plan.mode == "cluster" else "the instance"


def _together(view: View, what: str, pods: Sequence[str], tolerable: int, lost: str) -> Iterator[str]:
    """Warns of the place that holds more than ``tolerable`` pods although there are places enough.

    A node says it all: the zone of the same pods is not told as well.
    """
    nodes = _open(view)
    for where, place_of, places in (
        ("on node", view.node, {one["metadata"]["name"] for one in nodes}),
        ("in zone", view.zone, {zone(one) for one in nodes} - {None}),
    ):
        worst = _worst(pods, place_of)
        if worst and places and worst[1] > tolerable >= -(-len(pods) // len(places)):
            yield f"{worst[1]} of {len(pods)} {what} are {where} {worst[0]}: {lost}"
            return


def _worst(pods: Sequence[str], place_of: Callable[[str], str | None]) -> tuple[str, int] | None:
    """The place with the most pods, and how many."""
    counted = Counter(place for place in map(place_of, pods) if place)
    return counted.most_common(1)[0] if counted else None


def _open(view: View) -> list[Object]:
    """Nodes that take pods without asking for a toleration."""
    return [
        node
        for node in view.nodes.values()
        if not node["spec"].get("unschedulable")
        and not any(taint["effect"] in _CLOSED for taint in node["spec"].get("taints") or ())
    ]
