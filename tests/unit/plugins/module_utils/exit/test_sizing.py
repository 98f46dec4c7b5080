"""Memory by what the node holds and what was used."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit import sizing
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Group, Memory, Usage
from ansible_collections.eks.redis.plugins.module_utils.topology import operator

from .made import CLUSTER, GIBI, ONE, R6G_LARGE, SERVERLESS, change, load, shards, usage

NOTHING = Usage(14, 0, {})


def test_the_share_of_maxmemory_is_the_topology_s() -> None:
    assert sizing.MAXMEMORY_PERCENT == operator._MAXMEMORY_PERCENT


@pytest.mark.parametrize(
    ("group", "count", "limit", "origin"),
    [
        # 3 GiB x 1.5 / 0.76 = 5.92 GiB, in steps of 64 MiB
        (ONE, 1, "6080Mi", "cache.r6g.large holds 9.8 GiB of data; at most 3.0 GiB was used in 14 days; 4.5 GiB for "),
        # what it holds is the most: 9.8 / 0.76
        (change(ONE, usage=usage(load(bytes=9 * GIBI))), 1, "13248Mi", "all that it holds"),
        (change(ONE, usage=usage(load(bytes=GIBI, evictions=0.1))), 1, "13248Mi", "and it evicts keys; 9.8 GiB"),
        (change(ONE, usage=usage(load(bytes=GIBI), hours=3)), 1, "13248Mi", "and only 3 hours of it are known"),
        (change(ONE, usage=NOTHING), 1, "13248Mi", "its use is not known"),
        (change(ONE, memory=Memory()), 1, "6080Mi", "at most 3.0 GiB was used in 14 days"),
        # with data on disks more is used than memory holds
        (change(ONE, usage=usage(load(bytes=20 * GIBI))), 1, "40448Mi", "1.5 times what was used"),
        (change(ONE, usage=usage(load(bytes=20 * GIBI), hours=3)), 1, "40448Mi", "1.5 times what was used"),
        (change(ONE, usage=usage(load(bytes=1))), 1, "256Mi", "1.5 times what was used"),
        (CLUSTER, 3, "2048Mi", "1.5 GiB for data"),
        # one shard becomes three, each with its part
        (
            change(CLUSTER, shards=shards(1), usage=usage(load(bytes=3 * GIBI))),
            3,
            "2048Mi",
            "of 3 shards each has at most 3.3 GiB",
        ),
        (SERVERLESS, 6, "13504Mi", "1.5 times what was used"),
    ],
)
def test_memory(group: Group, count: int, limit: str, origin: str) -> None:
    found = sizing.memory(group, count)
    assert found is not None
    assert sizing._bytes(found.value) == sizing._bytes(limit)
    assert origin in found.origin


def test_memory_of_which_nothing_is_known() -> None:
    assert sizing.memory(change(ONE, usage=NOTHING, memory=Memory()), 1) is None
    # what is on disks is not in what a node holds
    assert sizing.memory(change(ONE, usage=NOTHING, data_tiering=True), 1) is None


@pytest.mark.parametrize(
    ("group", "count"),
    [
        (CLUSTER, 3),
        (change(CLUSTER, shards=shards(1)), 3),
        (change(CLUSTER, shards=shards(90)), 90),
        (SERVERLESS, 6),
        (change(SERVERLESS, usage=NOTHING), 3),
        (change(SERVERLESS, usage=NOTHING, memory=Memory(None, 100 * GIBI)), 10),
        (change(SERVERLESS, usage=NOTHING, memory=Memory(None, 2**50)), 500),
    ],
)
def test_shards(group: Group, count: int) -> None:
    assert sizing.shards(group).value == str(count)


@pytest.mark.parametrize(
    ("limit", "size"), [("256Mi", "10Gi"), ("6Gi", "12Gi"), ("6080Mi", "12Gi"), ("6336Mi", "13Gi")]
)
def test_disk(limit: str, size: str) -> None:
    assert sizing.disk(limit).value == size


@pytest.mark.parametrize(("percent", "asked"), [(0, "250m"), (21, "300m"), (60, "750m"), (99, "1000m")])
def test_cpu(percent: float, asked: str) -> None:
    found = sizing.cpu(change(ONE, usage=usage(load(engine_cpu=percent))))
    assert found is not None and found.value == asked


def test_cpu_of_which_nothing_is_known() -> None:
    assert sizing.cpu(change(ONE, usage=NOTHING, memory=R6G_LARGE)) is None
