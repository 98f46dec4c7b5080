"""All spellings of a field mean the same, alone and beside each other."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve

SENTINEL = {"deployment": {"mode": "sentinel"}}
COUNT = "deployment.config.replica.count"


def read(flavour: dict[str, Any], root: dict[str, Any] | None = None) -> Resolution:
    return resolve(flavour, root, name="cache", namespace="apps")


def disagreements(resolution: Resolution) -> list[str]:
    return [str(problem) for problem in resolution.errors if "disagrees" in problem.message]


@pytest.mark.parametrize(
    "flavour",
    [
        {"persistence": {"size": "20Gi", "storageClass": "gp3"}},
        {"storage": {"storageSize": "20Gi", "storageClassName": "gp3"}},
        {"persistence": {"size": "20Gi"}, "storage": {"storageClassName": "gp3"}},
        {"deployment": {"config": {"persistence": {"size": "20Gi", "storageClass": "gp3"}}}},
        {"deployment": {"config": {"storage": {"storageSize": "20Gi", "storageClassName": "gp3"}}}},
        {"persistence": {"size": "20Gi", "storageClass": "gp3"}, "storage": {"storageSize": "20480Mi"}},
    ],
)
def test_storage(flavour: dict[str, Any]) -> None:
    instance = read(flavour).instance
    assert instance is not None
    assert (instance.flavour.persistence.size, instance.flavour.persistence.storage_class) == ("20Gi", "gp3")


@pytest.mark.parametrize(
    "flavour",
    [
        {"master": {"resources": {"limits": {"cpu": "2"}}}},
        {"resources": {"limits": {"cpu": "2"}}},
        {"resources": {"limits": {"cpu": 2}}},
        {"deployment": {"config": {"resources": {"limits": {"cpu": "2"}}}}},
        {"resources": {"limits": {"cpu": "2"}}, "master": {"resources": {"limits": {"cpu": "2000m"}}}},
    ],
)
def test_resources_of_both_roles(flavour: dict[str, Any]) -> None:
    instance = read(flavour).instance
    assert instance is not None
    assert instance.flavour.master.resources.limits.cpu == "2"
    assert instance.flavour.deployment.config.replica.resources.limits.cpu == "2"


@pytest.mark.parametrize(
    ("first", "second", "line"),
    [
        (
            {"replicaCount": 2},
            {"replica": {"count": 3}},
            "replica.count: 3 disagrees with replicaCount: 2; keep one of the two",
        ),
        (
            {"replicaCount": 2},
            {"sentinel": {"replicationSize": 2}},
            "sentinel.replicationSize: 2 (the master counts too) disagrees with replicaCount: 2; keep one of the two",
        ),
        (
            {"sentinel": {"replicationSize": 3}},
            {"replicaCount": 3},
            "replicaCount: 3 disagrees with sentinel.replicationSize: 3 (the master counts too); keep one of the two",
        ),
        (
            {"persistence": {"size": "10Gi"}},
            {"storage": {"storageSize": "20Gi"}},
            "storage.storageSize: '20Gi' disagrees with persistence.size: '10Gi'; keep one of the two",
        ),
        (
            {"deploymentMode": "standalone"},
            {"deployment": {"mode": "cluster"}},
            "deployment.mode: 'cluster' disagrees with deploymentMode: 'standalone'; keep one of the two",
        ),
        (
            {"cluster": {"numShards": 3}},
            {"cluster": {"numShards": 3, "clusterSize": 4}},
            "cluster.clusterSize: 4 disagrees with cluster.numShards: 3; keep one of the two",
        ),
        (
            {"resources": {"limits": {"memory": "4Gi"}}},
            {"master": {"resources": {"limits": {"memory": "8Gi"}}}},
            "master.resources.limits.memory: '8Gi' disagrees with resources.limits.memory: '4Gi'; keep one of the two",
        ),
        (
            {"antiAffinity": "soft"},
            {"deployment": {"config": {"antiAffinity": "required"}}},
            "deployment.config.antiAffinity: 'required' disagrees with antiAffinity: 'soft'; keep one of the two",
        ),
    ],
)
def test_spellings_that_disagree(first: dict[str, Any], second: dict[str, Any], line: str) -> None:
    assert disagreements(read({**first, **second})) == [line]


def test_versions_that_disagree() -> None:
    (line,) = disagreements(read({}, {"version": "7.0.15", "redisVersion": "7.2.6"}))
    assert line == "redisVersion: '7.2.6' disagrees with version: '7.0.15'; keep one of the two"
    (line,) = disagreements(read({}, {"version": "7", "redisVersion": "7.0"}))
    assert line == "redisVersion: '7.0' disagrees with version: '7'; keep one of the two"


@pytest.mark.parametrize(
    "flavour",
    [
        {"replicaCount": 0},
        {"replica": {"count": 0}},
        {"sentinel": {"replicationSize": 1}},
        {"deployment": {"config": {"replicaCount": 0}}},
        {"deployment": {"config": {"replica": {"count": 0}}}},
        {"deploymentMode": "standalone"},
        {"deployment": {"config": {"deploymentMode": "standalone"}}},
        {"sentinel": {"enabled": False}},
    ],
)
def test_spellings_of_the_default(flavour: dict[str, Any]) -> None:
    smallest = read({}).instance
    assert read(flavour).instance == smallest
    assert smallest is not None


@pytest.mark.parametrize(
    ("flavour", "line"),
    [
        ({"persistance": {}}, "persistance: unknown key; did you mean persistence?"),
        ({"Persistence": {}}, "Persistence: unknown key; did you mean persistence?"),
        (
            {"persistence": {"storageclass": "gp3"}},
            "persistence.storageclass: unknown key; did you mean persistence.storageClass?",
        ),
        (
            {"persistence": {"storageSize": "1Gi"}},
            "persistence.storageSize: unknown key; there is persistence.size; "
            "known here: aof, enabled, rdb, size, storageClass",
        ),
        ({"network_policy": {}}, "network_policy: unknown key; did you mean networkPolicy?"),
        (
            {"deployment": {"replicaCount": 1}},
            "deployment.replicaCount: unknown key; there is deployment.config.replica.count; known here: config, mode",
        ),
        (
            {"deployment": {"config": {"replicacount": 1}}},
            "deployment.config.replicacount: unknown key; did you mean deployment.config.replicaCount?",
        ),
        (
            {"master": {"replicas": 1}},
            "master.replicas: unknown key; there is deployment.config.sentinel.replicas; known here: resources",
        ),
        (
            {"metrics": {"serviceMonitor": {"intervall": "30s"}}},
            "metrics.serviceMonitor.intervall: unknown key; did you mean metrics.serviceMonitor.interval?",
        ),
        ({"version": "7.0.15"}, "version: belongs into the root, not here"),
        ({"authentication": {"enabled": True}}, "authentication: belongs into the root, not here"),
    ],
)
def test_unknown_key(flavour: dict[str, Any], line: str) -> None:
    assert [str(problem) for problem in read(flavour).errors] == [line]


def test_flavour_key_in_the_root() -> None:
    assert [str(problem) for problem in read({}, {"persistence": {}}).errors] == [
        "persistence: belongs into the flavour, not here"
    ]


def test_unknown_key_unlike_any_lists_the_known_ones() -> None:
    (problem,) = read({"podDisruptionBudget": {"wibble": 1}}).errors
    assert str(problem) == "podDisruptionBudget.wibble: unknown key; known here: enabled, minAvailable"
