"""Where the files of a set are."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

from .made import START, TIMES

SUFFIXES = st.text(keys.SUFFIX, min_size=4, max_size=4)
LABELS = st.from_regex(r"[a-z](?:[-a-z0-9]{0,8}[a-z0-9])?", fullmatch=True)


@pytest.mark.parametrize(
    ("prefix", "base"),
    [("redis", "redis/apps/cache/"), ("", "apps/cache/"), ("/a/b/", "a/b/apps/cache/"), ("/", "apps/cache/")],
)
def test_base(prefix: str, base: str) -> None:
    assert keys.base(prefix, "apps", "cache") == base


def test_names() -> None:
    name = keys.set_name(START, "k3x9")
    assert name == "20261129T021500Z-k3x9"
    assert keys.time_of(name) == START
    assert keys.key("redis/apps/cache/", name, keys.MANIFEST) == f"redis/apps/cache/{name}/manifest.json"
    assert [keys.shard_file(slot) for slot in (0, 5461)] == ["shard-00000.rdb", "shard-05461.rdb"]


@pytest.mark.parametrize(
    "name",
    ["", "20261129T021500Z", "20261129T021500Z-k3x", "20261129T021500Z-K3X9", "20261332T021500Z-k3x9"]
    + ["20261129T021500Z-k3x9\n", "٢0261129T021500Z-k3x9", "x20261129T021500Z-k3x9"],
)
def test_what_is_no_set(name: str) -> None:
    assert not keys.is_set(name)
    with pytest.raises(DatapathError, match="is no name of a backup set"):
        keys.time_of(name)


@given(TIMES, SUFFIXES, TIMES, SUFFIXES)
def test_names_sort_by_time(one, suffix, other, other_suffix) -> None:
    first, second = keys.set_name(one, suffix), keys.set_name(other, other_suffix)
    if one != other:
        assert (first < second) == (one < other)
    assert keys.time_of(first) == one


@given(TIMES, st.integers(-12, 12))
def test_a_name_is_in_utc(time, hours) -> None:
    assert keys.set_name(time.astimezone(timezone(timedelta(hours=hours))), "abcd") == keys.set_name(time, "abcd")


@given(st.text("/ab", max_size=6), st.tuples(LABELS, LABELS), st.tuples(LABELS, LABELS))
def test_instances_never_meet(prefix, one, other) -> None:
    if one != other:
        assert not keys.base(prefix, *one).startswith(keys.base(prefix, *other))
