# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Retention: sets whose time is over, remains of backups that were cut off, uploads that nobody will finish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.retention import DELETE, decide
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store


def main(settings: Settings) -> dict[str, Any]:
    """Retention alone."""
    store = Store(s3.client(settings.store.region), settings.store, settings.namespace, settings.name)
    done = prune(settings, store, datetime.now(UTC))
    if done["problems"]:
        raise JobError("; ".join(done["problems"]))
    return done


def leniently(settings: Settings, store: Store) -> dict[str, Any]:
    """At the end of a backup, which is none the worse for what fails here."""
    try:
        return prune(settings, store, datetime.now(UTC))
    except JobError as error:
        tell("problem", reason=str(error))
        return {"deleted": [], "kept": None, "problems": [str(error)]}


def prune(settings: Settings, store: Store, now: datetime) -> dict[str, Any]:
    """``{deleted, kept, problems}``: names, a number, lines. Errors: JobError where the bucket cannot be read."""
    rules = settings.retention
    grace = timedelta(hours=rules.grace_hours)
    deleted: list[str] = []
    problems: list[str] = []
    decisions = decide(store.sets(), now, days=rules.days, keep_verified=rules.keep_verified, grace=grace)
    for one in (decision for decision in decisions if decision.action == DELETE):
        try:
            if lock := store.locked(one.set, now):
                tell("kept", set=one.set.name, reason=lock)
                continue
            store.delete(one.set)
        except JobError as error:
            problems.append(f"set {one.set.name} cannot be deleted: {error}")
            tell("problem", set=one.set.name, reason=str(error))
            continue
        deleted.append(one.set.name)
        tell("deleted", set=one.set.name, reason=one.reason)
    problems += _uploads(store, now - grace)
    return {"deleted": deleted, "kept": len(decisions) - len(deleted), "problems": problems}


def _uploads(store: Store, before: datetime) -> list[str]:
    """Gives up uploads that were begun before a time. What could not be is told."""
    try:
        for upload in [each for each in store.uploads() if each["Initiated"] < before]:
            store.give_up(upload)
            tell("deleted", upload=upload["Key"], reason="it was begun long ago and never finished")
    except JobError as error:
        tell("problem", reason=str(error))
        return [str(error)]
    return []
