# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rolling restart that nobody notices: which pod goes next. Pure.

A StatefulSet replaces its pods by number, whoever is master. So its strategy is OnDelete while we roll, and the pods
are restarted here one by one: replicas first, then a planned failover, then the old master, each when all others
follow their master again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Union

from ansible_collections.eks.redis.plugins.module_utils.engine.proof import doubts
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_old, is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload

Object = dict[str, Any]


@dataclass(frozen=True)
class Wait:
    """Nothing to do yet."""

    reason: str


@dataclass(frozen=True)
class Restart:
    """Delete this pod, so that it comes back in the newest revision."""

    pod: str


@dataclass(frozen=True)
class FailOver:
    """Make a replica the master."""

    old: Member
    new: Member


Step = Union[Wait, Restart, FailOver]  # noqa: UP007 - pylint takes the other spelling for arithmetic


def next_step(
    plan: Layout, workload: Workload, statefulset: Object, pods: Sequence[Object], state: State
) -> Step | None:
    """What brings a StatefulSet nearer to its newest revision; None when all of its pods are there.

    In mode cluster only the leaders are rolled so, and end as masters: then all followers are replicas, and the
    operator's own roll of them, which comes when the leaders are done, meets no master (operator sheet §4.5).
    """
    revision = (statefulset.get("status") or {}).get("updateRevision")
    live = {_name(pod): pod for pod in pods}
    going = [name for name, pod in live.items() if "deletionTimestamp" in pod["metadata"] or name not in workload.pods]
    if going:
        return Wait(f"Pod {going[0]} is ending")
    old = [name for name, pod in live.items() if is_old(pod, revision)]
    # a StatefulSet starts its pods by number, each when all before it are ready: the first that is not is in the way
    unready = next((name for name in workload.pods if name not in live or not is_ready(live[name])), None)
    if unready and unready not in old:
        return Wait(f"Pod {unready} is not ready")
    if unready:
        copying = next((name for name in live if name not in old and _copies(state, name)), None)
        return Wait(f"Pod {copying} still copies the data of its master") if copying else _leave(state, unready)
    doubt = next(doubts(replace(plan, workloads=plan.redis), state), None)
    if doubt:
        return Wait(doubt)
    if old:
        replicas = [name for name in old if state.members[name].role == "slave"]
        return _leave(state, (replicas or old)[-1])
    return to_leaders(plan, state)


def _leave(state: State, pod: str) -> Step:
    """A pod is restarted, a master only when no replica can take over from it."""
    member = state.members.get(pod)
    heir = _heir(state, member) if member and member.role == "master" else None
    return FailOver(member, heir) if member and heir else Restart(pod)


def _copies(state: State, pod: str) -> bool:
    member = state.members.get(pod)
    master = _master_of(state, member) if member else None
    return bool(member and master and master.role == "master" and not member.linked)


def to_leaders(plan: Layout, state: State) -> FailOver | None:
    """In mode cluster: the failover that makes a leader pod a master again; None when all are, and in other modes.

    A leader pod that follows another one, as Redis may arrange it, stays its replica: they would swap for ever.
    """
    leaders = plan.redis[0].pods if plan.mode == "cluster" else ()
    for pod in leaders:
        member = state.members.get(pod)
        master = _master_of(state, member) if member else None
        if member and master and master.pod not in leaders:
            return FailOver(master, member)
    return None


def _heir(state: State, master: Member) -> Member | None:
    """The first replica of a master that has all of its data."""
    return next((one for one in state.members.values() if one.linked and _master_of(state, one) is master), None)


def _master_of(state: State, member: Member) -> Member | None:
    """The pod that a replica follows; None for a master."""
    return state.by_ip(member.info["master_host"]) if member.role == "slave" else None


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])
