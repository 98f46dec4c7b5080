"""Whether what was loaded is what the manifest says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File, Loaded

from .made import THIRDS, document

KEYS = st.dictionaries(st.sampled_from(["0", "1", "15"]), st.integers(1, 1000), min_size=1)


def file(**expected: Any) -> File:
    about = {"sha256": "ab" * 32, "slots": slots.EVERY, "keys_exact": True, "functions": 0, **expected}
    return File("shard-00000.rdb", "bucket", "key", "", 100, Expected(**about))


def loaded(keys: dict[str, int], expired: int | None = 0, functions: int = 0, **other: int) -> Loaded:
    counts = {"foreign": 0, "repeated": 0, **other}
    return Loaded("shard-00000.rdb", keys, expired, functions=functions, memory=10**6, seconds=0.1, **counts)


def test_the_files_of_a_set_are_found_by_its_manifest() -> None:
    made = document(shares=THIRDS, mode="cluster")
    found = loading.files(made, "backups", "redis/apps/cache/")
    assert [one.key for one in found] == [f"redis/apps/cache/{made.set}/{shard.file}" for shard in made.shards]
    assert [one.expected and one.expected.slots for one in found] == list(THIRDS)
    assert {one.bucket for one in found} == {"backups"}
    assert all(map(loading.is_part, found))
    assert not any(map(loading.is_part, loading.files(document(), "backups", "")))


@given(KEYS, st.data())
def test_a_file_that_lost_nothing_but_what_expired_has_no_problems(keys: dict[str, int], data: st.DataObject) -> None:
    expires = {name: data.draw(st.integers(0, count)) for name, count in keys.items()}
    gone = {name: data.draw(st.integers(0, expires[name])) for name in keys}
    left = {name: count - gone[name] for name, count in keys.items() if count > gone[name]}
    one = file(keys=keys, expires=expires)
    assert list(loading.problems(one, loaded(left, sum(gone.values())))) == []
    # releases before 7.0 do not say how many had expired
    assert list(loading.problems(one, loaded(left, None))) == []


@given(KEYS, st.data())
def test_a_file_that_lost_another_key_has(keys: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(keys)))
    left = {**keys, name: keys[name] - 1}
    for expired in (0, None):
        (line,) = loading.problems(file(keys=keys, expires={}), loaded(left, expired))
        assert line.startswith("shard-00000.rdb: ")
        assert f"instead of {sum(keys.values())}" in line


@pytest.mark.parametrize(
    ("keys", "expires", "found", "expired", "line"),
    [
        ({"0": 5}, {}, {"0": 6}, 0, "6 keys, and 0 that had expired, instead of 5"),
        ({"0": 5}, {}, {"0": 6}, None, "6 keys, and -1 that had expired, instead of 5"),
        ({"0": 5}, {"0": 1}, {"0": 3}, 2, "3 keys, and 2 that had expired, instead of 5"),
        ({"0": 5, "1": 5}, {}, {"0": 4, "1": 6}, 0, "4 keys in database 0 instead of 5"),
        ({"0": 5}, {}, {"1": 5}, 0, "0 keys in database 0 instead of 5"),
    ],
)
def test_counts_are_told(
    keys: dict[str, int], expires: dict[str, int], found: dict[str, int], expired: int | None, line: str
) -> None:
    lines = list(loading.problems(file(keys=keys, expires=expires), loaded(found, expired)))
    assert lines[0] == f"shard-00000.rdb: {line}"


@pytest.mark.parametrize(("count", "far"), [(1000, False), (600, False), (1400, False), (400, True), (0, True)])
def test_counts_of_a_server_that_went_on_writing_are_a_floor(count: int, far: bool) -> None:
    one = file(keys={"0": 1000}, expires={}, keys_exact=False)
    found = list(loading.problems(one, loaded({"0": count} if count else {})))
    assert bool(found) == far
    assert not far or "far from what the server held" in found[0]


def test_keys_of_other_shards_and_functions_are_told() -> None:
    one = file(keys={"0": 9}, expires={}, functions=2)
    assert list(loading.problems(one, loaded({"0": 9}, foreign=4, functions=1))) == [
        "shard-00000.rdb: 4 of 9 keys belong to other shards",
        "shard-00000.rdb: 1 libraries of functions instead of 2",
    ]


def test_keys_that_are_in_two_files_are_told_instead_of_counts() -> None:
    one = file(keys={"0": 9}, expires={})
    assert list(loading.problems(one, loaded({"0": 5}, repeated=4))) == [
        "shard-00000.rdb: 4 of its keys are in another file, too",
    ]


def test_of_a_foreign_file_nothing_is_expected() -> None:
    one = File("dump.rdb", "bucket", "key", "", 100)
    assert not loading.is_part(one)
    assert list(loading.problems(one, loaded({"0": 7, "3": 1}, functions=3))) == []
