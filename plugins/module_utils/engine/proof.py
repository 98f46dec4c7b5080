# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ready means proven by data: what the pods of each mode must say of themselves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import SLOTS
from ansible_collections.eks.redis.plugins.module_utils.engine.slots import owners, uneven
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State, Watcher
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout


def unproven(plan: Layout, state: State) -> str | None:
    """The first answer that is not as it must be, None when the instance is proven to work."""
    return next(doubts(plan, state), None)


def doubts(plan: Layout, state: State) -> Iterator[str]:
    """Everything that is not as it must be, the cause before what follows from it."""
    yield from silent(plan, state)
    for kind in dict.fromkeys(workload.kind for workload in plan.workloads):
        yield from _PROOFS[kind](plan, state)


def silent(plan: Layout, state: State) -> Iterator[str]:
    """Redis pods that do not answer, or not yet with data."""
    for workload in plan.redis:
        for pod in workload.pods:
            member = state.members.get(pod)
            if member is None or member.error:
                yield f"Pod {pod}: Redis does not answer: {member.error if member else 'the pod has no address'}"
            elif member.loading:
                yield f"Pod {pod}: Redis still loads its data ({member.info.get('loading_loaded_perc', '?')} %)"


def _single(plan: Layout, state: State) -> Iterator[str]:
    """One Redis that is a master."""
    for member in state.members.values():
        if member.role != "master":
            yield f"Pod {member.pod}: its role is {member.role!r} instead of 'master'"


def _replication(plan: Layout, state: State) -> Iterator[str]:
    """One master, and every other pod follows it and has all of its data."""
    masters = state.masters
    if len(masters) != 1:
        names = ", ".join(one.pod for one in masters) or "none"
        yield f"there must be one master among the Redis pods; masters: {names}"
        return
    (master,) = masters
    for member in state.members.values():
        if member is not master:
            yield from _following(member, master)


def _following(member: Member, master: Member) -> Iterator[str]:
    if member.info.get("master_host") != master.ip:
        yield f"Pod {member.pod}: it follows {member.info.get('master_host')} instead of Pod {master.pod} ({master.ip})"
    elif not member.linked:
        left = member.info.get("master_sync_left_bytes")
        what = f"it copies the data of its master, {left} bytes left" if left else "its link to the master is down"
        yield f"Pod {member.pod}: {what}"
    elif master.replicas.get(member.ip, {}).get("state") != "online":
        yield f"Pod {master.pod}: it does not count Pod {member.pod} as an online replica"


def _sentinels(plan: Layout, state: State) -> Iterator[str]:
    """Every sentinel watches the master that is one, knows all others, and could agree with them on a failover."""
    sentinels = plan.sentinels
    masters = state.masters
    if sentinels is None or len(masters) != 1:
        return
    replicas = len(plan.redis[0].pods) - 1
    for pod in sentinels.pods:
        watcher = state.watchers.get(pod)
        if watcher is None or watcher.error:
            yield f"Pod {pod}: the sentinel does not answer: {watcher.error if watcher else 'the pod has no address'}"
        else:
            yield from _watching(watcher, masters[0], replicas, sentinels.replicas)


def _watching(watcher: Watcher, master: Member, replicas: int, sentinels: int) -> Iterator[str]:
    seen = watcher.master
    wanted = {"num-slaves": replicas, "num-other-sentinels": sentinels - 1}
    if seen.get("ip") != master.ip:
        yield f"Pod {watcher.pod}: the sentinel watches {seen.get('ip')} instead of Pod {master.pod} ({master.ip})"
    elif seen.get("flags") != "master":
        yield f"Pod {watcher.pod}: the sentinel sees the master as {seen.get('flags')}"
    else:
        for field, count in wanted.items():
            if seen.get(field) != str(count):
                yield f"Pod {watcher.pod}: the sentinel's {field} is {seen.get(field)} instead of {count}"
        if not watcher.quorum.startswith("OK"):
            yield f"Pod {watcher.pod}: the sentinel could not fail over: {watcher.quorum}"


def _cluster(plan: Layout, state: State) -> Iterator[str]:
    """Every node sees all slots served, none is on the way, and every shard has its replicas, which follow."""
    total = sum(workload.replicas for workload in plan.redis)
    for member in state.members.values():
        yield from _node(member, total)
    shards = plan.redis[0].replicas
    masters = owners(state)
    if len(masters) != shards:
        yield f"{len(masters)} masters have slots instead of {shards}: {', '.join(one.pod for one in masters)}"
    lopsided = uneven(plan, state, strict=False)
    if lopsided:
        yield lopsided
    followers = Counter(node.master for node in state.nodes if node.master)
    for owner in masters:
        here = followers[owner.myself.id] if owner.myself else 0
        wanted = total // shards - 1
        if here != wanted:
            yield f"Pod {owner.pod}: its shard has {here} replicas instead of {wanted}"


def _node(member: Member, total: int) -> Iterator[str]:
    said, myself = member.cluster, member.myself
    if said.get("cluster_state") != "ok":
        yield f"Pod {member.pod}: it sees the cluster as {said.get('cluster_state', 'none')!r} instead of 'ok'"
    elif said.get("cluster_slots_ok") != str(SLOTS):
        yield f"Pod {member.pod}: it sees {said.get('cluster_slots_ok')} of {SLOTS} slots served"
    elif said.get("cluster_known_nodes") != str(total):
        yield f"Pod {member.pod}: it knows {said.get('cluster_known_nodes')} nodes instead of {total}"
    elif any(node.failed for node in member.nodes):
        yield f"Pod {member.pod}: it sees {sum(node.failed for node in member.nodes)} nodes as failed"
    elif myself and myself.open:
        yield f"Pod {member.pod}: {len(myself.open)} slots are on their way ({myself.open[0]})"
    elif member.role == "slave" and not member.linked:
        yield f"Pod {member.pod}: its link to its master is down"


# By kind; the two StatefulSets of a RedisCluster are one thing
_PROOFS: dict[str, Callable[[Layout, State], Iterator[str]]] = {
    "Redis": _single,
    "RedisReplication": _replication,
    "RedisSentinel": _sentinels,
    "RedisCluster": _cluster,
}
