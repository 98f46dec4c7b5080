"""Volumes that grow, and those that a smaller cluster has left behind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_storage import leftovers
from ansible_collections.eks.redis.plugins.module_utils.engine.volumes import grow, left_over
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

from .model import plan
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, View, claim, view


class Api:
    def __init__(self, refusal: ApiError | None = None) -> None:
        self.sent: list[dict[str, Any]] = []
        self.refusal = refusal

    def apply(self, manifest: dict[str, Any], **options: Any) -> None:
        assert options == {"force": True}
        self.sent.append(manifest)
        if self.refusal:
            raise self.refusal


def grown(found: View, kind: str, api: Api, number: int = 0) -> str | None:
    return grow(api, found.seen, found.resources[kind], found.plan.redis[number])  # type: ignore[arg-type]


def sizes(api: Api) -> dict[str, str]:
    return {one["metadata"]["name"]: one["spec"]["resources"]["requests"]["storage"] for one in api.sent}


def of(flavour: dict[str, Any], size: str) -> View:
    """With volumes of 10Gi, and a flavour that wants another size."""
    return view(flavour, persistence={"enabled": True, "size": size})


@pytest.mark.parametrize("size", ["10Gi", "10240Mi", "5Gi"])
def test_what_is_large_enough_stays(size) -> None:
    api = Api()
    assert grown(of(SENTINEL, size), "RedisReplication", api) is None
    assert api.sent == []


def test_every_volume_that_is_smaller_grows() -> None:
    api, found = Api(), of(SENTINEL, "20Gi")
    found.seen.claims["cache-cache-1"] = claim("cache-cache-1", "20480Mi")
    assert grown(found, "RedisReplication", api) == (
        "PersistentVolumeClaim cache-cache-0, cache-cache-2 does not ask for 20Gi yet"
    )
    assert sizes(api) == {"cache-cache-0": "20Gi", "cache-cache-2": "20Gi"}
    assert api.sent[0] == {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "cache-cache-0", "namespace": "apps"},
        "spec": {"resources": {"requests": {"storage": "20Gi"}}},
    }


def test_in_a_cluster_the_volume_of_the_node_table_stays() -> None:
    api, found = Api(), of(CLUSTER, "20Gi")
    for number, role in enumerate(("leader", "follower")):
        grown(found, "RedisCluster", api, number)
        assert f"node-conf-cache-{role}-0" in found.seen.claims
    assert list(sizes(api)) == [
        f"cache-{role}-cache-{role}-{number}" for role in ("leader", "follower") for number in range(3)
    ]


def test_a_volume_that_is_not_there_yet_is_made_as_it_should_be() -> None:
    api, found = Api(), of(REPLICATED, "20Gi")
    found.seen.claims = {}
    assert grown(found, "RedisReplication", api) is None
    assert api.sent == []


@pytest.mark.parametrize(("flavour", "kind"), [(SINGLE, "Redis"), (CLUSTER, "RedisCluster")])
def test_without_persistence_nothing_grows(flavour, kind) -> None:
    api = Api()
    assert grown(view(flavour, persistence={"enabled": False}), kind, api) is None
    assert api.sent == []


def test_who_may_not_change_claims_waits_for_the_operator() -> None:
    api = Api(ApiError("forbidden", 403, {}))
    assert grown(of(SINGLE, "20Gi"), "Redis", api) == "PersistentVolumeClaim cache-cache-0 does not ask for 20Gi yet"


def test_another_refusal_is_told() -> None:
    with pytest.raises(ApiError, match="^only dynamically provisioned"):
        grown(of(SINGLE, "20Gi"), "Redis", Api(ApiError("only dynamically provisioned pvc can be resized", 422, {})))


def seen(was: Layout, *, kept: Layout | None = None) -> Any:
    """The StatefulSets of a layout, and the claims of a larger one that was there before."""
    statefulsets = {one.statefulset: {"spec": {"replicas": one.replicas}} for one in was.redis}
    names = [name for one in (kept or was).redis for number in range(one.replicas) for name in one.claims_of(number)]
    return SimpleNamespace(statefulsets=statefulsets, claims=dict.fromkeys(names))


def test_what_a_smaller_cluster_left_is_named() -> None:
    big, small = plan("cluster", numShards=4, replicasPerShard=1), plan("cluster", numShards=3, replicasPerShard=1)
    assert left_over(big, seen(small, kept=big)) == [
        "cache-leader-cache-leader-3",
        "node-conf-cache-leader-3",
        "cache-follower-cache-follower-3",
        "node-conf-cache-follower-3",
    ]


@given(*(st.integers(3, 5) for _n in range(3)), st.integers(0, 2))
def test_only_what_comes_back_and_was_left_is_named(was, kept, wanted, replicas) -> None:
    layouts = {shards: plan("cluster", numShards=shards, replicasPerShard=replicas) for shards in (was, kept, wanted)}
    named = left_over(layouts[wanted], seen(layouts[was], kept=layouts[max(was, kept)]))
    coming = min(wanted, max(was, kept)) - was
    assert len(named) == 2 * max(coming, 0) * (1 + replicas)
    running = {name for one in layouts[was].redis for at in range(one.replicas) for name in one.claims_of(at)}
    assert not running & set(named), "never the volume of a pod that is there"


def test_a_cluster_that_was_taken_down_finds_all_of_its_volumes() -> None:
    """They know each other: without StatefulSets nothing is left over."""
    whole = plan("cluster", numShards=3, replicasPerShard=1)
    assert left_over(whole, SimpleNamespace(statefulsets={}, claims=seen(whole).claims)) == []


def test_a_replica_that_comes_back_copies_anew() -> None:
    big, small = plan("sentinel", replica={"count": 3}), plan("sentinel", replica={"count": 1})
    assert left_over(big, seen(small, kept=big)) == []


@pytest.mark.parametrize("force", [False, True])
def test_they_are_refused_unless_they_may_be_deleted(force) -> None:
    big, small = plan("cluster", numShards=4, replicasPerShard=0), plan("cluster", numShards=3, replicasPerShard=0)
    instance = SimpleNamespace(namespace="apps", name="cache")
    case = SimpleNamespace(instance=instance, layout=big, seen=seen(small, kept=big), force=force)
    found = [finding.text for finding in leftovers(case)]  # type: ignore[arg-type]
    assert found == (
        []
        if force
        else [
            "deployment.config: the cluster is to grow, and PersistentVolumeClaims cache-leader-cache-leader-3, "
            "node-conf-cache-leader-3 in namespace apps are left from when it was larger; what is on them is out of "
            "date and keeps the new pods from joining; delete them, or let redis_force=true (force: true) do it"
        ]
    )
