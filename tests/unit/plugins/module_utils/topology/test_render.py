"""The list of objects: which, in which order, and what all of them share."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests
from ansible_collections.eks.redis.plugins.module_utils.topology.startup import init_container

from ..contract.strategies import accepted
from .made import PASSWORD, TOKEN, instance, objects

EVERYTHING = {
    "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
    "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]},
    "service": {"type": "LoadBalancer"},
}
RESTRICTED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def test_smallest() -> None:
    assert list(objects()) == ["Namespace apps", "ConfigMap cache-config", "Redis cache"]


def test_everything_in_apply_order() -> None:
    assert list(objects(EVERYTHING, PASSWORD)) == [
        "Namespace apps",
        "Secret cache-auth",
        "ConfigMap cache-config",
        "Service cache-client",
        "Service cache-exporter",
        "ServiceMonitor apps.cache",
        "NetworkPolicy cache",
        "NetworkPolicy cache-job-pods",
        "Redis cache",
    ]


def test_namespace_is_nothing_but_a_name() -> None:
    assert objects()["Namespace apps"] == {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "apps"}}


def test_labels() -> None:
    for each in manifests(instance(EVERYTHING, PASSWORD, {"team": "shop"}))[1:]:
        component = each["metadata"]["labels"].pop("app.kubernetes.io/component")
        assert component in {"auth", "config", "client", "exporter", "monitor", "network-policy", "redis"}
        assert each["metadata"]["labels"] == {
            "team": "shop",
            "app.kubernetes.io/name": "redis",
            "app.kubernetes.io/instance": "cache",
            "app.kubernetes.io/part-of": "cache",
            "app.kubernetes.io/managed-by": "eks.redis",
        }


def test_labels_of_the_custom_resource_do_not_depend_on_the_flavour() -> None:
    assert objects()["Redis cache"]["metadata"]["labels"] == objects(EVERYTHING)["Redis cache"]["metadata"]["labels"]


def test_custom_resource() -> None:
    redis = objects()["Redis cache"]
    annotations = redis["metadata"].pop("annotations")
    assert list(annotations) == ["checksum/config"]
    assert redis["apiVersion"] == "redis.redis.opstreelabs.in/v1beta2"
    assert redis["spec"] == {
        "kubernetesConfig": {
            "image": "quay.io/opstree/redis:v7.0.15",
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "1", "memory": "2Gi"}},
            "updateStrategy": {"type": "RollingUpdate"},
            "service": {"serviceType": "ClusterIP", "additional": {"enabled": False}},
            "ignoreAnnotations": [
                "eks.redis/touch",
                "redis.opstreelabs.in/recreate-statefulset",
                "redis.opstreelabs.in/recreate-statefulset-strategy",
            ],
        },
        "redisConfig": {"additionalRedisConfig": "cache-config", "maxMemoryPercentOfLimit": 76},
        "podSecurityContext": {
            "runAsNonRoot": True,
            "runAsUser": 1000,
            "fsGroup": 1000,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "securityContext": RESTRICTED,
        "initContainer": init_container(instance(), instance().flavour.master.resources),
        "serviceAccountName": "default",
        "livenessProbe": {"initialDelaySeconds": 15, "periodSeconds": 15, "timeoutSeconds": 5, "failureThreshold": 24},
        "readinessProbe": {"periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3},
        "terminationGracePeriodSeconds": 90,
        "storage": {
            "keepAfterDelete": True,
            "volumeClaimTemplate": {
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
            },
        },
    }


def test_without_persistence_there_is_no_storage_at_all() -> None:
    assert "storage" not in objects({"persistence": {"enabled": False}})["Redis cache"]["spec"]


def test_own_maxmemory_replaces_the_percentage() -> None:
    spec = objects({"additionalConfig": {"maxmemory": "1gb"}})["Redis cache"]["spec"]
    assert spec["redisConfig"] == {"additionalRedisConfig": "cache-config"}


@pytest.mark.parametrize(("limit", "failures", "grace"), [("512Mi", 22, 75), ("2Gi", 24, 90), ("64Gi", 148, 1020)])
def test_big_datasets_get_time(limit: str, failures: int, grace: int) -> None:
    spec = objects({"master": {"resources": {"limits": {"memory": limit}}}})["Redis cache"]["spec"]
    assert (spec["livenessProbe"]["failureThreshold"], spec["terminationGracePeriodSeconds"]) == (failures, grace)


def test_password() -> None:
    found = objects({}, PASSWORD)
    assert found["Secret cache-auth"]["type"] == "Opaque"
    assert b64decode(found["Secret cache-auth"]["data"]["password"]).decode() == TOKEN
    kubernetes = found["Redis cache"]["spec"]["kubernetesConfig"]
    assert kubernetes["redisSecret"] == {"name": "cache-auth", "key": "password"}


def test_existing_secret() -> None:
    found = objects({}, {"authentication": {"enabled": True, "existingSecret": {"name": "mine", "key": "pw"}}})
    assert "Secret cache-auth" not in found
    assert found["Redis cache"]["spec"]["kubernetesConfig"]["redisSecret"] == {"name": "mine", "key": "pw"}
    assert list(found["Redis cache"]["metadata"]["annotations"]) == ["checksum/config"]


def test_password_switched_off() -> None:
    found = objects({}, {"authentication": {"enabled": False, "authToken": TOKEN}})
    assert found == objects()


def test_checksums_follow_the_content() -> None:
    def annotations(flavour: dict[str, Any], token: str) -> dict[str, str]:
        root = {"authentication": {"enabled": True, "authToken": token}}
        found: dict[str, str] = objects(flavour, root)["Redis cache"]["metadata"]["annotations"]
        return found

    first = annotations({}, TOKEN)
    assert annotations({}, TOKEN) == first
    assert annotations({"image": "redis:7.2.6"}, TOKEN) == first
    assert annotations({"additionalConfig": {"hz": 20}}, TOKEN)["checksum/config"] != first["checksum/config"]
    assert annotations({}, TOKEN + "2")["checksum/auth"] != first["checksum/auth"]
    assert len(first["checksum/auth"]) == 8


def test_client_service() -> None:
    service = objects({"service": {"type": "LoadBalancer", "annotations": {"a": "b"}}})["Service cache-client"]
    assert service["metadata"]["annotations"] == {"a": "b"}
    assert service["spec"] == {
        "type": "LoadBalancer",
        "selector": {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"},
        "ports": [{"name": "redis-client", "port": 6379, "targetPort": 6379, "protocol": "TCP"}],
    }


def test_exporter_and_monitor_find_each_other() -> None:
    found = objects(EVERYTHING)
    exporter, monitor = found["Service cache-exporter"], found["ServiceMonitor apps.cache"]
    wanted = monitor["spec"]["selector"]["matchLabels"]
    matching = [
        name
        for name, each in found.items()
        if each["kind"] == "Service" and wanted.items() <= each["metadata"]["labels"].items()
    ]
    assert matching == ["Service cache-exporter"]
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["apps"]}
    assert monitor["spec"]["endpoints"][0]["port"] == exporter["spec"]["ports"][0]["name"]
    assert exporter["spec"]["ports"][0]["port"] == 9121
    assert found["Redis cache"]["spec"]["redisExporter"]["securityContext"] == RESTRICTED


def rule(peers: list[dict[str, Any]], port: int) -> dict[str, Any]:
    return {"from": peers, "ports": [{"protocol": "TCP", "port": port}]}


def namespace(name: str) -> list[dict[str, Any]]:
    names = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": [name]}
    return [{"namespaceSelector": {"matchExpressions": [names]}}]


JOBS = [
    {"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": component}}}
    for component in ("backup", "restore", "migration")
]


def test_network_policy() -> None:
    assert objects(EVERYTHING)["NetworkPolicy cache"]["spec"] == {
        "podSelector": {"matchLabels": {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"}},
        "policyTypes": ["Ingress"],
        "ingress": [rule(namespace("web"), 6379), rule(JOBS, 6379), rule(namespace("monitoring"), 9121)],
    }


def test_network_policy_that_lets_no_client_in() -> None:
    assert objects({"networkPolicy": {"enabled": True}})["NetworkPolicy cache"]["spec"]["ingress"] == [rule(JOBS, 6379)]


@given(accepted())
def test_what_is_accepted_renders_and_renders_alike(documents: tuple[dict[str, Any], dict[str, Any]]) -> None:
    flavour, root = documents[0], {**documents[1], **PASSWORD}
    first = resolve(flavour, root, name="cache", namespace="apps").instance
    second = resolve(json.loads(json.dumps(flavour)), root, name="cache", namespace="apps").instance
    assert first is not None
    assert second is not None
    text = json.dumps(manifests(first))
    assert json.dumps(manifests(second)) == text
    assert TOKEN not in text
    names = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in manifests(first)]
    assert len(set(names)) == len(names)
