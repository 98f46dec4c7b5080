# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back from an instance to the cache that was left, and the end of an exit."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, prune
from ansible_collections.eks.redis.plugins.module_utils.engine import migration_report as report
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.cut_over import cache_addresses, leads_to, move
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_job import all_jobs
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import (
    COPYING,
    FREEZING,
    GIVEN_UP,
    HELD,
    LEFT,
    SWITCHED,
    journals,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Stage
from ansible_collections.eks.redis.plugins.module_utils.topology import door

Object = dict[str, Any]


def rolled_back(stage: Stage) -> Object:
    """Applications are at the cache; a module's result."""
    entry = stage.entry
    if entry and entry.state == LEFT and stage.worker().job:
        return _leave(stage)
    if entry is None or entry.state in (GIVEN_UP, LEFT) or (entry.back and entry.state == SWITCHED):
        return stage.result(report.at_the_cache(stage))
    if not entry.back and entry.state == FREEZING and stage.door and stage.door.see().leads_to == leads_to(stage):
        raise EngineError(
            f"the cut over that began at {entry.since} is not complete: complete it with state: switched, then go back"
        )
    if not entry.back and entry.state != SWITCHED:
        return _give_up(stage)
    if entry.back or stage.asked.copy_back:
        return _return(stage)
    return _leave(stage)


def absent(stage: Stage) -> Object:
    """Nothing of the exit is left but the Service; a module's result."""
    lines = list(report.ended(stage)) if stage.entry else []
    jobs = list(all_jobs(stage.api, stage.target.namespace, stage.target.name))
    if stage.entry and not stage.check:
        if stage.entry.state in (FREEZING, HELD) and stage.worker().job:
            stage.worker().ask("back")
        for back in (False, True):
            stage.worker(back=back).end()
        if report.is_shut(stage.entry):
            stage.target.open()
    if not stage.check:
        for live in jobs:
            stage.api.delete("Job", live["metadata"]["name"], stage.target.namespace)
        if stage.entry:
            stage.journal.close()
    lines += [f"deleted: {kinds.reference_of(live)}" for live in jobs]
    stage.changed = bool(lines)
    stage.entry = None
    return stage.result(lines or [f"no exit of {stage.target.text} is going on"])


def left_behind(api: Api, namespace: str, name: str, *, check: bool) -> Object:
    """Ends the exit of an instance that is gone; a module's result. Its Jobs went with it."""
    changes = prune.deletions(api, journals(api, namespace, name))
    if not check:
        prune.delete(api, changes)
    summary = [str(change) for change in changes] or [f"no exit of instance {namespace}/{name} is going on"]
    return {"changed": bool(changes), "exit": None, "state": None, "job": None, "summary": summary}


def _give_up(stage: Stage) -> Object:
    """Before the switch: nothing but the copy ends."""
    stage.changed = True
    if stage.check:
        return stage.result([f"would end the copy to {stage.target.text}; applications stay at the cache"])
    if stage.worker().job:
        if stage.noted.state in (FREEZING, HELD):
            stage.worker().ask("back")
        stage.worker().end()
    stage.note(state=GIVEN_UP)
    return stage.result(report.at_the_cache(stage))


def _return(stage: Stage) -> Object:
    """What was written since goes with them."""
    stage.changed = True
    if stage.check:
        return stage.result(report.would_return(stage))
    if not stage.noted.back:
        stage.worker(back=False).end()
        stage.note(back=True, state=COPYING, compared=0, held="")
    move(stage)
    return stage.result(report.at_the_cache(stage), **report.cut_over(stage))


def _leave(stage: Stage) -> Object:
    """What was written since stays at the instance."""
    stage.changed = True
    entry, worker = stage.noted, stage.worker()
    if not worker.job:
        raise EngineError(
            f"the Job of the migration is gone, which alone can have the cache take writes before {entry.closed}: roll "
            "back with copy_back: true, whose Job does, or wait until then"
        )
    if stage.check:
        return stage.result(report.would_leave(stage))
    if stage.door and (seen := stage.door.see()).leads_to == door.INSTANCE:
        stage.door.pin(door.INSTANCE, stage.target.doors(), seen.port)
    stage.target.shut()
    stage.note(state=LEFT)
    if stage.door:
        stage.door.switch(door.CACHE, cache_addresses(stage))
    worker.ask("back")
    stage.target.cut()
    # as long as it is there, a run that was cut off is gone on with
    worker.end()
    return stage.result(report.at_the_cache(stage))
