"""The traps of the operator that only a cluster has: avoided, or refused by name."""

from __future__ import annotations

import pytest

from .made import CLUSTER, shaped_objects
from .traps import pods, refused, spec


@pytest.mark.parametrize("shards", [3, 4, 100])
@pytest.mark.parametrize("replicas", range(6))
def test_followers_are_none_or_at_least_as_many_as_leaders(shards: int, replicas: int) -> None:
    found = spec("cluster", {"deployment": {"config": {"numShards": shards, "replicasPerShard": replicas}}})
    leaders, followers = found["redisLeader"]["replicas"], found["redisFollower"]["replicas"]
    assert found["clusterSize"] == leaders == shards
    assert followers == shards * replicas
    assert followers == 0 or followers >= leaders


@pytest.mark.parametrize("shards", [0, 1, 2])
def test_less_than_three_shards_are_refused(shards: int) -> None:
    path = "deployment.config.numShards"
    assert refused({"deployment": {"mode": "cluster", "config": {"numShards": shards}}}, CLUSTER) == {path}


@pytest.mark.parametrize("persistent", [True, False])
def test_nodes_conf_has_a_volume_with_and_without_persistence(persistent: bool) -> None:
    found = spec("cluster", {"persistence": {"enabled": persistent}})
    assert found["persistenceEnabled"] is persistent
    assert found["storage"]["nodeConfVolume"] is True
    assert found["storage"]["nodeConfVolumeClaimTemplate"]["spec"]["resources"] == {"requests": {"storage": "1Gi"}}


def test_a_cluster_has_its_configuration_where_the_operator_reads_it() -> None:
    found = spec("cluster")
    assert found["redisConfig"] == {"maxMemoryPercentOfLimit": 76}
    for role in ("redisLeader", "redisFollower"):
        assert found[role]["redisConfig"] == {"additionalRedisConfig": "cache-config"}


@pytest.mark.parametrize("version", ["7.0.15", "7.4.1", "8.0.2"])
def test_the_cluster_version_is_the_word_that_the_operator_knows(version: str) -> None:
    found = shaped_objects("cluster", {}, {"version": version})["RedisCluster cache"]["spec"]
    assert found["clusterVersion"] == "v7"


def test_anti_affinity_of_a_cluster_is_over_both_roles() -> None:
    members = {"cluster": "cache", "redis_setup_type": "cluster"}
    for each in pods("cluster", {"antiAffinity": "required"}):
        (term,) = each["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert term["labelSelector"] == {"matchLabels": members}


def test_settings_of_a_cluster_that_count_in_its_roles_only_are_there() -> None:
    found = spec("cluster", {"nodeSelector": {"a": "b"}, "tolerations": [{"operator": "Exists"}]})
    assert not {"affinity", "nodeSelector", "tolerations", "securityContext", "livenessProbe", "resources"} & set(found)
