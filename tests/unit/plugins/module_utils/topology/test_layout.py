"""The names under which the operator makes things."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Endpoint, layout

from .made import SHAPES, instance, shaped, shaped_objects


def test_standalone() -> None:
    found = layout(instance())
    (workload,) = found.workloads
    assert found.mode == "standalone"
    assert found.namespace == "apps"
    assert found.services == ("cache",)
    assert found.endpoints == (Endpoint("redis", "cache.apps.svc", 6379),)
    assert found.pods == ("cache-0",)
    assert found.members == {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"}
    assert (workload.kind, workload.plural, workload.name, workload.statefulset) == ("Redis", "redis", "cache", "cache")
    assert workload.claims == ("cache-cache-0",)
    assert workload.container == "cache"


def test_client_service_is_named_when_there_is_one() -> None:
    assert layout(instance({"service": {"type": "NodePort"}})).services == ("cache", "cache-client")
    assert layout(instance({"service": {"annotations": {"a": "b"}}})).services == ("cache", "cache-client")


def test_replicated() -> None:
    found = layout(shaped("replicated", {}))
    (workload,) = found.workloads
    assert found.mode == "standalone"
    assert (workload.kind, workload.plural) == ("RedisReplication", "redisreplications")
    assert found.pods == ("cache-0", "cache-1", "cache-2")
    assert workload.claims == ("cache-cache-0", "cache-cache-1", "cache-cache-2")
    assert found.services == ("cache-master", "cache-replica")
    assert found.endpoints == (
        Endpoint("primary", "cache-master.apps.svc"),
        Endpoint("reader", "cache-replica.apps.svc"),
    )
    assert found.members == {"app": "cache", "redis_setup_type": "replication", "role": "replication"}
    assert found.primary == {**found.members, "redis-role": "master"}
    assert (found.sentinels, found.master_group) == (None, "")


def test_sentinel() -> None:
    found = layout(shaped("sentinel", {}))
    (redis,) = found.redis
    sentinels = found.sentinels
    assert sentinels is not None
    assert found.mode == "sentinel"
    assert found.workloads == (redis, sentinels)
    assert (redis.kind, redis.statefulset, redis.replicas, redis.port) == ("RedisReplication", "cache", 3, 6379)
    assert (sentinels.kind, sentinels.plural, sentinels.name) == ("RedisSentinel", "redissentinels", "cache")
    assert (sentinels.statefulset, sentinels.container, sentinels.port) == ("cache-sentinel", "cache-sentinel", 26379)
    assert sentinels.selector == {"app": "cache-sentinel", "redis_setup_type": "sentinel", "role": "sentinel"}
    assert (sentinels.templates, sentinels.claims, sentinels.holds_data) == ((), (), False)
    assert found.services == ("cache-sentinel", "cache-master", "cache-replica")
    assert found.endpoints[0] == Endpoint("sentinel", "cache-sentinel.apps.svc", 26379)
    assert found.master_group == "myMaster"
    assert found.pods == (*(f"cache-{n}" for n in range(3)), *(f"cache-sentinel-{n}" for n in range(3)))


def test_cluster() -> None:
    found = layout(shaped("cluster", {}))
    leaders, followers = found.workloads
    assert found.mode == "cluster"
    assert (leaders.kind, leaders.plural, leaders.name) == ("RedisCluster", "redisclusters", "cache")
    assert (leaders.statefulset, leaders.replicas, leaders.section) == ("cache-leader", 3, "redisLeader")
    assert (followers.statefulset, followers.replicas, followers.section) == ("cache-follower", 6, "redisFollower")
    assert leaders.selector == {"app": "cache-leader", "redis_setup_type": "cluster", "role": "leader"}
    assert leaders.claims == tuple(f"cache-leader-cache-leader-{n}" for n in range(3))
    assert followers.claims_of(5) == ("cache-follower-cache-follower-5", "node-conf-cache-follower-5")
    assert found.services == ("cache-leader", "cache-follower")
    assert found.endpoints == (Endpoint("cluster", "cache-leader.apps.svc"),)
    assert found.members == found.primary == {"cluster": "cache", "redis_setup_type": "cluster"}


def test_cluster_without_replicas_has_no_followers() -> None:
    found = layout(shaped("cluster", {"deployment": {"config": {"replicasPerShard": 0}}}))
    # the operator makes their StatefulSet all the same
    assert [(each.statefulset, each.pods) for each in found.workloads][1] == ("cache-follower", ())
    assert found.services == ("cache-leader",)


@pytest.mark.parametrize(
    ("shape", "claims"), [("replicated", ()), ("sentinel", ()), ("cluster", ("node-conf-cache-leader-0",))]
)
def test_without_persistence_only_nodes_conf_has_a_volume(shape: str, claims: tuple[str, ...]) -> None:
    found = layout(shaped(shape, {"persistence": {"enabled": False}}))
    assert [each.claims for each in found.redis] == [()] * len(found.redis)
    assert found.redis[0].claims_of(0) == claims


@pytest.mark.parametrize("shape", SHAPES)
def test_every_workload_is_a_custom_resource_that_is_rendered(shape: str) -> None:
    made = shaped_objects(shape)
    assert {f"{each.kind} {each.name}" for each in layout(shaped(shape, {})).workloads} == {
        name for name, each in made.items() if each["apiVersion"].startswith("redis.redis.opstreelabs.in/")
    }
