# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which set somebody means. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet

LATEST, LATEST_VERIFIED = "latest", "latest verified"
_SHOWN = 5


def choose(sets: Iterable[BackupSet], wanted: str | datetime) -> BackupSet:
    """wanted: a set's name, LATEST, LATEST_VERIFIED, or a time: the last set with nothing in it that is younger.

    What a restore has replaced is chosen by its name alone: else the next restore would bring it back.

    Errors: DatapathError, which says what there is.
    """
    found = sorted(sets, key=lambda each: each.name)
    if isinstance(wanted, datetime):
        what = f"no complete set holds the data of before {times.written(wanted)}"
        return _last(found, lambda each: _before(each, wanted), what)
    if wanted == LATEST:
        return _last(found, lambda each: each.complete, "there is no complete set")
    if wanted == LATEST_VERIFIED:
        return _last(found, lambda each: each.verified, "there is no verified set")
    named = next((each for each in found if each.name == wanted), None)
    if named is None:
        raise DatapathError(f"there is no set {wanted!r}{_there_is(found)}")
    if not named.complete:
        raise DatapathError(f"set {wanted} is not complete: {named.problem}{_there_is(found)}")
    return named


def described(one: BackupSet) -> str:
    """Its state, and whether only its name leads to it."""
    return f"{one.state}, replaced by a restore" if one.replaced else one.state


def _before(one: BackupSet, time: datetime) -> bool:
    """Not by its name: that is when it was begun, and its data may be younger."""
    return one.complete and one.manifest is not None and one.manifest.moment < time.timestamp()


def _last(found: Sequence[BackupSet], fits: Callable[[BackupSet], bool], what: str) -> BackupSet:
    for one in reversed(found):
        if fits(one) and not one.replaced:
            return one
    raise DatapathError(f"{what}{_there_is(found)}")


def _there_is(found: Sequence[BackupSet]) -> str:
    """The newest ones, and how they are."""
    if not found:
        return "; there are no sets at all"
    shown = [f"{one.name} ({described(one)})" for one in reversed(found[-_SHOWN:])]
    more = f" and {len(found) - _SHOWN} older ones" if len(found) > _SHOWN else ""
    return f"; there are {', '.join(shown)}{more}"
