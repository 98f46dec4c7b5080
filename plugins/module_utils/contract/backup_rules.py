# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across the fields of backups: what is refused, and what is likely a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule
from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule

_TEST = "backup.restoreTest"
_SCHEDULES = ("backup.schedule", f"{_TEST}.schedule")
# where to look at a schedule from: any time will do, but the same must always be found
_START, _YEARS, _TIMES = datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=8 * 365), 400


def _bucket(facts: Facts) -> Iterator[Finding]:
    if facts["backup.enabled"] and not facts["backup.s3Bucket"]:
        yield "backup.s3Bucket", "is missing; backup.enabled: true needs the name of an S3 bucket"


def _role(facts: Facts) -> Iterator[Finding]:
    named = "backup.serviceAccount" if facts["backup.serviceAccount"] else "serviceAccount"
    made = named == "serviceAccount" and facts[named] == "default"
    if facts["backup.enabled"] and facts["backup.roleArn"] and not made:
        yield (
            "backup.roleArn",
            f"is given beside {named}: {facts[named]}, which is not made here; annotate that one with the role, or "
            "leave one of the two away",
        )


def _key(facts: Facts) -> Iterator[Finding]:
    key, region = facts["backup.kmsKey"], facts["backup.s3Region"]
    if facts["backup.enabled"] and key and key.split(":")[3] != region:
        yield "backup.kmsKey", f"is a key of region {key.split(':')[3]}; allowed: one of the bucket's region, {region}"


def _no_replica(facts: Facts) -> Iterator[Finding]:
    if facts["backup.enabled"] and not facts.replicas:
        yield (
            "backup.enabled",
            "true without replicas: the master itself is copied; while it forks nobody is answered (measured: up to "
            "51 ms with 0.9 GB), and it needs memory for what is written meanwhile",
        )
    if facts["backup.enabled"] and not facts.replicas and "backup.maxLag" in facts.given:
        yield "backup.maxLag", "has no effect: there are no replicas"


def _untested(facts: Facts) -> Iterator[Finding]:
    if facts["backup.enabled"] and not facts[f"{_TEST}.enabled"]:
        yield (
            f"{_TEST}.enabled",
            "false: nothing shows that a set can be restored; and since only verified sets take the place of older "
            "ones, none is ever deleted",
        )


def _never(facts: Facts) -> Iterator[Finding]:
    for path in _SCHEDULES:
        if facts["backup.enabled"] and not _distances(facts[path]):
            yield path, f"{facts[path]!r} never comes: no such month has such a day"


def _overlap(facts: Facts) -> Iterator[Finding]:
    if not facts["backup.enabled"]:
        return
    timeout = facts["backup.timeout"]
    shortest = min(_distances(facts["backup.schedule"]), default=timedelta(seconds=timeout)).total_seconds()
    if shortest < timeout:
        yield (
            "backup.schedule",
            f"{facts['backup.schedule']!r} comes after {shortest:.0f} s again, and backup.timeout is {timeout}: a "
            "backup that takes longer makes the next one be left out",
        )


def _rare_tests(facts: Facts) -> Iterator[Finding]:
    if not (facts["backup.enabled"] and facts[f"{_TEST}.enabled"]):
        return
    path, kept = f"{_TEST}.schedule", facts["backup.retention"]
    longest = max(_distances(facts[path]), default=timedelta()).days
    if longest > kept:
        yield (
            path,
            f"{facts[path]!r} leaves up to {longest} days without a test, and backup.retention is {kept}: older sets "
            "stay until enough newer ones are verified",
        )


def _distances(schedule: str) -> list[timedelta]:
    """Between the times at which it comes; [] when it never comes."""
    times = Schedule(schedule).between(_START, _START + _YEARS)
    return [later - time for time, later in pairwise(islice(times, _TIMES))]


def _scratch(facts: Facts) -> Iterator[Finding]:
    size, memory = facts["persistence.size"], max(facts.memory_limits, key=amount)
    # with persistence the same is said of the volumes
    tested = facts["backup.enabled"] and facts[f"{_TEST}.enabled"] and not facts["persistence.enabled"]
    if tested and amount(size) < amount(memory):
        yield (
            "persistence.size",
            f"{size} is less than the memory limit {memory}: it is the room that a restore test has on its node, and a "
            "full dataset does not fit",
        )


BACKUP_REFUSALS: tuple[Rule, ...] = (
    Rule(("backup.enabled", "backup.s3Bucket"), _bucket),
    Rule(("backup.enabled", "backup.roleArn", "backup.serviceAccount", "serviceAccount"), _role),
    Rule(("backup.enabled", "backup.kmsKey", "backup.s3Region"), _key),
)
BACKUP_ADVICE: tuple[Rule, ...] = (
    Rule(("backup.enabled", "backup.maxLag", "deployment"), _no_replica),
    Rule(("backup.enabled", _TEST), _untested),
    Rule(("backup.enabled", *_SCHEDULES), _never),
    Rule(("backup.enabled", "backup.schedule", "backup.timeout"), _overlap),
    Rule(("backup.enabled", "backup.retention", _TEST), _rare_tests),
    Rule(("backup.enabled", _TEST, "persistence", "master", "deployment"), _scratch),
)
