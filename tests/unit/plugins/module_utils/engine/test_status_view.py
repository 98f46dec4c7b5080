from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import Shard, layout_of
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, resources, say, view

MODES = [SINGLE, REPLICATED, SENTINEL, CLUSTER]


@pytest.mark.parametrize("flavour", MODES)
def test_the_layout_of_live_custom_resources_is_the_flavours(flavour) -> None:
    root = {"clusterModeEnabled": flavour is CLUSTER}
    instance = resolve(flavour, root, name="cache", namespace="apps").instance
    assert layout_of(resources(flavour)) == layout(instance)


@pytest.mark.parametrize("flavour", MODES)
def test_without_persistence_there_are_no_data_volumes(flavour) -> None:
    found = layout_of(resources(flavour, persistence={"enabled": False}))
    assert all(workload.claims == () for workload in found.workloads)


def test_sizes_that_no_flavour_may_have_are_told_as_they_are() -> None:
    found = resources(SENTINEL)
    found["RedisReplication"]["spec"]["clusterSize"] = 12
    found["RedisSentinel"]["spec"]["clusterSize"] = 4
    assert [workload.replicas for workload in layout_of(found).workloads] == [12, 4]
    found = resources(CLUSTER)
    found["RedisCluster"]["spec"]["redisLeader"]["replicas"] = 0
    found["RedisCluster"]["spec"]["redisFollower"]["replicas"] = 0
    assert [workload.replicas for workload in layout_of(found).workloads] == [0, 0]


def test_a_single_redis_has_no_shards() -> None:
    assert view(SINGLE).shards == []


def test_one_master_and_its_replicas() -> None:
    assert view(SENTINEL).shards == [Shard("cache-0", ("cache-1", "cache-2"))]


def test_without_one_master_nobody_is_known_to_follow() -> None:
    seen = view(REPLICATED)
    seen = say(seen, "cache-1", role="master")
    assert seen.shards == [Shard("", ("cache-0", "cache-1", "cache-2"))]


def test_shards_of_a_cluster() -> None:
    assert view(CLUSTER).shards == [
        Shard("cache-leader-0", ("cache-follower-0",), ((0, 5460),)),
        Shard("cache-leader-1", ("cache-follower-1",), ((5461, 10922),)),
        Shard("cache-leader-2", ("cache-follower-2",), ((10923, 16383),)),
    ]


def test_a_pod_that_does_not_answer_is_known_by_its_address() -> None:
    seen = view(CLUSTER)
    silent = Member("cache-leader-2", "10.0.0.2", error="no answer")
    assert replace(seen, state=State({**seen.state.members, silent.pod: silent})).shards == seen.shards


def test_a_node_that_no_pod_answers_for_is_told_by_its_address() -> None:
    seen = view(CLUSTER)
    members = {name: one for name, one in seen.state.members.items() if name != "cache-follower-1"}
    assert replace(seen, state=State(members)).shards[1].replicas == ("10.0.1.1",)


def test_who_a_replica_follows() -> None:
    seen = view(SENTINEL)
    members = seen.state.members
    assert seen.master_of(members["cache-1"]) is members["cache-0"]
    assert seen.master_of(members["cache-0"]) is None
    seen = say(seen, "cache-1", master_host="10.9.9.9")
    assert seen.master_of(seen.state.members["cache-1"]) is None


def test_where_pods_are() -> None:
    seen = view(SENTINEL)
    assert (seen.node("cache-1"), seen.zone("cache-1")) == ("n1", "z1")
    assert (seen.node("cache-9"), seen.zone("cache-9")) == (None, None)
    seen.nodes.clear()
    assert (seen.node("cache-1"), seen.zone("cache-1")) == ("n1", None)
