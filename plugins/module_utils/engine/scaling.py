# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before pods go: no master may be among them, because nobody would take over in an orderly way."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.failover import fail_over
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.redis_cli import redis_cli
from ansible_collections.eks.redis.plugins.module_utils.engine.resharding import move_off
from ansible_collections.eks.redis.plugins.module_utils.engine.roll import FailOver, to_leaders
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.stages import sizes
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State, parse_pairs
from ansible_collections.eks.redis.plugins.module_utils.engine.survey import survey
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import SENTINEL_PORT, Layout

Object = dict[str, Any]


def shrinks(before: Object | None, after: Object) -> bool:
    """Whether the custom resource asks for fewer pods than before, in any role."""
    if before is None:
        return False
    return any((was or 0) > (wanted or 0) for was, wanted in zip(sizes(before), sizes(after), strict=True))


def unfinished(plan: Layout, seen: Snapshot) -> bool:
    """Whether an earlier run asked for fewer shards, and their pods are still there: whatever they are in now."""
    return plan.mode == "cluster" and seen.as_it_is(plan) != plan


def vacate(api: Api, plan: Layout, name: str, deadline: Deadline) -> list[str]:
    """Planned failovers until only pods that stay are masters; in mode cluster leader pods, which then hand over the
    slots of those that go. A line for what was done.

    plan: with the new size. Raises EngineError when that cannot be had: nothing is scaled then.
    """
    done: list[str] = []
    priorities: dict[str, str] = {}

    def unmet() -> str | None:
        seen = Snapshot(api, plan.namespace, name)
        now = seen.as_it_is(plan)
        try:
            state = survey(now, seen)
            move = to_leaders(plan, state) or _to_stayers(plan, state)
            if move is None:
                return None
            if plan.sentinels:
                _pass_over(api, plan, state, priorities, deadline)
            done.append(tell(fail_over(api, now, state, move.old, move.new)))
        except Unanswered as error:
            # when another failover is just over there may be nobody yet who could take over
            return str(error)
        return done[-1]

    reason = wait_until(api, unmet, (), deadline)
    if reason:
        for pod, priority in priorities.items():
            with suppress(EngineError):
                _priority(api, plan, pod, priority)
        raise EngineError(f"{reason}; nothing was scaled")
    return done + (move_off(api, plan, name, deadline) if plan.mode == "cluster" else [])


def _leaving(plan: Layout, state: State) -> list[Member]:
    return [one for one in state.members.values() if one.pod not in plan.pods]


def _to_stayers(plan: Layout, state: State) -> FailOver | None:
    leaving = _leaving(plan, state)
    master = next((one for one in leaving if one.role == "master"), None)
    if master is None or plan.mode == "cluster":
        return None
    heir = next((one for one in state.members.values() if one.linked and one not in leaving), None)
    if heir is None:
        what = f"Pod {plan.namespace}/{master.pod}"
        raise EngineError(f"{what} is the master and is to go, but no pod that stays follows it; nothing was scaled")
    return FailOver(master, heir)


def _pass_over(api: Api, plan: Layout, state: State, priorities: dict[str, str], deadline: Deadline) -> None:
    """Makes the sentinels choose none of the pods that are to go; they learn of it within ten seconds.

    priorities: by pod, what was there before; it is added to. Raises Unanswered.
    """
    leaving = _leaving(plan, state)
    priorities.update({one.pod: _priority(api, plan, one.pod) for one in leaving if one.pod not in priorities})
    for member in leaving:
        _priority(api, plan, member.pod, "0")
    addresses = {member.ip for member in leaving if member.role == "slave"}

    def unaware() -> str | None:
        for watcher in state.watchers.values():
            try:
                known = _replicas_known(api, plan, watcher.pod)
            except EngineError as error:
                return str(error)
            if any(one.get("ip") in addresses and one.get("slave-priority") != "0" for one in known):
                return f"Pod {watcher.pod}: the sentinel would still choose a pod that is to go"
        return None

    reason = wait_until(api, unaware, (), deadline)
    if reason:
        raise Unanswered(reason)


def _priority(api: Api, plan: Layout, pod: str, value: str | None = None) -> str:
    """Reads, or sets, what the sentinels go by when they choose a replica; 0 is never chosen."""
    words = ("GET", "replica-priority") if value is None else ("SET", "replica-priority", value)
    container = plan.redis[0].container
    return redis_cli(api, plan.namespace, pod, container, "CONFIG", *words).splitlines()[-1]


def _replicas_known(api: Api, plan: Layout, sentinel: str) -> list[dict[str, str]]:
    container = plan.sentinels.container if plan.sentinels else ""
    words = ("-p", str(SENTINEL_PORT), "SENTINEL", "REPLICAS", plan.master_group)
    said = redis_cli(api, plan.namespace, sentinel, container, *words)
    return [parse_pairs(f"name\n{one}") for one in said.split("name\n")[1:]]
