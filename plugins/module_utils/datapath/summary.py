# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the backups of an instance stand: what backup_info and the metrics tell. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule, gaps
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import STATES, BackupSet

PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class Summary:
    """newest: of the complete ones that no restore has replaced; newest_verified likewise; None where there is none.
    counts: sets by state. bytes: of all sets. missed: scheduled times without a set, within the days that sets are
    kept. next_run: None where the schedule never comes."""

    newest: BackupSet | None
    newest_verified: BackupSet | None
    counts: Mapping[str, int]
    bytes: int
    missed: tuple[datetime, ...]
    next_run: datetime | None

    def loss(self, now: datetime) -> timedelta | None:
        """How much would be lost if all were lost now: the age of the newest set's data. None where all would be."""
        return now - moment(self.newest) if self.newest else None


def summary(sets: Iterable[BackupSet], schedule: Schedule, days: int, now: datetime) -> Summary:
    """days: of retention."""
    found = sorted(sets, key=lambda each: each.name)
    complete = [each for each in found if each.complete and not each.replaced]
    verified = [each for each in complete if each.verified]
    counted = Counter(each.state for each in found)
    return Summary(
        newest=complete[-1] if complete else None,
        newest_verified=verified[-1] if verified else None,
        counts={state: counted[state] for state in STATES},
        bytes=sum(each.bytes for each in found),
        missed=tuple(
            gaps(
                (each.started for each in complete),
                schedule,
                since=now - timedelta(days=days),
                now=now,
                patience=PATIENCE,
            )
        ),
        next_run=schedule.next(now),
    )


def moment(one: BackupSet) -> datetime:
    """When the data of a complete set was as it is there."""
    return datetime.fromtimestamp(one.manifest.moment, UTC) if one.manifest else one.started


def duration(one: BackupSet) -> timedelta:
    """How long a complete set took."""
    return one.manifest.finished - one.manifest.started if one.manifest else timedelta()
