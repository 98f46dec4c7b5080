"""How backups stand, for people and as metrics."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.cron import Schedule
from ansible_collections.eks.redis.plugins.module_utils.datapath.prometheus import METRICS, PREFIX, Reading, text
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import STATES, StoredFile
from ansible_collections.eks.redis.plugins.module_utils.datapath.summary import Summary, moment, summary

from .made import DAY, HOUR, START, any_set

LABELS = {"namespace": "apps", "instance": "cache"}
NOW = START + timedelta(hours=2)
DAILY = Schedule("15 2 * * *")
SETS = [
    any_set(START - number * DAY, kind, "aaaa")
    for number, kind in enumerate(["incomplete", "complete", "verified", "damaged", "verified"])
]


def standing(sets=SETS) -> Summary:
    return summary(sets, DAILY, 7, NOW)


def test_summary() -> None:
    found = standing()
    assert (found.newest, found.newest_verified) == (SETS[1], SETS[2])
    assert found.counts == {"verified": 2, "complete": 1, "damaged": 1, "incomplete": 1}
    assert found.bytes == sum(one.bytes for one in SETS)
    assert found.missed == (START - 3 * DAY, START)
    assert found.next_run == START + DAY
    assert found.loss(NOW) == NOW - (START - DAY + timedelta(seconds=1))


def test_what_a_restore_has_replaced_is_not_what_would_be_restored() -> None:
    made = any_set(NOW - HOUR, "verified", "aaaa")
    aside = replace(made, files={**made.files, keys.REPLACED: StoredFile(20, NOW)})
    before = any_set(NOW - 2 * HOUR, "verified", "aaaa")
    for sets, newest in (([before, made], made), ([before, aside], before)):
        found = summary(sets, DAILY, 7, NOW)
        assert found.newest is found.newest_verified is newest
        assert found.counts["verified"] == 2


def test_summary_of_nothing() -> None:
    found = standing([])
    assert (found.newest, found.newest_verified, found.missed, found.loss(NOW)) == (None, None, (), None)
    assert found.counts == dict.fromkeys(STATES, 0)


def metrics(seen: Reading, **labels: str) -> dict[str, float]:
    """Values by name; with a state behind a slash. Checks the form of each line."""
    found: dict[str, float] = {}
    described: set[str] = set()
    for line in text(seen, NOW, {**LABELS, **labels}).splitlines():
        if head := re.fullmatch(r"# (?:HELP (\w+) \S.*|TYPE (\w+) gauge)", line):
            described.add(head[1] or head[2])
            continue
        sample = re.fullmatch(r'(\w+)\{((?:\w+="(?:[^"\\\n]|\\[\\n"])*",?)+)\} (\S+)', line)
        assert sample, line
        assert sample[1] in described and 'namespace="apps",instance="cache"' in sample[2]
        state = re.search(r'state="(\w+)"', sample[2])
        found[sample[1].removeprefix(PREFIX) + (f"/{state[1]}" if state else "")] = float(sample[3])
    return found


def test_metrics() -> None:
    newest, proven = SETS[1], SETS[2]
    assert newest.manifest
    assert metrics(Reading(standing(), NOW, True)) == {
        "bucket_readable": 1,
        "bucket_read_timestamp_seconds": NOW.timestamp(),
        "last_success_timestamp_seconds": newest.manifest.finished.timestamp(),
        "age_seconds": (NOW - moment(newest)).total_seconds(),
        "size_bytes": newest.bytes,
        "keys": 1000,
        "duration_seconds": 20,
        "verified": 0,
        "last_verified_timestamp_seconds": moment(proven).timestamp(),
        "sets/verified": 2,
        "sets/complete": 1,
        "sets/damaged": 1,
        "sets/incomplete": 1,
        "stored_bytes": sum(one.bytes for one in SETS),
        "missed_runs": 2,
        "next_run_timestamp_seconds": (START + DAY).timestamp(),
    }


def test_what_is_not_there_has_no_value() -> None:
    found = metrics(Reading(standing([]), NOW, True))
    assert not {"age_seconds", "last_success_timestamp_seconds", "verified", "size_bytes"} & set(found)
    assert found["sets/verified"] == 0


def test_before_the_bucket_was_read() -> None:
    assert metrics(Reading(None, None, False)) == {"bucket_readable": 0}


def test_a_bucket_that_can_no_longer_be_read_keeps_what_was_known() -> None:
    found = metrics(Reading(standing(), NOW - timedelta(minutes=10), False))
    assert (found["bucket_readable"], found["missed_runs"]) == (0, 2)


@pytest.mark.parametrize("kind", ["verified", "complete"])
def test_verified_is_of_the_newest(kind: str) -> None:
    found = metrics(Reading(standing([*SETS, any_set(START + timedelta(minutes=5), kind, "aaaa")]), NOW, True))
    assert found["verified"] == (kind == "verified")


@given(st.text())
def test_any_label_is_written_well(value) -> None:
    plain = value.replace("\r", "").translate({0x85: None, 0x2028: None, 0x2029: None, 0x0B: None, 0x0C: None})
    plain = plain.translate(dict.fromkeys([0x1C, 0x1D, 0x1E]))
    assert metrics(Reading(standing(), NOW, True), more=plain)


def test_every_metric_has_a_help_text_that_ends_well() -> None:
    assert all(help_text.endswith(".") or "now." in help_text for help_text, _value in METRICS.values())
