# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holding writers back at a cache while its snapshot is restored into the instance, and leading them there then.

Nothing is copied here. What was restored is compared with what the cache holds, which nobody can have changed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.engine import migration_report as report
from ansible_collections.eks.redis.plugins.module_utils.engine.cut_over import (
    completed,
    freeze,
    lead,
    prepared,
    settled,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import Event
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_copy import begin, follow, verify
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import (
    COPIED,
    FREEZING,
    HELD,
    SWITCHED,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Stage, now

Object = dict[str, Any]


def held(stage: Stage) -> Object:
    """Nobody can write at the cache, for the budget at most; a module's result."""
    entry = stage.entry
    if entry and entry.state == SWITCHED and not entry.back:
        return stage.result(report.switched(stage))
    if entry and entry.state == HELD:
        if _is_held(stage):
            return stage.result(report.held(stage), **_until(stage))
        stage.entry = stage.lapsed()
    fresh = stage.entry is None
    begin(stage)
    stage.changed = True
    if stage.check:
        return stage.result(report.would_hold(stage))
    follow(stage, fresh=fresh)
    prepared(stage)
    stage.note(state=FREEZING)
    frozen = freeze(stage, COPIED)
    stage.note(state=HELD, held=now(), closed=now(later=int(frozen["lease"])))
    return stage.result(report.held(stage), **_until(stage))


def compared(stage: Stage) -> Object:
    """What was restored is what the cache holds; a module's result."""
    if stage.noted.state == SWITCHED and not stage.noted.back:
        return stage.result(report.switched(stage))
    _require_held(stage)
    if stage.check:
        return stage.result([report.WOULD_VERIFY])
    done = _compare(stage)
    return stage.result(report.verified(done), **report.comparison(done))


def released(stage: Stage) -> Object:
    """Applications are at the instance; a module's result."""
    entry = stage.noted
    if entry.state == SWITCHED and not entry.back:
        return settled(stage)
    if stage.check:
        return stage.result(report.would_switch(stage))
    if entry.state == FREEZING and completed(stage):
        return settled(stage)
    _require_held(stage)
    if not stage.worker().ask("status").get("verified"):
        _compare(stage)
    addresses = prepared(stage)
    seconds = (datetime.now(UTC) - times.parse(stage.noted.held)).total_seconds()
    lease = (times.parse(stage.noted.closed) - datetime.now(UTC)).total_seconds()
    stage.changed = True
    stage.note(state=FREEZING)
    lead(stage, HELD, addresses, {"seconds": {"hold": round(seconds, 3)}, "lease": lease})
    return settled(stage)


def _compare(stage: Stage) -> Event:
    done = verify(stage)
    stage.note(compared=int(done["compared"]))
    return done


def _is_held(stage: Stage) -> bool:
    """Whether it still is: when the time is over, the program lets writers go on."""
    worker = stage.worker()
    return bool(worker.job) and worker.ask("status")["state"] == "frozen"


def _require_held(stage: Stage) -> None:
    entry = stage.noted
    if entry.state != HELD:
        raise EngineError("nobody is held back at the cache: begin with state: held, then restore its snapshot")
    if not _is_held(stage):
        raise EngineError(
            f"writers were held back until {entry.closed}, and then went on at the cache, where applications are: what "
            "was restored is not all that the cache holds; hold them back once more, with a larger budget, and restore "
            "a new snapshot"
        )


def _until(stage: Stage) -> Object:
    return {"held": stage.noted.held, "closed_until": stage.noted.closed}
