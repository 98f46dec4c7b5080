from __future__ import annotations

import json

import pytest
from clients import record


def thread(*acknowledged: float, end: float = 0.0) -> record.Thread:
    seen = record.Thread()
    for at in acknowledged:
        seen.acknowledged(at)
    seen.ended(end or seen.acknowledged_at)
    return seen


@pytest.mark.parametrize(
    ("seen", "gap", "began"),
    [
        (thread(1, 2, 5, 6), 3, 2),
        (thread(4, 5), 4, 0),
        (thread(1, 2, end=9), 7, 2),
        (thread(end=3), 3, 0),
    ],
    ids=["between two", "before the first", "never came back", "never came"],
)
def test_longest_gap(seen, gap, began):
    assert (seen.gap, seen.gap_began) == (gap, began)


def test_equal_errors_in_a_row_are_one():
    seen = record.Thread()
    for at, error in ((1, "a"), (2, "a"), (3, "b"), (4, "a")):
        seen.failed(at, error)
    seen.acknowledged(5)
    seen.failed(6, "a")
    assert [(each["first"], each["last"], each["times"], each["error"]) for each in seen.errors] == [
        (1, 2, 2, "a"),
        (3, 3, 1, "b"),
        (4, 4, 1, "a"),
        (6, 6, 1, "a"),
    ]


def test_report_is_that_of_the_worst_thread_and_json():
    found = record.report("p", 9.0, [thread(1, 2, 3), thread(1, 6)])
    assert (found["acknowledged"], found["longest_gap"], found["longest_gap_began"]) == (5, 5, 1)
    assert json.loads(json.dumps(found)) == found


def test_every_acknowledged_write_is_expected_once():
    found = record.report("p", 9.0, [thread(1, 2), thread(1)])
    assert list(record.expected(found)) == [("p:0:0", 0), ("p:0:1", 1), ("p:1:0", 0)]


def test_what_is_not_as_it_was_acknowledged_is_lost():
    verdict = record.check([(3, 3), (4, None), (5, 2), (0, 0)])
    assert verdict == {"acknowledged": 4, "lost": 2}
