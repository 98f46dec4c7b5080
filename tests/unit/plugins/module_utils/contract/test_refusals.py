"""Rules across fields that refuse."""

from __future__ import annotations

from typing import Any

import pytest

from .ruled import TOKEN, lines, memory, read, sentinel

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


def test_rules_leave_broken_fields_alone() -> None:
    flavour = {"deployment": {"mode": "sentinell"}, "sentinel": {"enabled": True}, "master": memory("lots", "1Mi")}
    assert [problem.path for problem in read(flavour).errors] == ["deployment.mode", "master.resources.requests.memory"]
