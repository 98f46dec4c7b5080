# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying what a cache holds, and comparing it, while applications go on there."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine import migration_report as report
from ansible_collections.eks.redis.plugins.module_utils.engine.conversation import TimeUp
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import Event
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_check import allowed, problems, secret
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_job import Declined
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import (
    COPIED,
    COPYING,
    FREEZING,
    GIVEN_UP,
    LEFT,
    SWITCHED,
    VERIFIED,
    Entry,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Stage
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_check import held
from ansible_collections.eks.redis.plugins.module_utils.topology import door
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT

Object = dict[str, Any]


def copied(stage: Stage) -> Object:
    """The instance has what the cache has, and follows it; a module's result."""
    if _switched(stage.entry):
        return stage.result(report.switched(stage))
    fresh = stage.entry is None
    begin(stage)
    if stage.check:
        return stage.result(report.would_copy(stage, fresh=fresh))
    status = follow(stage, fresh=fresh)
    return stage.result(report.copied(stage, status), **report.figures(status))


def verified(stage: Stage) -> Object:
    """And that was compared; a module's result."""
    if _switched(stage.entry):
        return stage.result(report.switched(stage))
    fresh = stage.entry is None
    begin(stage)
    if stage.check:
        return stage.result([*report.would_copy(stage, fresh=fresh), report.WOULD_VERIFY])
    status = follow(stage, fresh=fresh)
    done = verify(stage)
    stage.note(state=VERIFIED, compared=int(done["compared"]))
    lines = [*report.copied(stage, status), *report.verified(done)]
    return stage.result(lines, **report.figures(status), **report.comparison(done))


def begin(stage: Stage) -> None:
    """A Job copies to the instance, the same as before where there is one. Raises EngineError with all against it."""
    entry = stage.entry
    if entry is None:
        stage.entry = _fresh(stage)
    elif entry.state == FREEZING:
        raise EngineError(
            f"a cut over has begun at {entry.since} and is not complete: complete it with state: switched, or give it "
            "up with state: rolled_back"
        )
    elif entry.state == LEFT:
        raise EngineError(
            f"{stage.target.text} holds what was written to it from {entry.switched} to {entry.since}, which is not in "
            "the cache: copied over once more, it would be lost; end this exit with state: absent, empty the instance, "
            "then copy anew"
        )
    elif entry.back and entry.state != SWITCHED:
        raise EngineError("it is being rolled back, and applications are at the instance: end that first")
    elif entry.back or entry.state == GIVEN_UP:
        _anew(stage)
    if not stage.worker().job and (missing := list(secret(stage.api, stage.target.namespace, stage.noted.access))):
        raise together(missing)
    stage.start()


def follow(stage: Stage, *, fresh: bool) -> Event:
    """Waits until it follows; what it says then. fresh: of a copy that has just begun."""
    try:
        status = stage.worker().ask("follow")
    except TimeUp as error:
        raise EngineError(f"{error}; it goes on in the cluster: run the same again to follow it") from None
    except EngineError as error:
        if fresh and not held(stage.target.view_now().state):
            stage.journal.close()  # nothing has come of it
        error.result |= {"changed": False}
        raise
    if stage.noted.state == COPYING or (stage.noted.state == VERIFIED and not status.get("verified")):
        stage.note(state=COPIED)
    return status


def verify(stage: Stage) -> Event:
    """Compares; what was found. Raises EngineError with what differs, the first keys beside."""
    try:
        done = stage.worker().ask("verify", sample=stage.asked.sample)
    except Declined as error:
        raise EngineError(f"{error}", differing=error.event.get("differing") or []) from None
    return done


def _switched(entry: Entry | None) -> bool:
    return entry is not None and entry.state == SWITCHED and not entry.back


def _fresh(stage: Stage) -> Entry:
    entry = stage.new_entry()
    target, asked = stage.target, stage.asked
    found = [*problems(target, asked.access, asked.bytes, copies=asked.copies), *_door(stage)]
    if not found:
        found += allowed(
            lambda: stage.journal.write(entry, dry_run=True), lambda: stage.api.apply(stage.job(entry), dry_run=True)
        )
    if found:
        raise together(found)
    if not stage.check:
        stage.journal.write(entry)
    return entry


def _door(stage: Stage) -> list[str]:
    """What is against the Service."""
    if stage.door is None:
        return []
    try:
        seen = stage.door.see()
        what = kinds.reference("Service", stage.target.namespace, stage.asked.service)
        if seen.service is None:
            return [
                f"there is no {what}: make it with eks.redis.client_service, which leads it to the cache, and point "
                "the applications at it"
            ]
        if seen.leads_to != door.CACHE:
            return [f"{what} leads to {seen.where}, and not to the cache"]
        pods = [Address(member.ip, REDIS_PORT) for member in stage.target.view.state.masters]
        opened = stage.door
        return list(allowed(lambda: opened.switch(door.INSTANCE, pods, dry_run=True))) if pods else []
    except EngineError as error:
        return [str(error)]


def _anew(stage: Stage) -> None:
    """After a way back; what is at the instance is at the cache, too."""
    if stage.check:
        return
    stage.worker(back=True).end()
    # it was shut when applications left it
    stage.target.open()
    stage.note(back=False, state=COPYING, compared=0, held="", seconds={}, freeze=0.0, switched="", closed="")
