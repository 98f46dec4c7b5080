"""Slots of keys, and ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import (
    EVERY,
    SLOTS,
    cover_problems,
    expand,
    key_slot,
    ranges,
    shown,
)

from .made import THIRDS

CHOSEN = st.sets(st.integers(0, SLOTS - 1), max_size=30)


# CLUSTER KEYSLOT of Redis 7.0.15
@pytest.mark.parametrize(
    ("key", "slot"),
    [
        (b"", 0),
        (b"foo", 12182),
        (b"123456789", 12739),
        (b"{foo}bar", 12182),
        (b"a{foo}", 12182),
        (b"foo{}{bar}", 8363),
        (b"foo{{bar}}zap", 4015),
        (b"foo{bar}{zap}", 5061),
        (b"{foo", 13308),
        (b"foo}", 15679),
        (b"\xff\x00\r\n", 7349),
    ],
)
def test_slot_of_a_key(key: bytes, slot: int) -> None:
    assert key_slot(key) == slot


@given(st.binary(), st.binary(), st.binary(min_size=1))
def test_keys_with_one_tag_share_a_slot(before, after, tag) -> None:
    before, tag = before.replace(b"{", b""), tag.replace(b"}", b"-")
    assert key_slot(before + b"{" + tag + b"}" + after) == key_slot(b"{" + tag + b"}")
    assert 0 <= key_slot(before) < SLOTS


@given(CHOSEN)
def test_ranges_hold_what_they_were_made_of(chosen) -> None:
    found = ranges(chosen)
    assert set(expand(found)) == chosen
    assert all(first <= last for first, last in found)
    # as few as possible, and in order
    assert all(one[1] + 1 < other[0] for one, other in zip(found, found[1:], strict=False))


def test_shown() -> None:
    assert shown(((0, 5460), (5462, 5462))) == "0-5460, 5462"


@pytest.mark.parametrize(
    ("shares", "problems"),
    [
        ([EVERY], []),
        (THIRDS, []),
        ([((0, 1), (3, 16383)), ((2, 2),)], []),
        ([], ["no shard has the slots 0-16383"]),
        (THIRDS[:2], ["no shard has the slots 10923-16383"]),
        ([*THIRDS, ((7, 7),)], ["more than one shard has the slots 7"]),
        ([((0, 16384),)], ["0-16384 is no range of slots between 0 and 16383", "no shard has the slots 0-16383"]),
        ([EVERY, ((5, 4),)], ["5-4 is no range of slots between 0 and 16383"]),
        ([EVERY, ((-1, 0),)], ["-1-0 is no range of slots between 0 and 16383"]),
    ],
)
def test_cover(shares, problems) -> None:
    assert list(cover_problems(shares)) == problems


@given(st.lists(st.integers(1, SLOTS - 1), unique=True, max_size=6), st.randoms())
def test_every_way_to_share_out_all_slots_covers_them(cuts, random) -> None:
    edges = [0, *sorted(cuts), SLOTS]
    pieces = [(first, last - 1) for first, last in zip(edges, edges[1:], strict=False)]
    random.shuffle(pieces)
    owners = [tuple(pieces[::2]), tuple(pieces[1::2])]
    assert list(cover_problems(owners)) == []


@given(st.integers(0, SLOTS - 1), st.sampled_from(["lost", "doubled"]))
def test_one_slot_too_few_or_too_many_is_told(slot, how) -> None:
    others = ranges(set(range(SLOTS)) - {slot})
    shares = [others] if how == "lost" else [others, ((slot, slot),), ((slot, slot),)]
    (line,) = cover_problems(shares)
    assert line.endswith(f" the slots {slot}")
