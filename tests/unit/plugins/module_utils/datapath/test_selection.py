"""Which set somebody means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.selection import choose
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import STATES, StoredFile

from .made import DAY, START, any_set, bare, document, whole

# newest last
KINDS = ["verified", "verified", "complete", "damaged", "incomplete"]
SETS = [any_set(START + DAY * number, kind, "aaaa") for number, kind in enumerate(KINDS)]
NAMES = [one.name for one in SETS]


@pytest.mark.parametrize(
    ("wanted", "number"),
    [("latest", 2), ("latest verified", 1), (NAMES[0], 0), (NAMES[2], 2)]
    + [(START + 9 * DAY, 2), (START + DAY + timedelta(hours=1), 1), (START + timedelta(seconds=2), 0)],
)
def test_choose(wanted, number: int) -> None:
    assert choose(reversed(SETS), wanted) is SETS[number]


def test_before_means_the_data_and_not_the_name() -> None:
    """The set was begun before the mistake, and cut after it."""
    made = document(START)
    late = whole(replace(made, shards=(replace(made.shards[0], ctime=int(START.timestamp()) + 60),)))
    early = any_set(START - DAY, "complete", "aaaa")
    assert choose([early, late], START + timedelta(seconds=60)) is early
    assert choose([early, late], START + timedelta(seconds=61)) is late


@pytest.mark.parametrize("wanted", ["latest", "latest verified", START + 9 * DAY])
def test_what_a_restore_has_replaced_is_not_brought_back_by_the_next(wanted) -> None:
    made = any_set(START + 6 * DAY, "verified", "aaaa")
    aside = replace(made, files={**made.files, keys.REPLACED: StoredFile(20, START)})
    assert choose([*SETS, aside], wanted).name in (NAMES[1], NAMES[2])
    assert choose([*SETS, made], wanted) is made
    assert choose([*SETS, aside], aside.name) is aside
    with pytest.raises(DatapathError, match=rf"{aside.name} \(verified, replaced by a restore\)"):
        choose([aside], wanted)


THERE = f"there are {NAMES[4]} (incomplete), {NAMES[3]} (damaged), {NAMES[2]} (complete), {NAMES[1]} (verified)"


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ("20200101T000000Z-aaaa", f"there is no set '20200101T000000Z-aaaa'; {THERE}, {NAMES[0]} (verified)"),
        (NAMES[4], f"set {NAMES[4]} is not complete: it has no manifest; {THERE}, {NAMES[0]} (verified)"),
        (START, "no complete set holds the data of before 2026-11-29T02:15:00Z; "
                f"{THERE}, {NAMES[0]} (verified)"),
    ],
)  # fmt: skip
def test_refusals_say_what_there_is(wanted, line: str) -> None:
    with pytest.raises(DatapathError) as error:
        choose(SETS, wanted)
    assert str(error.value) == line


@pytest.mark.parametrize(
    ("sets", "wanted", "line"),
    [
        ([], "latest", "there is no complete set; there are no sets at all"),
        ([], "latest verified", "there is no verified set; there are no sets at all"),
        (SETS[2:3], "latest verified", f"there is no verified set; there are {NAMES[2]} (complete)"),
        (
            [any_set(START + DAY * number, "incomplete", "aaaa") for number in range(7)],
            "latest",
            "there is no complete set; there are "
            + ", ".join(f"{(START + DAY * number):%Y%m%d}T021500Z-aaaa (incomplete)" for number in (6, 5, 4, 3, 2))
            + " and 2 older ones",
        ),
    ],
)
def test_where_nothing_fits(sets, wanted, line: str) -> None:
    with pytest.raises(DatapathError) as error:
        choose(sets, wanted)
    assert str(error.value) == line


@given(st.lists(st.tuples(st.integers(0, 99), st.sampled_from(STATES)), unique_by=lambda pair: pair[0]))
def test_the_latest_is_the_newest_that_is_complete(made) -> None:
    sets = [bare(START + DAY * number, kind, "aaaa") for number, kind in made]
    complete = [one.name for one in sets if one.complete]
    if not complete:
        with pytest.raises(DatapathError):
            choose(sets, "latest")
    else:
        assert choose(sets, "latest").name == max(complete)
