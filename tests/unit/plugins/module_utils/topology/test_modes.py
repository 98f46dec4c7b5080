"""The list of objects in each mode, and what differs from mode to mode."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .made import PASSWORD, REDIS, SHAPES, TOKEN, shaped, shaped_objects
from .traps import EVERYTHING

ORDER = {
    "replicated": ["PodDisruptionBudget cache-pdb", "RedisReplication cache"],
    "sentinel": [
        "PodDisruptionBudget cache-pdb",
        "PodDisruptionBudget cache-sentinel-pdb",
        "RedisReplication cache",
        "RedisSentinel cache",
    ],
    "cluster": ["PodDisruptionBudget cache-pdb", "RedisCluster cache"],
}


@pytest.mark.parametrize("shape", ORDER)
def test_smallest_of_each_mode(shape: str) -> None:
    assert list(shaped_objects(shape)) == ["Namespace apps", "ConfigMap cache-config", *ORDER[shape]]


@pytest.mark.parametrize("shape", ORDER)
def test_everything_of_each_mode_in_apply_order(shape: str) -> None:
    sentinel = shape == "sentinel"
    assert list(shaped_objects(shape, EVERYTHING, PASSWORD)) == [
        "Namespace apps",
        "Secret cache-auth",
        "ConfigMap cache-config",
        "Service cache-client",
        "Service cache-exporter",
        *(["Service cache-sentinel-exporter"] if sentinel else []),
        "ServiceMonitor apps.cache",
        "NetworkPolicy cache",
        *(["NetworkPolicy cache-sentinel"] if sentinel else []),
        "NetworkPolicy cache-job-pods",
        *(name for name in ORDER[shape] if name.startswith("Pod")),
        "ServiceAccount cache-backup",
        "CronJob cache-backup",
        "CronJob cache-restore-test",
        "Service cache-exporter-backup",
        "Deployment cache-exporter-backup",
        *(name for name in ORDER[shape] if name.startswith("Redis")),
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_labels_in_every_mode_are_fixed_at_creation(shape: str) -> None:
    first, second = shaped_objects(shape), shaped_objects(shape, EVERYTHING, PASSWORD)
    for name, each in first.items():
        assert each["metadata"].get("labels") == second[name]["metadata"].get("labels")


@pytest.mark.parametrize("shape", SHAPES)
def test_same_input_same_bytes(shape: str) -> None:
    made = [json.dumps(manifests(shaped(shape, EVERYTHING, PASSWORD))) for _time in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_client_service_leads_to_who_takes_writes(shape: str) -> None:
    selectors = {
        "standalone": {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"},
        "replicated": {
            "app": "cache",
            "redis_setup_type": "replication",
            "role": "replication",
            "redis-role": "master",
        },
        "sentinel": {"app": "cache", "redis_setup_type": "replication", "role": "replication", "redis-role": "master"},
        "cluster": {"cluster": "cache", "redis_setup_type": "cluster"},
    }
    service = shaped_objects(shape, {"service": {"type": "NodePort"}})["Service cache-client"]
    assert service["spec"]["selector"] == selectors[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_change_of_the_configuration_rolls_the_redis_pods(shape: str) -> None:
    def sums(flavour: dict[str, Any], root: dict[str, Any] | None = None) -> list[dict[str, str]]:
        found = shaped_objects(shape, flavour, root).values()
        return [each["metadata"].get("annotations", {}) for each in found if "opstreelabs" in each["apiVersion"]]

    other = {"authentication": {"enabled": True, "authToken": TOKEN + "2"}}
    assert sums({})[0] != sums({"additionalConfig": {"hz": 20}})[0]
    assert all(one != two for one, two in zip(sums({}, PASSWORD), sums({}, other), strict=True))


@pytest.mark.parametrize("shape", ["replicated", "sentinel"])
def test_one_statefulset_gets_the_larger_of_each_amount(shape: str) -> None:
    master = {"requests": {"cpu": "100m", "memory": "3Gi"}, "limits": {"cpu": "1", "memory": "4Gi"}}
    replica = {"requests": {"cpu": "200m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
    flavour = {"master": {"resources": master}, "replica": {"resources": replica}}
    spec = shaped_objects(shape, flavour)[REDIS[shape]]["spec"]
    assert spec["kubernetesConfig"]["resources"] == {
        "requests": {"cpu": "200m", "memory": "3Gi"},
        "limits": {"cpu": "2", "memory": "4Gi"},
    }
    assert spec["terminationGracePeriodSeconds"] == 60 + 15 * 4


def test_a_cluster_gives_each_role_its_own() -> None:
    replica = {"resources": {"limits": {"memory": "4Gi"}}}
    spec = shaped_objects("cluster", {"replica": replica})["RedisCluster cache"]["spec"]
    assert spec["redisLeader"]["resources"]["limits"]["memory"] == "2Gi"
    assert spec["redisFollower"]["resources"]["limits"]["memory"] == "4Gi"
    assert spec["redisLeader"]["terminationGracePeriodSeconds"] == 60 + 15 * 2
    assert spec["redisFollower"]["terminationGracePeriodSeconds"] == 60 + 15 * 4
