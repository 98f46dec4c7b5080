# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a CronJob runs: the schedules that Kubernetes takes, in UTC. Pure.

The rules are those of the parser in Kubernetes (robfig/cron): ``N/step`` goes from N to the end, and where both days of
the month and days of the week are given, either will do.
"""

from __future__ import annotations

import bisect
import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

_MACROS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
# name, lowest, highest, words for numbers
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _WEEKDAYS),
)
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?", re.ASCII)
_DAY = timedelta(days=1)
_LONGEST = 366 * 8 + 2  # days between two 29ths of February, at most


class Schedule:
    """Errors: DatapathError for a text that is no schedule."""

    def __init__(self, text: str) -> None:
        fields = _MACROS.get(text, text).split()
        if len(fields) != len(_FIELDS):
            raise DatapathError(
                f"{text!r} is no schedule: five fields such as 0 2 * * *, or one of {', '.join(_MACROS)}"
            )
        self.text = text
        values = [_values(text, field, *rules) for field, rules in zip(fields, _FIELDS, strict=True)]
        self._minutes, self._hours, self._days, self._months, self._weekdays = values
        self._any_day, self._any_weekday = (_unrestricted(fields[number]) for number in (2, 4))

    def next(self, after: datetime) -> datetime | None:
        """The first time later than ``after``; None where no day fits, such as the 30th of February."""
        return next(self._later(after), None)

    def previous(self, before: datetime) -> datetime | None:
        """The last time earlier than ``before``; None where no day fits."""
        for day in self._days_around(before, -_DAY):
            for time in reversed(list(self._times(day))):
                if time < before:
                    return time
        return None

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """All times later than ``after``, up to and with ``until``; not of more than eight years."""
        return takewhile(lambda time: time <= until, self._later(after))

    def _later(self, after: datetime) -> Iterator[datetime]:
        for day in self._days_around(after, _DAY):
            yield from (time for time in self._times(day) if time > after)

    def _days_around(self, start: datetime, step: timedelta) -> Iterator[datetime]:
        """The days that fit, from the one of ``start`` on, as midnights."""
        day = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for _number in range(_LONGEST):
            if self._fits(day):
                yield day
            day += step

    def _fits(self, day: datetime) -> bool:
        if day.month not in self._months:
            return False
        of_month, of_week = day.day in self._days, day.isoweekday() % 7 in self._weekdays
        return of_month and of_week if self._any_day or self._any_weekday else of_month or of_week

    def _times(self, day: datetime) -> Iterator[datetime]:
        for hour in sorted(self._hours):
            for minute in sorted(self._minutes):
                yield day.replace(hour=hour, minute=minute)


def gaps(
    times: Iterable[datetime], schedule: Schedule, *, since: datetime, now: datetime, patience: timedelta
) -> list[datetime]:
    """The scheduled times that no set followed before the next one was due.

    times: when the complete sets were begun. since: what is older does not count, nor what was before the first set.
    patience: how long after a scheduled time its set may still be on its way.
    """
    begun = sorted(times)
    if not begun:
        return []
    due: list[datetime | None] = list(schedule.between(max(since, begun[0]), now))
    return [
        time
        for time, following in pairwise([*due, None])
        if time and not _any_in(begun, time, following) and now - time > patience
    ]


def _any_in(begun: Sequence[datetime], start: datetime, end: datetime | None) -> bool:
    """begun: in order."""
    first = bisect.bisect_left(begun, start)
    return first < len(begun) and (end is None or begun[first] < end)


def _unrestricted(field: str) -> bool:
    """A star; one with a step other than 1 chooses."""
    return any(item in ("*", "*/1") for item in field.split(","))


def _values(text: str, field: str, name: str, lowest: int, highest: int, words: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for item in field.split(","):
        match = _ITEM.fullmatch(item)
        if not match:
            raise DatapathError(f"{text!r} is no schedule: {item!r} is no {name}")
        first, last, step = match["first"], match["last"], int(match["step"] or 1)
        start = lowest if first is None else _number(text, first, name, words)
        end = start if first is not None and not match["step"] else highest
        if last is not None:
            end = _number(text, last, name, words)
        if not lowest <= start <= end <= highest or step < 1:
            raise DatapathError(f"{text!r} is no schedule: {item!r} is no {name} from {lowest} to {highest}")
        found.update(range(start, end + 1, step))
    return frozenset(found)


def _number(text: str, word: str, name: str, words: dict[str, int]) -> int:
    if word.lower() in words:
        return words[word.lower()]
    if not word.isdecimal():
        raise DatapathError(f"{text!r} is no schedule: {word!r} is no {name}")
    return int(word)
