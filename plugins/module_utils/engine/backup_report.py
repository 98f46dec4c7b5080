# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backups of an instance as data and on one screen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import DAMAGED, STATES, BackupSet
from ansible_collections.eks.redis.plugins.module_utils.datapath.summary import (
    PATIENCE,
    Summary,
    duration,
    moment,
    summary,
)
from ansible_collections.eks.redis.plugins.module_utils.datapath.times import written
from ansible_collections.eks.redis.plugins.module_utils.engine.screen import aligned, wrapped
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some, span

Facts = dict[str, Any]

_SHOWN = 20  # sets on the screen
_HEADER = ("SET", "AGE", "SIZE", "KEYS", "TOOK", "STATE")


@dataclass(frozen=True)
class Plan:
    """What an instance's backups are to be. tests: the schedule of its restore tests, "" for none."""

    schedule: str
    tests: str
    days: int


def facts(sets: Sequence[BackupSet], plan: Plan | None, now: datetime) -> Facts:
    """sets come newest first. plan: None where only the bucket is known. Errors: DatapathError for bad schedules."""
    found = summary(sets, Schedule(plan.schedule), plan.days, now) if plan else None
    newest = _newest(sets)
    verified = _newest(one for one in sets if one.verified)
    return {
        "sets": [_set(one, now) for one in sorted(sets, key=lambda one: one.name, reverse=True)],
        "counts": {"total": len(sets), **{kind: sum(one.state == kind for one in sets) for kind in STATES}},
        "bytes": sum(one.bytes for one in sets),
        "newest": newest.name if newest else None,
        "newest_verified": verified.name if verified else None,
        "rpo_seconds": int((now - moment(newest)).total_seconds()) if newest else None,
        "schedule": plan.schedule if plan else None,
        "next_run": written(found.next_run) if found and found.next_run else None,
        "gaps": [written(time) for time in found.missed] if found else [],
        "warnings": list(_warnings(sets, plan, found, now)),
    }


def lines(instance: str, where: str, told: Facts) -> list[str]:
    """For people. where: the place of the instance's sets."""
    counts = told["counts"]
    head = (
        f"{instance}: {some(counts['total'], 'set')}, {counts['verified']} verified, {size(told['bytes'])} in {where}"
    )
    above = [line for paragraph in _paragraphs(told) for line in wrapped(*paragraph)]
    table = [_HEADER, *map(_row, told["sets"][:_SHOWN])] if told["sets"] else []
    more = [f"  and {some(counts['total'] - _SHOWN, 'older set')}"] if counts["total"] > _SHOWN else []
    below = [line for text in told["warnings"] for line in wrapped("warning", text)]
    return [head, *above, *aligned(table), *more, *below] if table else [head, *above, *below]


def _newest(sets: Iterable[BackupSet]) -> BackupSet | None:
    return max((one for one in sets if one.complete and not one.replaced), key=lambda one: one.name, default=None)


def _set(one: BackupSet, now: datetime) -> Facts:
    made = one.manifest
    return {
        "name": one.name,
        "state": one.state,
        "verified": one.verified,
        "replaced": one.replaced,
        "started": written(one.started),
        "age_seconds": int((now - one.started).total_seconds()),
        "bytes": one.bytes,
        "keys": made.total_keys if made else None,
        "seconds": duration(one).total_seconds() if made else None,
        "skew_seconds": made.skew_seconds if made else None,
        "mode": made.mode if made else None,
        "engine": f"{made.engine} {made.engine_version}" if made else None,
        "shards": [
            {
                "file": shard.file,
                "bytes": shard.bytes,
                "keys": shard.total_keys,
                "source": {
                    "pod": shard.source.pod,
                    "role": "master" if shard.source.role == "master" else "replica",
                    "lag_bytes": shard.source.lag_bytes,
                },
            }
            for shard in (made.shards if made else ())
        ],
        "kms_key": (made.encryption.key or None) if made else None,
        "tested": written(one.verdict.finished) if one.verdict else None,
        "reason": one.problem or one.untested or None,
    }


def _warnings(sets: Sequence[BackupSet], plan: Plan | None, found: Summary | None, now: datetime) -> Iterator[str]:
    newest = _newest(sets)
    if newest is None:
        yield "there is no complete set: nothing can be restored"
    if found and found.missed:
        times = ", ".join(written(time) for time in found.missed[-3:])
        yield f"no set was made at {some(len(found.missed), 'scheduled time')}, of late {times}"
    for one in sets:
        if one.state == DAMAGED:
            yield f"set {one.name} is damaged: {one.problem}"
        elif one.complete and one.verdict and one.untested:
            yield f"set {one.name} did not pass its restore test: {one.untested}"
    if newest and not newest.verified and not newest.verdict and plan and _overdue(newest, plan, now):
        yield f"set {newest.name} is not verified: {newest.untested}, although one was due"
    if plan and not plan.tests:
        yield "restore tests are off: no set is ever verified, and so none is ever deleted"


def _overdue(newest: BackupSet, plan: Plan, now: datetime) -> bool:
    """Whether a restore test should have come since the set was whole."""
    due = Schedule(plan.tests).next(newest.changed) if plan.tests else None
    return due is not None and now - due > PATIENCE


def _paragraphs(told: Facts) -> Iterator[tuple[str, str]]:
    if told["newest"]:
        yield "newest", f"{told['newest']}; lost if all were lost now: {span(told['rpo_seconds'])}"
    if told["newest_verified"]:
        yield "verified", told["newest_verified"]
    if told["next_run"]:
        yield "next run", f"{told['next_run']} ({told['schedule']}, UTC)"


def _row(one: Facts) -> tuple[str, ...]:
    why = ", replaced by a restore" if one["replaced"] else f": {one['reason']}" if one["reason"] else ""
    keys = "-" if one["keys"] is None else str(one["keys"])
    took = "-" if one["seconds"] is None else span(one["seconds"])
    return (one["name"], span(one["age_seconds"]), size(one["bytes"]), keys, took, one["state"] + why)
