# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sets go. Pure.

A set goes when it is older than some days **and** enough verified sets are newer than it and stay. So however long
backups or restore tests have failed, what was proven last stays, and so does all that came after it. What is not yet
whole goes after a grace time, because a backup may be at work on it. What a restore has put aside stays until somebody
says that it may go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import INCOMPLETE, BackupSet

KEEP, DELETE = "keep", "delete"


@dataclass(frozen=True)
class Decision:
    """reason: why, in words that follow ``set NAME:``."""

    set: BackupSet
    action: str
    reason: str


def decide(
    sets: Iterable[BackupSet], now: datetime, *, days: int, keep_verified: int, grace: timedelta
) -> list[Decision]:
    """One decision a set, newest first."""
    decisions: list[Decision] = []
    verified = 0  # that stay, of those looked at so far: all of them are newer
    for one in sorted(sets, key=lambda each: each.name, reverse=True):
        if one.state == INCOMPLETE:
            decision = _incomplete(one, now, grace)
        else:
            decision = _whole(one, now, days, verified, keep_verified)
        verified += one.verified and not one.replaced and decision.action == KEEP
        decisions.append(decision)
    return decisions


def _incomplete(one: BackupSet, now: datetime, grace: timedelta) -> Decision:
    hours = f"{grace / timedelta(hours=1):g} hours"
    if now - one.changed <= grace:
        return Decision(one, KEEP, f"{one.problem}; a backup may be at work on it, until {hours} after its last change")
    return Decision(one, DELETE, f"{one.problem}, and nothing has happened to it for {hours}")


def _whole(one: BackupSet, now: datetime, days: int, verified: int, keep_verified: int) -> Decision:
    """Of a damaged one, too: it may be that only this release cannot read its manifest."""
    if keys.HOLD in one.files:
        return Decision(one, KEEP, "a restore has put it aside, and nobody has confirmed that restore")
    if now - one.started <= timedelta(days=days):
        return Decision(one, KEEP, f"it is not older than {days} days")
    if verified < keep_verified:
        reason = f"it is older than {days} days, but only {verified} verified sets are newer, and {keep_verified} stay"
        return Decision(one, KEEP, reason)
    return Decision(one, DELETE, f"it is older than {days} days, and {verified} verified sets are newer")
