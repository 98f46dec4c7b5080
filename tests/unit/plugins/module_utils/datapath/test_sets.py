"""What lies in a bucket, as sets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import StoredFile, group, judged

from .made import DAY, HOUR, OWNER, START, THIRDS, document, files, proof_of, torn, whole

MADE = document(shares=THIRDS)
FILE = StoredFile(1, START)
BASE = "redis/apps/cache/"


def test_group() -> None:
    late, early = keys.set_name(START + DAY, "aaaa"), keys.set_name(START, "bbbb")
    listing = [
        (f"{BASE}{late}/manifest.json", FILE),
        (f"{BASE}{early}/shard-00000.rdb", FILE),
        (f"{BASE}{early}/deep/er", FILE),
        (f"{BASE}{early}/", FILE),
        (f"{BASE}notes.txt", FILE),
        (f"{BASE}others/manifest.json", FILE),
        (f"redis/apps/cache-2/{early}/manifest.json", FILE),
        (f"{early}/manifest.json", FILE),
    ]
    found = group(listing, BASE)
    assert found == {early: {"shard-00000.rdb": FILE, "deep/er": FILE}, late: {"manifest.json": FILE}}
    assert list(found) == [early, late]


@given(st.lists(st.text("ab/1TZ-", max_size=30)))
def test_no_key_is_too_odd(names) -> None:
    assert group([(name, FILE) for name in names], "a/") == {}


def test_a_whole_set() -> None:
    found = whole(MADE)
    assert (found.complete, found.verified, found.state) == (True, False, "complete")
    assert (found.problem, found.untested) == ("", "no restore test has run yet")
    assert (found.bytes, found.started, found.changed) == (3100, START, MADE.finished)


def test_a_proven_set() -> None:
    found = whole(MADE, proof_of(MADE))
    assert (found.verified, found.state, found.untested) == (True, "verified", "")
    assert found.verdict == proof_of(MADE)


@pytest.mark.parametrize(
    ("verdict_text", "untested"),
    [
        (proof_of(MADE, ("one key is lost", "2 are foreign")).to_json(), "one key is lost; 2 are foreign"),
        (proof_of(replace(MADE, engine_version="7.2.0")).to_json(), "the verdict is of another manifest"),
        (replace(proof_of(MADE), set="20261129T021500Z-aaaa").to_json(), "the verdict is of another manifest"),
        ("{}", "verdict.format_version: is missing"),
    ],
)
def test_a_verdict_that_proves_nothing(verdict_text: str, untested: str) -> None:
    found = judged(MADE.set, files(MADE, keys.VERDICT), MADE.to_json(), verdict_text, OWNER)
    assert (found.state, found.untested) == ("complete", untested)


def test_a_set_without_manifest() -> None:
    found = torn(START, modified=START + HOUR)
    assert (found.state, found.problem, found.manifest) == ("incomplete", "it has no manifest", None)
    assert found.changed == START + HOUR
    assert not found.verified


LYING = files(MADE)
FIRST = MADE.shards[0].file


@pytest.mark.parametrize(
    ("made", "stored", "problem"),
    [
        (MADE, {**LYING, FIRST: StoredFile(999, START)}, "shard-00000.rdb has 999 bytes instead of 1000"),
        (MADE, {name: file for name, file in LYING.items() if name != FIRST}, "shard-00000.rdb is missing"),
        (replace(MADE, namespace="b"), LYING, "manifest: it is of instance b/cache, not of apps/cache"),
        (document(START + DAY, THIRDS), LYING, "manifest: it is of set 20261130T021500Z-k3x9"),
        (replace(MADE, mode="sentinel"), LYING, "manifest: mode sentinel has one shard, not 3"),
    ],
)
def test_a_damaged_set(made, stored, problem: str) -> None:
    found = judged(MADE.set, stored, made.to_json(), proof_of(made).to_json(), OWNER)
    assert (found.state, found.problem, found.complete, found.verified) == ("damaged", problem, False, False)
