"""Which sets go; above all which never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.retention import DELETE, KEEP, decide
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import STATES, StoredFile

from .made import DAY, HOUR, START, bare, torn

GRACE = timedelta(hours=24)
NOW = START
LETTERS = {"v": "verified", "c": "complete", "d": "damaged", "i": "incomplete"}
# a set of each letter a day, the first one an hour old
DAYS = [
    # nothing is old
    ("vvvvvvv", 7, 1, ""),
    # days alone
    ("vvvvvvvvvv", 7, 1, "789"),
    # verified ones stay, however old
    ("cccccccvvvvv", 5, 3, "ab"),
    # those that are not verified count for nothing
    ("cccccccccccc", 3, 1, ""),
    ("ccccccvccccc", 3, 1, "789ab"),
    ("vcvcvcvcvcvc", 3, 3, "56789ab"),
    ("vcvcvcvcvcvc", 3, 5, "9ab"),
    # backups have failed for days
    ("iiiiiivvvvvv", 1, 2, "1234589ab"),
    # what is damaged goes as what is whole, and protects nothing
    ("dddvddvvdddd", 2, 2, "789ab"),
    ("dddddd", 1, 1, ""),
    # what is not whole goes after its grace time
    ("iii", 365, 100, "12"),
    ("", 7, 3, ""),
]  # fmt: skip


@pytest.mark.parametrize(("letters", "days", "keep", "gone"), DAYS)
def test_sets_of_days(letters: str, days: int, keep: int, gone: str) -> None:
    sets = [bare(NOW - HOUR - DAY * number, LETTERS[letter], "aaaa") for number, letter in enumerate(letters)]
    decisions = decide(sets, NOW, days=days, keep_verified=keep, grace=GRACE)
    assert [f"{number:x}" for number, one in enumerate(decisions) if one.action == DELETE] == list(gone)


def test_what_a_restore_has_put_aside_stays_until_that_is_confirmed() -> None:
    old = bare(NOW - 400 * DAY, "complete", "aaaa")
    held = replace(old, files={**old.files, keys.HOLD: StoredFile(20, NOW - 400 * DAY)})
    newer = [bare(NOW - DAY * number, "verified", "aaaa") for number in range(1, 4)]
    for one, action in ((old, DELETE), (held, KEEP)):
        decision = decide([*newer, one], NOW, days=7, keep_verified=1, grace=GRACE)[-1]
        assert (decision.set, decision.action) == (one, action)
    assert "a restore has put it aside" in decision.reason


def test_what_a_restore_has_replaced_takes_the_place_of_nothing() -> None:
    old, new = (bare(NOW - days * DAY, "verified", "aaaa") for days in (9, 1))
    aside = replace(new, files={**new.files, keys.REPLACED: StoredFile(20, new.started)})
    for newer, action in ((new, DELETE), (aside, KEEP)):
        assert decide([newer, old], NOW, days=7, keep_verified=1, grace=GRACE)[-1].action == action


@pytest.mark.parametrize(
    ("kind", "age", "action", "reason"),
    [
        ("complete", 7 * DAY, KEEP, "it is not older than 7 days"),
        (
            "complete",
            7 * DAY + timedelta(seconds=1),
            KEEP,
            "it is older than 7 days, but only 0 verified sets are newer, and 1 stay",
        ),
        (
            "incomplete",
            GRACE,
            KEEP,
            "it has no manifest; a backup may be at work on it, until 24 hours after its last change",
        ),
        (
            "incomplete",
            GRACE + timedelta(seconds=1),
            DELETE,
            "it has no manifest, and nothing has happened to it for 24 hours",
        ),
    ],
)
def test_reasons(kind: str, age: timedelta, action: str, reason: str) -> None:
    (one,) = decide([bare(NOW - age, kind, "aaaa")], NOW, days=7, keep_verified=1, grace=GRACE)
    assert (one.action, one.reason) == (action, reason)


def test_a_reason_to_delete() -> None:
    sets = [bare(NOW - age, "verified", "aaaa") for age in (DAY, 8 * DAY)]
    one = decide(sets, NOW, days=7, keep_verified=1, grace=GRACE)[1]
    assert (one.action, one.reason) == (DELETE, "it is older than 7 days, and 1 verified sets are newer")


def test_a_file_that_was_just_written_keeps_an_old_set() -> None:
    """A backup that takes longer than the grace time, or whose clock is wrong."""
    (one,) = decide([torn(NOW - 10 * DAY, modified=NOW - HOUR)], NOW, days=1, keep_verified=1, grace=GRACE)
    assert one.action == KEEP


AGES = st.timedeltas(timedelta(days=-2), timedelta(days=60))
SETS = st.lists(
    st.builds(
        lambda age, kind, suffix: bare((NOW - age).replace(microsecond=0), kind, suffix),
        AGES,
        st.sampled_from(STATES),
        st.sampled_from(["aaaa", "bbbb", "cccc"]),
    ),
    max_size=25,
    unique_by=lambda one: one.name,
)
RULES = st.fixed_dictionaries(
    {"days": st.integers(1, 30), "keep_verified": st.integers(1, 5), "grace": st.sampled_from([HOUR, GRACE])}
)


@given(SETS, RULES)
def test_the_last_verified_sets_never_go(sets, rules) -> None:
    decisions = decide(sets, NOW, **rules)
    verified = [one for one in decisions if one.set.verified]
    assert all(one.action == KEEP for one in verified[: rules["keep_verified"]])


@given(SETS, RULES)
def test_what_is_newer_than_enough_verified_sets_never_goes(sets, rules) -> None:
    for one in decide(sets, NOW, **rules):
        if one.action == DELETE and one.set.state != "incomplete":
            newer = [each for each in sets if each.verified and each.name > one.set.name]
            assert len(newer) >= rules["keep_verified"]
            assert NOW - one.set.started > timedelta(days=rules["days"])


@given(SETS, RULES)
def test_the_newest_complete_set_never_goes(sets, rules) -> None:
    complete = [one for one in decide(sets, NOW, **rules) if one.set.complete]
    assert all(one.action == KEEP for one in complete[:1])


@given(SETS, RULES)
def test_nothing_young_goes(sets, rules) -> None:
    for one in decide(sets, NOW, **rules):
        bound = rules["grace"] if one.set.state == "incomplete" else timedelta(days=rules["days"])
        assert one.action == KEEP or NOW - one.set.changed > min(bound, NOW - one.set.started)
        assert one.action == KEEP or NOW - one.set.started > bound


@given(SETS, RULES, st.randoms())
def test_every_set_is_decided_once_whatever_the_order(sets, rules, random) -> None:
    decisions = decide(sets, NOW, **rules)
    assert [one.set.name for one in decisions] == sorted((one.name for one in sets), reverse=True)
    mixed = sets[:]
    random.shuffle(mixed)
    assert decide(mixed, NOW, **rules) == decisions
    assert all(one.reason and len(one.reason.splitlines()) == 1 for one in decisions)


@given(SETS, RULES)
def test_a_second_time_nothing_goes(sets, rules) -> None:
    kept = [one.set for one in decide(sets, NOW, **rules) if one.action == KEEP]
    assert all(one.action == KEEP for one in decide(kept, NOW, **rules))


@given(SETS, RULES, st.data())
def test_a_set_more_takes_no_protection_away(sets, rules, data) -> None:
    """A backup that fails beside the others changes nothing for them."""
    more = data.draw(SETS.map(lambda found: [one for one in found if not one.verified]))
    names = {one.name for one in sets}
    before = {one.set.name: one.action for one in decide(sets, NOW, **rules)}
    after = decide([*sets, *(one for one in more if one.name not in names)], NOW, **rules)
    assert before == {one.set.name: one.action for one in after if one.set.name in names}
