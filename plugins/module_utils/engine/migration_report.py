# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a live migration, for people and for playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.client_service import SEED
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import Event
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import LEFT, SWITCHED, Entry
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Stage
from ansible_collections.eks.redis.plugins.module_utils.engine.words import some, span

Object = dict[str, Any]
WOULD_VERIFY = "would compare keys of both sides, which changes nothing"


def figures(status: Event) -> Object:
    """What the program says of its copy, as a module returns it."""
    told = {key: status.get(key) for key in ("keys", "of", "rate", "dirty", "rounds", "restarts")}
    return {**told, "freeze_forecast": status.get("freeze")}


def comparison(done: Event) -> Object:
    """Of what was compared, likewise."""
    return {"compared": done.get("compared"), "counts": done.get("counts"), "compare_seconds": done.get("seconds")}


def cut_over(stage: Stage) -> Object:
    """Of the cut over, likewise."""
    entry = stage.noted
    return {
        "freeze_seconds": entry.freeze or None,
        "seconds": dict(entry.seconds),
        "killed": stage.killed,
        "switched": entry.switched or None,
        "closed_until": entry.closed or None,
    }


def would_copy(stage: Stage, *, fresh: bool) -> list[str]:
    """A prediction."""
    if not stage.changed:
        return [f"a Job copies {stage.noted.cache.what} to {stage.target.text} already"]
    begun = "would begin" if fresh else "would begin anew"
    return [f"{begun}: the copy of {stage.noted.cache.what} to {stage.target.text}, while applications go on there"]


def copied(stage: Stage, status: Event) -> list[str]:
    """It follows."""
    dirty, rounds = int(status.get("dirty") or 0), int(status.get("rounds") or 0)
    keys, rate = some(int(status.get("keys") or 0), "key"), int(status.get("rate") or 0)
    lines = [
        f"copied: {stage.noted.cache.what} to {stage.target.text}: {keys}, {rate} keys/s",
        f"it follows: {some(rounds, 'round')}, {some(dirty, 'key')} in the last",
    ]
    if restarts := int(status.get("restarts") or 0):
        lines.append(f"it began anew: {restarts} times")
    if status.get("freeze") is not None:
        lines.append(f"a freeze would take about {status['freeze']} s, and what applications take to connect")
    return lines


def verified(done: Event) -> list[str]:
    """Nothing differs."""
    return [
        f"verified: {some(int(done.get('compared') or 0), 'key')} compared in {done.get('seconds')} s, none differs"
    ]


def would_hold(stage: Stage) -> list[str]:
    """A prediction."""
    return [
        f"would hold writers back at {stage.noted.cache.what} for {span(stage.asked.budget)} at most; nothing is copied"
    ]


def held(stage: Stage) -> list[str]:
    """Nobody writes."""
    entry = stage.noted
    return [
        f"held: {entry.cache.what} takes no writes from {entry.held} to {entry.closed}",
        f"until then take its snapshot, restore that into {stage.target.text}, and lead applications there with state: "
        "switched, or let them go on with state: rolled_back",
    ]


def would_switch(stage: Stage) -> list[str]:
    """A prediction."""
    entry = stage.noted
    where = f"Service {stage.target.namespace}/{entry.service}" if entry.service else "no Service: applications stay"
    return [
        f"would hold writers back at {entry.cache.what}, {stage.asked.budget} s at most, copy what is left, compare",
        f"would lead to {stage.target.text}: {where}",
        f"would keep {entry.cache.what} closed for writers for {span(stage.asked.keep)}",
    ]


def switched(stage: Stage) -> list[str]:
    """Applications are at the instance."""
    entry = stage.noted
    steps = ", ".join(f"{name} {number:.2f} s" for name, number in entry.seconds.items())
    took = f", frozen for {entry.freeze:.2f} s ({steps})" if entry.freeze else ""
    lines = [f"switched at {entry.switched}: {entry.cache.what} to {stage.target.text}{took}"]
    if entry.service:
        lines.append(f"Service {stage.target.namespace}/{entry.service} leads to the instance")
    else:
        ends = ", ".join(f"{one.name}://{one.host}:{one.port}" for one in stage.target.plan.endpoints)
        lines.append(f"now point applications at it: {ends}")
    if stage.target.plan.mode == "cluster":
        lines.append(SEED)
    lines.append(f"{entry.cache.what} takes no writes until {entry.closed}; the way back is state: rolled_back")
    return lines


def at_the_cache(stage: Stage) -> list[str]:
    """Applications are at the cache."""
    entry = stage.entry
    if entry is None:
        return [f"no exit of {stage.target.text} is going on"]
    lines = []
    if entry.back and entry.state == SWITCHED:
        steps = ", ".join(f"{name} {number:.2f} s" for name, number in entry.seconds.items())
        took = f", frozen for {entry.freeze:.2f} s ({steps})" if entry.freeze else ""
        lines.append(f"rolled back: what was written to {stage.target.text} is in {entry.cache.what}{took}")
        lines.append(_shut(stage))
    elif entry.state == LEFT:
        lines.append(
            f"rolled back: what was written to {stage.target.text} from {entry.switched} to {entry.since} stays in it "
            "alone, and is not in the cache"
        )
        lines.append(_shut(stage))
    else:
        lines.append(f"given up at {entry.since}: applications are at {entry.cache.what}, which was not changed")
    if entry.service and entry.followed and entry.pinned:
        lines.append(
            f"Service {stage.target.namespace}/{entry.service} leads to {entry.pinned[0].host}, where "
            f"{entry.followed[0].host} was then: eks.redis.client_service with state: cache has it follow that again"
        )
    elif not entry.service and entry.switched:
        lines.append(f"now point applications at {entry.cache.what}")
    return lines


def would_return(stage: Stage) -> list[str]:
    """A prediction."""
    entry = stage.noted
    return [
        f"would copy back to {entry.cache.what} what was written to {stage.target.text} since {entry.switched}",
        f"would hold writers back at the instance, {stage.asked.budget} s at most, and lead applications to the cache",
    ]


def would_leave(stage: Stage) -> list[str]:
    """A prediction."""
    entry = stage.noted
    return [
        f"would lead applications to {entry.cache.what}, which then takes writes",
        f"what was written to {stage.target.text} since {entry.switched} would stay in it alone",
    ]


def ended(stage: Stage) -> Iterator[str]:
    """The exit is over."""
    entry = stage.noted
    yield f"ended: the exit of {stage.target.text} that began at {entry.started}, {entry.state} since {entry.since}"
    if is_shut(entry):
        yield f"{stage.target.text} takes writes again"
    elif entry.state == SWITCHED:
        yield f"{entry.cache.what} takes no writes until {entry.closed}"
    if entry.service:
        yield f"Service {stage.target.namespace}/{entry.service} stays as it is"


def is_shut(entry: Entry) -> bool:
    """Whether the instance refuses writes, because applications have left it."""
    return entry.state == LEFT or (entry.back and entry.state == SWITCHED)


def _shut(stage: Stage) -> str:
    anew = "" if stage.noted.state == LEFT else "it is copied to anew, or "
    return (
        f"{stage.target.text} refuses writes (min-replicas-to-write) until {anew}the exit is ended with state: absent"
    )
