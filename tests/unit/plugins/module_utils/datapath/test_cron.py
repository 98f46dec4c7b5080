"""Schedules, against a clock that looks at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule, gaps
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

from .made import DAY, HOUR, START, TIMES

MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


# 2026-11-29 is a Sunday
@pytest.mark.parametrize(
    ("text", "after", "following"),
    [
        ("0 2 * * *", "2026-11-29 01:59", "2026-11-29 02:00"),
        ("0 2 * * *", "2026-11-29 02:00", "2026-11-30 02:00"),
        ("@daily", "2026-11-29 02:00", "2026-11-30 00:00"),
        ("@midnight", "2026-11-29 02:00", "2026-11-30 00:00"),
        ("@hourly", "2026-11-29 23:30", "2026-11-30 00:00"),
        ("@weekly", "2026-11-29 00:00", "2026-12-06 00:00"),
        ("@monthly", "2026-11-29 00:00", "2026-12-01 00:00"),
        ("@yearly", "2026-11-29 00:00", "2027-01-01 00:00"),
        ("@annually", "2027-01-01 00:00", "2028-01-01 00:00"),
        ("*/15 * * * *", "2026-11-29 23:50", "2026-11-30 00:00"),
        # from 50 to the end
        ("50/5 * * * *", "2026-11-29 10:51", "2026-11-29 10:55"),
        ("50/5 * * * *", "2026-11-29 10:55", "2026-11-29 11:50"),
        ("0 8-10,20 * * *", "2026-11-29 10:00", "2026-11-29 20:00"),
        ("0 0 29 feb *", "2026-11-29 00:00", "2028-02-29 00:00"),
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
        ("0 0 * JAN-mar mon", "2026-11-29 00:00", "2027-01-04 00:00"),
        # either day will do
        ("0 0 13 * fri", "2026-11-29 00:00", "2026-12-04 00:00"),
        ("0 0 13 * fri", "2026-12-11 00:00", "2026-12-13 00:00"),
        # a star is no choice, a star with a step is one
        ("0 0 * * 1", "2026-11-29 00:00", "2026-11-30 00:00"),
        ("0 0 */1 * 1", "2026-11-29 00:00", "2026-11-30 00:00"),
        ("0 0 */10 * 1", "2026-11-30 00:00", "2026-12-01 00:00"),
        ("0 0 31 4,12 *", "2026-11-29 00:00", "2026-12-31 00:00"),
    ],
)
def test_next(text: str, after: str, following: str) -> None:
    assert Schedule(text).next(at(after)) == at(following)


@pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 31 4,6,9,11 *"])
def test_a_day_that_never_comes(text: str) -> None:
    assert Schedule(text).next(START) is None
    assert Schedule(text).previous(START) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "'' is no schedule: five fields such as 0 2 * * *, or one of @hourly, @daily, @midnight, @weekly, "
             "@monthly, @yearly, @annually"),
        ("* * * *", "'* * * *' is no schedule: five fields"),
        ("60 * * * *", "'60 * * * *' is no schedule: '60' is no minute from 0 to 59"),
        ("* 24 * * *", "'* 24 * * *' is no schedule: '24' is no hour from 0 to 23"),
        ("* * 0 * *", "'* * 0 * *' is no schedule: '0' is no day of the month from 1 to 31"),
        ("* * * 13 *", "'* * * 13 *' is no schedule: '13' is no month from 1 to 12"),
        ("* * * * 7", "'* * * * 7' is no schedule: '7' is no day of the week from 0 to 6"),
        ("5-1 * * * *", "'5-1 * * * *' is no schedule: '5-1' is no minute from 0 to 59"),
        ("*/0 * * * *", "'*/0 * * * *' is no schedule: '*/0' is no minute from 0 to 59"),
        ("mon * * * *", "'mon * * * *' is no schedule: 'mon' is no minute"),
        ("*-5 * * * *", "'*-5 * * * *' is no schedule: '*-5' is no minute"),
        ("1, * * * *", "'1, * * * *' is no schedule: '' is no minute"),
        ("@every 1h", "'@every 1h' is no schedule: five fields"),
    ],
)  # fmt: skip
def test_refusals(text: str, line: str) -> None:
    with pytest.raises(DatapathError) as error:
        Schedule(text)
    assert str(error.value).startswith(line)


def item(lowest: int, highest: int) -> st.SearchStrategy[str]:
    number = st.integers(lowest, highest)
    spans = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    stepped = st.tuples(st.one_of(spans, st.just("*"), number.map(str)), st.integers(1, 30)).map("{0[0]}/{0[1]}".format)
    return st.lists(st.one_of(number.map(str), spans, st.just("*"), stepped), min_size=1, max_size=3).map(",".join)


# hours and minutes are chosen often enough that the minute that is looked for is not far
SCHEDULES = st.tuples(
    item(0, 59), st.just("*") | item(0, 23), st.just("*") | item(1, 28), st.just("*"), st.just("*") | item(0, 6)
).map(" ".join)


def matches(text: str, time: datetime) -> bool:
    """Another reading of the same rules."""
    minute, hour, day, month, weekday = text.split()

    def fits(field: str, value: int, highest: int) -> bool:
        for one in field.split(","):
            span, _slash, step = one.partition("/")
            first, dash, last = span.partition("-")
            low = int(first) if first != "*" else value % int(step or 1) if highest in (59, 23, 6) else 1
            high = int(last) if dash else highest if first == "*" or step else low
            if first == "*" and highest in (59, 23, 6):
                low = 0
            if low <= value <= high and (value - low) % int(step or 1) == 0:
                return True
        return False

    def free(field: str) -> bool:
        return "*" in field.split(",") or "*/1" in field.split(",")

    of_month, of_week = fits(day, time.day, 31), fits(weekday, time.isoweekday() % 7, 6)
    days = of_month and of_week if free(day) or free(weekday) else of_month or of_week
    return fits(minute, time.minute, 59) and fits(hour, time.hour, 23) and fits(month, time.month, 12) and days


@settings(max_examples=60)
@given(SCHEDULES, TIMES)
def test_it_runs_when_a_clock_would_run_it(text, after) -> None:
    time = after.replace(second=0) + MINUTE
    for _minute in range(40 * 24 * 60):
        if matches(text, time):
            break
        time += MINUTE
    else:
        return
    assert Schedule(text).next(after) == time


@given(SCHEDULES, TIMES)
def test_next_and_previous_agree(text, time) -> None:
    schedule = Schedule(text)
    following, before = schedule.next(time), schedule.previous(time)
    assert following is not None and before is not None
    assert before < time < following
    assert schedule.previous(following) in (before, time)
    assert schedule.next(before) in (following, time)
    assert schedule.next(following - timedelta(seconds=1)) == following
    assert list(schedule.between(before, following)) in ([following], [time, following])


@given(TIMES, st.integers(-12, 12))
def test_times_of_other_zones_are_the_same_times(time, hours) -> None:
    other = time.astimezone(timezone(timedelta(hours=hours)))
    assert Schedule("30 2 * * *").next(other) == Schedule("30 2 * * *").next(time)


DAILY = Schedule("0 2 * * *")
NOW = at("2026-11-29 12:00")
RUNS = [at("2026-11-29 02:00") - DAY * number for number in range(10)]  # newest first


@pytest.mark.parametrize(
    ("missing", "expected"),
    [([], []), ([3], [3]), ([0], [0]), ([1, 2], [2, 1]), ([8, 9], []), (list(range(10)), [])],
)
def test_gaps(missing: list[int], expected: list[int]) -> None:
    times = [time + timedelta(seconds=7) for number, time in enumerate(RUNS) if number not in missing]
    found = gaps(times, DAILY, since=NOW - 7 * DAY, now=NOW, patience=HOUR)
    assert found == [RUNS[number] for number in expected]


def test_what_is_before_the_first_set_is_no_gap() -> None:
    assert gaps([RUNS[2]], DAILY, since=NOW - 30 * DAY, now=NOW, patience=HOUR) == [RUNS[1], RUNS[0]]


def test_a_set_by_hand_stands_for_the_run_before_it() -> None:
    times = [RUNS[2], RUNS[1] + 5 * HOUR, RUNS[0] + MINUTE]
    assert gaps(times, DAILY, since=NOW - 7 * DAY, now=NOW, patience=HOUR) == []


@pytest.mark.parametrize(("minutes", "count"), [(59, 0), (60, 0), (61, 1)])
def test_a_run_may_be_on_its_way(minutes: int, count: int) -> None:
    now = RUNS[0] + MINUTE * minutes
    assert len(gaps([RUNS[1]], DAILY, since=now - 7 * DAY, now=now, patience=HOUR)) == count


@given(st.lists(TIMES, max_size=10), TIMES)
def test_gaps_are_scheduled_times_without_sets(times, now) -> None:
    for gap in gaps(times, DAILY, since=now - 30 * DAY, now=now, patience=HOUR):
        assert (gap.hour, gap.minute) == (2, 0) and gap < now
        assert not [time for time in times if gap <= time < gap + DAY]
