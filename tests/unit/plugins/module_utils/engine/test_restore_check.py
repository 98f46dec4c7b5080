from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File
from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin
from ansible_collections.eks.redis.plugins.module_utils.engine import restore_check
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, say, view

MIB = 2**20


def origin(keys: dict[str, int] | None = None, size: int = 1000, magic: str = "REDIS0010") -> Origin:
    expected = Expected("ab", slots.EVERY, keys or {"0": 9}, {}, True, 0)
    return Origin("set s", (File("shard-00000.rdb", "b", "k", "", size, expected),), (magic,), "s")


def found(seen: View, given: Origin | None = None, free: dict[str, int] | None = None, force: bool = True) -> list[str]:
    return list(restore_check.problems(seen, given or origin(), free or {}, force=force))


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_what_is_well_and_may_be_replaced_has_no_problems(flavour: dict[str, Any]) -> None:
    assert found(view(flavour)) == []


def test_data_is_replaced_only_with_force() -> None:
    seen = view(REPLICATED)
    (line,) = found(seen, force=False)
    assert line.startswith("the instance holds 7 keys: with force: true (playbooks: redis_force) they are replaced")
    # of a cluster, those of all masters
    assert restore_check.held(view(CLUSTER).state) == 3 * 7
    empty = seen
    for pod in ("cache-0", "cache-1", "cache-2"):
        members = dict(empty.state.members)
        was = members[pod]
        info = {key: value for key, value in was.info.items() if not key.startswith("db")}
        members[pod] = replace(was, info=info)
        empty = replace(empty, state=replace(empty.state, members=members))
    assert found(empty, force=False) == []


def test_an_instance_that_is_not_well_is_left_alone() -> None:
    seen = say(view(REPLICATED), "cache-1", master_link_status="down")
    assert found(seen) == ["the instance is not well: Pod cache-1: its link to the master is down; see to that first"]
    assert found(replace(view(SINGLE), unasked="no pod is ready")) == ["Redis could not be asked: no pod is ready"]


def test_an_rdb_of_a_newer_release_is_refused_with_both_releases_named() -> None:
    assert found(view(SINGLE), origin(magic="REDIS0012")) == [
        "shard-00000.rdb: the RDB is of Redis 7.4 or newer, version 12 (REDIS0012), Redis 7.0.15 reads up to version 10"
    ]
    newer = say(view(SINGLE), "cache-0", redis_version="7.4.1")
    assert found(newer, origin(magic="REDIS0012")) == []
    valkey = say(view(SINGLE), "cache-0", redis_version="7.2.4", valkey_version="9.0.0")
    assert found(valkey, origin(magic="VALKEY080")) == []


def test_releases_that_differ_are_waited_for() -> None:
    seen = say(view(REPLICATED), "cache-1", redis_version="7.2.6")
    assert found(seen) == ["the pods run different releases: redis 7.0.15, redis 7.2.6; wait for the roll"]


def test_keys_of_other_databases_have_no_place_in_a_cluster() -> None:
    given = origin({"0": 5, "2": 3, "10": 1})
    counts = "3 in database 2, 1 in database 10"
    assert found(view(CLUSTER), given) == [
        f"it holds keys that a cluster has no place for: {counts}; a cluster has database 0 alone"
    ]
    assert found(view(SENTINEL), given) == []


@pytest.mark.parametrize(
    ("flavour", "size", "fits"),
    [(SINGLE, 100, True), (SINGLE, 101, False), (CLUSTER, 300, True), (CLUSTER, 301, False)],
)
def test_more_than_the_masters_may_hold_is_refused(flavour: dict[str, Any], size: int, fits: bool) -> None:
    lines = found(view(flavour), origin(size=size * MIB))
    assert bool(lines) != fits
    assert fits or "of memory that the masters may use" in lines[0]
    unlimited = view(SINGLE)
    assert found(say(unlimited, "cache-0", maxmemory="0"), origin(size=10**12)) == []


def test_a_volume_that_is_too_full_is_told() -> None:
    given = origin(size=30 * MIB)
    assert found(view(SINGLE), given, {"cache-0": 60 * MIB}) == []
    assert found(view(SINGLE), given, {"cache-0": 59 * MIB}) == [
        "the volume of Pod cache-0 has 59.0 MiB left, about 60.0 MiB are needed"
    ]
    # each master of a cluster gets its share
    assert found(view(CLUSTER), given, {"cache-leader-0": 20 * MIB, "cache-leader-1": 20 * MIB}) == []
