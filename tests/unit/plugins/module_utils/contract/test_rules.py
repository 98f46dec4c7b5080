"""Rules across fields: what refuses, what only warns, and what is none of their business."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve

TOKEN = "correct-horse-battery"
LATER = "is not in this release"


def read(flavour: dict[str, Any], root: dict[str, Any] | None = None) -> Resolution:
    return resolve(flavour, root, name="cache", namespace="apps")


def lines(problems: Any) -> list[str]:
    """The problems, without those that only this release has."""
    return [str(problem) for problem in problems if LATER not in problem.message]


def sentinel(**config: Any) -> dict[str, Any]:
    return {"deployment": {"mode": "sentinel", "config": config}}


def memory(request: str | None = None, limit: str | None = None) -> dict[str, Any]:
    given = {"requests": request, "limits": limit}
    return {"resources": {name: {"memory": value} for name, value in given.items() if value}}


ERRORS: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    ({"deployment": {"mode": "cluster"}}, {}, "deployment.mode: cluster needs clusterModeEnabled: true in the root"),
    ({}, {"clusterModeEnabled": True}, "clusterModeEnabled: true needs deployment.mode cluster; it is standalone"),
    (
        sentinel(),
        {"clusterModeEnabled": True},
        "clusterModeEnabled: true needs deployment.mode cluster; it is sentinel",
    ),
    ({"sentinel": {"enabled": True}}, {}, "sentinel.enabled: true disagrees with deployment.mode: standalone"),
    (
        sentinel(sentinel={"enabled": False}),
        {},
        "deployment.config.sentinel.enabled: false disagrees with deployment.mode: sentinel",
    ),
    (
        sentinel(replicaCount=0),
        {},
        "deployment.config.replicaCount: 0 leaves nothing to fail over to; allowed in mode sentinel: 1 to 5",
    ),
    (
        sentinel(sentinel={"replicas": 3, "quorum": 4}),
        {},
        "deployment.config.sentinel.quorum: 4 is more than there are sentinels; allowed: at most 3",
    ),
    (
        {"master": memory("2Gi", "1Gi")},
        {},
        "master.resources.limits.memory: '1Gi' is below the request; allowed: at least 2Gi",
    ),
    (
        {"master": memory("1025Mi", "1Gi")},
        {},
        "master.resources.limits.memory: '1Gi' is below the request; allowed: at least 1025Mi",
    ),
    (
        {"resources": {"requests": {"cpu": 1.5}, "limits": {"cpu": "1400m"}}},
        {},
        "resources.limits.cpu: '1400m' is below the request; allowed: at least 1.5",
    ),
    (
        sentinel(sentinel=memory("512Mi", "256Mi")),
        {},
        "deployment.config.sentinel.resources.limits.memory: '256Mi' is below the request; allowed: at least 512Mi",
    ),
    (
        {"backup": {"enabled": True}},
        {},
        "backup.s3Bucket: is missing; backup.enabled: true needs the name of an S3 bucket",
    ),
    (
        {"metrics": {"serviceMonitor": {"enabled": True}}},
        {},
        "metrics.serviceMonitor.enabled: true needs metrics.enabled: true",
    ),
    (
        {},
        {"authentication": {"enabled": True}},
        "authentication.authToken: is missing; authentication.enabled: true needs it, "
        "or authentication.existingSecret.name",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": TOKEN, "existingSecret": {"name": "auth"}}},
        "authentication.existingSecret.name: names a Secret beside authentication.authToken; keep one of the two",
    ),
    (
        {},
        {"discovery": {"endpoint": "a.example", "primary": "b.example"}},
        "discovery.endpoint: is given beside primary and reader; keep endpoint, or primary and reader",
    ),
    ({}, {"discovery": {"reader": "b.example"}}, "discovery.primary: is missing; discovery.reader needs it"),
    (
        {**sentinel(replicaCount=2), "podDisruptionBudget": {"minAvailable": 3}},
        {},
        "podDisruptionBudget.minAvailable: 3 of 3 pods would block every node drain; allowed: 1 to 2",
    ),
    (
        {"deployment": {"mode": "cluster"}, "podDisruptionBudget": {"minAvailable": 7}},
        {"clusterModeEnabled": True},
        "podDisruptionBudget.minAvailable: 7 of 6 pods would block every node drain; allowed: 1 to 5",
    ),
    (
        {"updateStrategy": {"type": "OnDelete"}},
        {},
        "updateStrategy.type: OnDelete does not work: the operator stops working on an instance until all of its pods "
        "are of the new revision; allowed: RollingUpdate",
    ),
    (
        {"securityContext": {"runAsUser": 0}},
        {},
        "securityContext.runAsUser: 0 is root; allowed with runAsNonRoot: true: 1 and up",
    ),
    (
        {"tolerations": [{"key": "spot", "operator": "Exists", "value": "yes"}]},
        {},
        "tolerations[0].value: is not allowed with operator Exists",
    ),
    (
        {"tolerations": [{"operator": "Exists"}, {"effect": "NoSchedule"}]},
        {},
        "tolerations[1].key: is missing; allowed without a key: operator Exists",
    ),
    (
        {"tolerations": [{"key": "spot", "effect": "NoSchedule", "tolerationSeconds": 60}]},
        {},
        "tolerations[0].tolerationSeconds: needs effect NoExecute",
    ),
)


@pytest.mark.parametrize(("flavour", "root", "line"), ERRORS)
def test_refusal(flavour: dict[str, Any], root: dict[str, Any], line: str) -> None:
    resolution = read(flavour, root)
    assert lines(resolution.errors) == [line]
    assert resolution.instance is None


NO_EFFECT = "has no effect"
WARNINGS: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    (
        {"sentinel": {"quorum": 3, "replicas": 5}},
        {},
        f"sentinel.quorum: {NO_EFFECT} in mode standalone; it belongs to mode sentinel",
    ),
    (
        {"sentinelImage": "sentinel:v7.0.15"},
        {},
        f"sentinelImage: {NO_EFFECT} in mode standalone; it belongs to mode sentinel",
    ),
    (
        {"cluster": {"numShards": 6}},
        {},
        f"cluster.numShards: {NO_EFFECT} in mode standalone; it belongs to mode cluster",
    ),
    (
        {"replica": memory(limit="4Gi")},
        {},
        f"replica.resources.limits.memory: {NO_EFFECT} in mode standalone; it belongs to mode sentinel and cluster",
    ),
    (
        {"deployment": {"mode": "cluster", "config": {"replicaCount": 2}}},
        {"clusterModeEnabled": True},
        f"deployment.config.replicaCount: {NO_EFFECT} in mode cluster; it belongs to mode standalone and sentinel",
    ),
    ({"backup": {"retention": 30}}, {}, f"backup.retention: {NO_EFFECT} while backup.enabled is false"),
    (
        {"networkPolicy": {"allowedNamespaces": ["apps"]}},
        {},
        f"networkPolicy.allowedNamespaces: {NO_EFFECT} while networkPolicy.enabled is false",
    ),
    (
        {"metrics": {"enabled": True, "serviceMonitor": {"interval": "10s"}}},
        {},
        f"metrics.serviceMonitor.interval: {NO_EFFECT} while metrics.serviceMonitor.enabled is false",
    ),
    ({"metrics": {"image": "exporter:v1"}}, {}, f"metrics.image: {NO_EFFECT} while metrics.enabled is false"),
    (
        {},
        {"authentication": {"authToken": TOKEN}},
        f"authentication.authToken: {NO_EFFECT} while authentication.enabled is false",
    ),
    (
        {"persistence": {"aof": {"fsyncPolicy": "always"}}},
        {},
        f"persistence.aof.fsyncPolicy: {NO_EFFECT} while persistence.aof.enabled is false",
    ),
    ({"antiAffinity": "required"}, {}, f"antiAffinity: {NO_EFFECT}: there is a single Redis pod"),
    (
        {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}]},
        {},
        f"topologySpreadConstraints: {NO_EFFECT}: there is a single Redis pod",
    ),
    (
        {"podDisruptionBudget": {"enabled": True}},
        {},
        f"podDisruptionBudget.enabled: {NO_EFFECT}: a budget for a single Redis pod would block every drain",
    ),
    (
        {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 2}}},
        {},
        f"updateStrategy.rollingUpdate.maxUnavailable: 2 {NO_EFFECT}: pods are replaced one by one",
    ),
    (
        sentinel(sentinel={"replicas": 5, "quorum": 2}),
        {},
        "deployment.config.sentinel.quorum: 2 is below a majority of the sentinels (3)",
    ),
    (
        {"replicaCount": 1},
        {},
        "replicaCount: replicas in mode standalone do not fail over; mode sentinel does",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": "short"}},
        "authentication.authToken: <hidden> is short; 16 characters or more are hard to guess",
    ),
    (
        {},
        {"authentication": {"enabled": True, "authToken": "${REDIS_PASSWORD}"}},
        "authentication.authToken: <hidden> looks like a placeholder that nothing has filled in",
    ),
    (
        {"persistence": {"rdb": {"enabled": False}}},
        {},
        "persistence.enabled: true, but nothing is written: persistence.rdb and persistence.aof are both off",
    ),
    (
        {"persistence": {"enabled": False, "aof": {"enabled": True}}},
        {},
        f"persistence.aof.enabled: {NO_EFFECT} while persistence.enabled is false",
    ),
    (
        {"persistence": {"size": "1Gi"}},
        {},
        "persistence.size: 1Gi is less than the memory limit 2Gi: a full dataset does not fit",
    ),
    (
        {"additionalConfig": {"maxmemory": "2gb"}},
        {},
        "additionalConfig.maxmemory: 2gb is too much; the container is killed at its memory limit, 2Gi",
    ),
    (
        {"additionalConfig": {"maxmemory": 0}},
        {},
        "additionalConfig.maxmemory: 0 means no limit; the container is killed at its memory limit, 2Gi",
    ),
    (
        {"service": {"type": "LoadBalancer"}},
        {},
        "service.type: LoadBalancer without authentication.enabled: whoever reaches it can read and write",
    ),
    (
        {"networkPolicy": {"enabled": True, "allowedNamespaces": ["apps"]}, "service": {"type": "NodePort"}},
        {"authentication": {"enabled": True, "authToken": TOKEN}},
        "service.type: NodePort traffic from outside the cluster is blocked by networkPolicy.enabled",
    ),
    (
        {"networkPolicy": {"enabled": True}},
        {},
        "networkPolicy.allowedNamespaces: is empty: no client can connect; list the namespaces that may",
    ),
    (
        {"image": "registry:5000/redis"},
        {},
        "image: 'registry:5000/redis' has no fixed tag: pods may run different releases",
    ),
    ({"image": "redis:latest"}, {}, "image: 'redis:latest' has no fixed tag: pods may run different releases"),
    ({}, {"version": "7.2"}, "version: '7.2' has no patch number; image tags do, such as v7.0.15"),
    (
        {"additionalConfig": {"search-threads": 4}},
        {"version": "8.0.2"},
        "additionalConfig.search-threads: is not a directive known here; if Redis does not know it, it will not start",
    ),
)


@pytest.mark.parametrize(("flavour", "root", "line"), WARNINGS)
def test_warning(flavour: dict[str, Any], root: dict[str, Any], line: str) -> None:
    resolution = read(flavour, root)
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == [line]
    assert lines(resolution.refused(strict=True)) == [line]
    assert lines(resolution.refused()) == []


SILENT: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"persistence": {"enabled": False}}, {}),
    ({"persistence": {"enabled": False, "size": "5Gi", "rdb": {"saveInterval": "60 1"}}}, {}),
    ({"backup": {"enabled": False, "retention": 30}}, {}),
    ({"podDisruptionBudget": {"enabled": False, "minAvailable": 2}}, {}),
    ({"antiAffinity": "soft", "updateStrategy": {"type": "RollingUpdate"}}, {}),
    ({"master": memory("2Gi", "2048Mi")}, {}),
    ({"additionalConfig": {"maxmemory": "1gb", "maxmemory-policy": "allkeys-lru"}}, {}),
    ({"image": "redis@sha256:" + "0" * 64}, {}),
    ({"image": "registry:5000/team/redis:7.0.15"}, {"version": "7"}),
    ({}, {"authentication": {"enabled": True, "existingSecret": {"name": "auth"}}}),
    ({}, {"authentication": {"enabled": False, "authToken": TOKEN}}),
    ({}, {"discovery": {"primary": "redis.example:6379", "reader": "redis-ro.example"}}),
    ({"tolerations": [{"operator": "Exists"}, {"key": "a", "value": "b", "effect": "NoSchedule"}]}, {}),
    ({"additionalConfig": {"locale-collate": ""}}, {"version": "7.2.6"}),
    (sentinel(replicaCount=2, sentinel={"enabled": True, "replicas": 5, "quorum": 3}), {}),
    ({"deployment": {"mode": "cluster"}, "podDisruptionBudget": {"minAvailable": 4}}, {"clusterModeEnabled": True}),
)


@pytest.mark.parametrize(("flavour", "root"), SILENT)
def test_nothing_to_say(flavour: dict[str, Any], root: dict[str, Any]) -> None:
    resolution = read(flavour, root)
    assert lines((*resolution.errors, *resolution.warnings)) == []


@pytest.mark.parametrize(
    ("flavour", "root", "line"),
    [
        (sentinel(), {}, "deployment.mode: 'sentinel' is not in this release; available: standalone"),
        (
            {"deploymentMode": "cluster"},
            {"clusterModeEnabled": True},
            "deploymentMode: 'cluster' is not in this release; available: standalone",
        ),
        ({"replica": {"count": 2}}, {}, "replica.count: 2 is not in this release; available: 0"),
        (
            {"backup": {"enabled": True, "s3Bucket": "backups"}},
            {},
            "backup.enabled: true is not in this release; available: false",
        ),
        (
            {"additionalConfig": {"tls-port": 6379, "port": 0}},
            {},
            "additionalConfig.tls-port: TLS is not in this release; available: plain connections on port 6379",
        ),
        (
            {"additionalConfig": {"port": 6380}},
            {},
            "additionalConfig.port: TLS is not in this release; available: plain connections on port 6379",
        ),
    ],
)
def test_not_in_this_release(flavour: dict[str, Any], root: dict[str, Any], line: str) -> None:
    assert [str(problem) for problem in read(flavour, root).errors] == [line]


def test_rules_leave_broken_fields_alone() -> None:
    flavour = {"deployment": {"mode": "sentinell"}, "sentinel": {"enabled": True}, "master": memory("lots", "1Mi")}
    assert [problem.path for problem in read(flavour).errors] == ["deployment.mode", "master.resources.requests.memory"]
