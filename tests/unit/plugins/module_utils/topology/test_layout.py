"""The names under which the operator makes things."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Endpoint, Workload, layout

from .made import instance


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


def test_pods_and_claims_by_ordinal() -> None:
    shards = Workload("RedisCluster", "events", "events-leader", replicas=2, setup="cluster", role="leader")
    assert shards.plural == "redisclusters"
    assert shards.pods == ("events-leader-0", "events-leader-1")
    assert shards.claims == ("events-leader-events-leader-0", "events-leader-events-leader-1")
