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
from typing import Any

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


Step = Wait | Restart | FailOver


def next_step(
    plan: Layout, workload: Workload, statefulset: Object, pods: Sequence[Object], state: State
) -> Step | None:
    """What brings a StatefulSet nearer to its newest revision; None when all of its pods are there.

    In mode cluster only the leaders are rolled so, and end as masters: then all followers are replicas, and the
    operator's own roll of them, which comes when the leaders are done, meets no master (operator sheet §4.5).
    """
    revision = (statefulset.get("status") or {}).get("updateRevision")
    ending = [_name(pod) for pod in pods if "deletionTimestamp" in pod["metadata"]]
    if ending:
        return Wait(f"Pod {ending[0]} is ending")
    old = [pod for pod in pods if is_old(pod, revision)]
    broken = [_name(pod) for pod in old if not is_ready(pod)]
    if broken:
        return Restart(broken[-1])
    unready = [_name(pod) for pod in pods if not is_ready(pod)]
    if unready or len(pods) < workload.replicas:
        return Wait(f"Pod {', '.join(unready) or workload.pod(len(pods))} is not ready")
    doubt = next(doubts(replace(plan, workloads=plan.redis), state), None)
    if doubt:
        return Wait(doubt)
    members = [state.members[_name(pod)] for pod in old]
    replicas = [member.pod for member in members if member.role == "slave"]
    if replicas:
        return Restart(replicas[-1])
    if members:
        heir = _heir(state, members[-1])
        return FailOver(members[-1], heir) if heir else Restart(members[-1].pod)
    return to_leaders(plan, state)


def to_leaders(plan: Layout, state: State) -> FailOver | None:
    """In mode cluster: the failover that makes a leader pod a master again; None when all are, and in other modes."""
    for pod in plan.redis[0].pods if plan.mode == "cluster" else ():
        member = state.members.get(pod)
        master = _master_of(state, member) if member else None
        if member and master:
            return FailOver(master, member)
    return None


def _heir(state: State, master: Member) -> Member | None:
    """The first replica of a master; all of them follow it by now."""
    return next((one for one in state.members.values() if _master_of(state, one) is master), None)


def _master_of(state: State, member: Member) -> Member | None:
    """The pod that a replica follows; None for a master."""
    return state.by_ip(member.info["master_host"]) if member.role == "slave" else None


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])
