# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut over, in either direction: nobody writes, what is left is copied and compared, applications are led away.

Everything that can take its time is done before. Until the Service leads elsewhere, whatever fails leaves applications
where they are; from then on there is only forward, and the same command goes there.
"""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine import migration_report as report
from ansible_collections.eks.redis.plugins.module_utils.engine.door import Door, Seen
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unreachable
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import Event
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_copy import begin, follow, verify
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_job import Declined
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import (
    COPIED,
    COPYING,
    FREEZING,
    HELD,
    SWITCHED,
    VERIFIED,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_stage import Stage, now
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.topology import door

Object = dict[str, Any]
RESOLVED = 30.0  # seconds until nobody resolves the Service to what it was an alias of (CoreDNS on EKS: cache 30)
_GRACE = 10  # seconds that the program keeps the source closed beyond the budget (jobs/live/cut_over.py)
_AGAIN = 0.2  # seconds
_STILL = "the source takes writes again, applications are where they were, nothing is lost"


def switched(stage: Stage) -> Object:
    """Applications are at the instance; a module's result."""
    entry = stage.noted
    if not (entry.state == SWITCHED and not entry.back):
        if stage.check:
            return stage.result(report.would_switch(stage))
        move(stage)
    return settled(stage)


def settled(stage: Stage) -> Object:
    """A module's result, when the Service follows the pods of the instance."""
    _settle(stage)
    return stage.result(report.switched(stage), **report.cut_over(stage))


def move(stage: Stage) -> None:
    """The cut over in the direction of the entry, which then is SWITCHED."""
    if stage.noted.state == FREEZING and completed(stage):
        return
    if stage.noted.back:
        stage.start()
    else:
        begin(stage)
    status = follow(stage, fresh=False)
    if not status.get("verified"):
        done = verify(stage)
        stage.note(state=VERIFIED, compared=int(done["compared"]))
    addresses = prepared(stage)
    before = stage.noted.state
    stage.changed = True
    # from here on no pod may begin to copy anew, whatever becomes of this run
    stage.note(state=FREEZING)
    lead(stage, before, addresses, freeze(stage, before))


def lead(stage: Stage, before: str, addresses: list[Address], frozen: Event) -> None:
    """Applications are led elsewhere, and cut off from the source, in which nobody can write. before: the state that it
    is in again, where that fails. frozen: what the program said of the freeze."""
    since = time.monotonic()
    if stage.door:
        # later, the source may take writes again
        _switch(stage, stage.door, before, addresses, within=max(1, int(frozen.get("lease", 0))))
    _complete(stage, frozen, since, time.monotonic() - since)


def cache_addresses(stage: Stage) -> list[Address]:
    """Where the cache is now, as pods see it."""
    entry = stage.noted
    if not entry.followed:
        return list(entry.pinned)
    host, port = entry.followed[0].host, entry.followed[0].port
    return [Address(stage.worker().resolve(host), port)]


def leads_to(stage: Stage) -> str:
    """Where applications are led in the direction of the entry."""
    return door.CACHE if stage.noted.back else door.INSTANCE


def prepared(stage: Stage) -> list[Address]:
    """The Service is one whose slice can be changed; to what. [] without a Service."""
    doors = stage.target.doors()
    if stage.door is None:
        return []
    seen = stage.door.see()
    what = kinds.reference("Service", stage.target.namespace, stage.noted.service)
    wanted = door.INSTANCE if stage.noted.back else door.CACHE
    if seen.leads_to != wanted:
        raise EngineError(f"{what} leads to {seen.where}: it must lead to the {wanted}, where applications are")
    if stage.noted.back:
        stage.door.pin(door.INSTANCE, doors, seen.port)
        there = cache_addresses(stage)
    else:
        _pin(stage, stage.door, seen)
        there = doors
    stage.door.switch(leads_to(stage), there, dry_run=True)
    return there


def _pin(stage: Stage, service: Door, seen: Seen) -> None:
    """It leads to the cache by addresses; those of now, where DNS knows them."""
    if seen.follows:
        stage.note(followed=(Address(seen.follows, seen.port),))
    there = cache_addresses(stage) if stage.noted.followed else seen.addresses
    stage.note(pinned=tuple(there))
    service.pin(door.CACHE, there, seen.port)
    if seen.follows:
        tell(f"the Service leads to {there[0].host}; {RESOLVED:.0f} s until nobody has it resolved otherwise")
        time.sleep(RESOLVED)


def freeze(stage: Stage, before: str) -> Event:
    """Nobody can write at the source, and all of it is at the target. before: as ``lead`` has it."""
    try:
        return stage.worker().ask("freeze", again=False, budget=stage.asked.budget)
    except Declined as error:
        # and says what became of the source
        stage.note(state=before)
        raise EngineError(str(error)) from None
    except EngineError as error:
        raise _given_back(stage, error, before) from None


def _switch(stage: Stage, service: Door, before: str, addresses: list[Address], *, within: int) -> None:
    try:
        service.switch(leads_to(stage), addresses, within=within)
    except Unreachable as error:
        raise EngineError(
            f"{error}; whether the Service was switched is not known: the Job looks where it leads, and where that is "
            f"the source, writers go on there within {stage.asked.budget + _GRACE} s; run the same again"
        ) from None
    except EngineError as error:
        raise _given_back(stage, error, before) from None


def _given_back(stage: Stage, error: EngineError, before: str) -> EngineError:
    """The error, after writers go on at the source."""
    try:
        stage.worker().ask("back")
    except EngineError as other:
        seconds = stage.asked.budget + _GRACE
        return EngineError(
            f"{error}; applications are where they were, and the source takes writes again by itself within "
            f"{seconds} s ({other}); nothing is lost"
        )
    stage.note(state=before)
    return EngineError(f"{error}; {_STILL}")


def _complete(stage: Stage, frozen: Event, since: float, took: float) -> None:
    """Clients are cut off from the source. since: when writers stood still and all was there, by a steady clock."""
    back, end = stage.noted.back, since + float(frozen.get("lease", 0))
    while True:
        try:
            done = stage.worker().ask("switched", keep=1 if back else stage.asked.keep)
            break
        except Declined as error:
            if stage.door and time.monotonic() < end:
                time.sleep(_AGAIN)
                continue
            raise EngineError(_half(stage, error)) from None
        except EngineError as error:
            raise EngineError(_half(stage, error)) from None
    steps = frozen.get("seconds") or {}
    freeze = sum(steps.values()) + time.monotonic() - since if steps else 0.0
    seconds = {**steps, **({"switch": round(took, 3)} if stage.door else {}), **(done.get("seconds") or {})}
    stage.killed = int(done.get("killed") or 0)
    figures = {"seconds": seconds, "freeze": round(freeze, 3)}
    if back:
        # in the place of the pause, which sentinels would not bear, and which can only be prolonged or ended
        stage.target.shut()
        stage.worker().ask("back")
        stage.note(state=SWITCHED, closed="", **figures)
    else:
        stage.note(state=SWITCHED, switched=now(), closed=now(later=stage.asked.keep), **figures)


def _half(stage: Stage, error: EngineError) -> str:
    if stage.door is None:
        return f"{error}; applications were not led elsewhere: run the same again"
    return (
        f"the Service leads to the {leads_to(stage)}, but clients that are connected to the other side were not cut "
        f"off: {error}; run the same again at once, it completes this"
    )


def completed(stage: Stage) -> bool:
    """Of a run that was cut off in the middle of it: whether it is complete now; else applications are where they were,
    and it can begin anew."""
    there = leads_to(stage)
    led = stage.door is not None and stage.door.see().leads_to == there
    if not stage.worker().job:
        if led:
            tell("the Job is gone: clients that are connected to the other side stay there; restart applications")
            stage.note(state=SWITCHED, closed=now())
            stage.changed = True
        else:
            stage.note(state=COPYING)
        return led
    status = stage.worker().ask("status")
    frozen, done = status["state"] == "frozen", status["state"] == "switched"
    if done or (frozen and (led or stage.door is None)):
        stage.changed = True
        _complete(stage, {}, time.monotonic(), 0.0)
        return True
    if frozen and stage.noted.held:
        stage.note(state=HELD)
        return False
    if frozen:
        stage.worker().ask("back")
    stage.note(state=VERIFIED if status.get("verified") else COPIED)
    return False


def _settle(stage: Stage) -> None:
    """The Service follows the instance's pods from now on, instead of leading to addresses."""
    if stage.door is None or (seen := stage.door.see()).settled:
        return
    try:
        stage.door.select(stage.target.plan.primary, stage.target.doors(), seen.port)
    except EngineError as error:
        raise EngineError(
            f"applications are at {stage.target.text}, but the Service leads to its addresses of now: {error}; the "
            "same command completes it",
            **stage.result(report.switched(stage), **report.cut_over(stage)),
        ) from None
    stage.changed = True
