"""What can be wrong in an instance that is otherwise healthy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State, Watcher

Damage = Callable[[State], State]


def redis(pod: str, **fields: str) -> Damage:
    """INFO says something else; "" for a field that it does not have."""

    def damage(state: State) -> State:
        was = state.members[pod]
        info = {key: value for key, value in {**was.info, **fields}.items() if value}
        return replace(state, members={**state.members, pod: replace(was, info=info)})

    return damage


def silent(pod: str, error: str) -> Damage:
    def damage(state: State) -> State:
        return replace(state, members={**state.members, pod: Member(pod, state.members[pod].ip, error=error)})

    return damage


def absent(pod: str) -> Damage:
    def damage(state: State) -> State:
        return State(
            {name: one for name, one in state.members.items() if name != pod},
            {name: one for name, one in state.watchers.items() if name != pod},
        )

    return damage


def sentinel(pod: str, *, error: str = "", quorum: str = "OK", **fields: str) -> Damage:
    def damage(state: State) -> State:
        was = state.watchers[pod]
        now = Watcher(pod, was.ip, {} if error else {**was.master, **fields}, error, quorum)
        return replace(state, watchers={**state.watchers, pod: now})

    return damage


def cluster(pod: str, **fields: str) -> Damage:
    """CLUSTER INFO says something else."""

    def damage(state: State) -> State:
        was = state.members[pod]
        info = {key: value for key, value in {**was.cluster, **fields}.items() if value}
        return replace(state, members={**state.members, pod: replace(was, cluster=info)})

    return damage


def node(name: str, *, by: str = "", **changes: Any) -> Damage:
    """CLUSTER NODES says something else of a node; by: in one pod's view. Who is myself stays so."""

    def changed(one: Node) -> Node:
        if one.id != f"id-{name}":
            return one
        flags = changes.get("flags", one.flags - {"myself"}) | (one.flags & {"myself"})
        return replace(one, **{**changes, "flags": flags})

    def damage(state: State) -> State:
        return replace(
            state,
            members={
                pod: replace(one, nodes=tuple(map(changed, one.nodes))) if by in ("", pod) else one
                for pod, one in state.members.items()
            },
        )

    return damage


def all_of(*damages: Damage) -> Damage:
    def damage(state: State) -> State:
        for one in damages:
            state = one(state)
        return state

    return damage


def gone(name: str, **changes: Any) -> Damage:
    """Everybody remembers a node that no pod answers for."""
    entry = replace(Node(name, "10.0.0.9", frozenset({"slave", "fail"}), "", False, (), ()), **changes)

    def damage(state: State) -> State:
        members = {pod: replace(one, nodes=(*one.nodes, entry)) for pod, one in state.members.items()}
        return replace(state, members=members)

    return damage


def stranger(name: str) -> Damage:
    """Nobody but itself knows a node."""

    def damage(state: State) -> State:
        members = {
            pod: replace(one, nodes=tuple(each for each in one.nodes if pod == name or each.id != f"id-{name}"))
            for pod, one in state.members.items()
        }
        return replace(state, members=members)

    return damage


def swapped(master: str, replica: str) -> Damage:
    """A failover has happened between two nodes of a cluster."""

    def damage(state: State) -> State:
        was, now = state.members[master].myself, state.members[replica].myself
        assert was and now
        hosts = {pod: state.members[pod].ip for pod in (master, replica)}
        return all_of(
            node(master, slots=(), flags=frozenset({"slave"}), master=now.id),
            node(replica, slots=was.slots, flags=frozenset({"master"}), master=""),
            redis(master, role="slave", master_host=hosts[replica], master_link_status="up"),
            redis(replica, role="master", master_host=""),
        )(state)

    return damage
