"""Every field of a flavour has an effect on a real object, or says that it has none."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FLAVOUR
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

from .made import at, merged, nested, objects

REDIS = "Redis cache"
CONFIG = ("ConfigMap cache-config", "data", "redis-additional.conf")
CLIENT = "Service cache-client"
MONITOR = "ServiceMonitor apps.cache"
POLICY = "NetworkPolicy cache"
KUBERNETES = ("spec", "kubernetesConfig")
SECURITY = ("spec", "podSecurityContext")
METRICS = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}}
POLICED = {"networkPolicy": {"enabled": True}}
TOLERATION = {"key": "spot", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}
CLAIM = ("spec", "storage", "volumeClaimTemplate", "spec")

# field -> a value, what else must be set, the object and path at which it shows, and what shows there
EFFECTS: dict[str, tuple[Any, dict[str, Any], tuple[str | int, ...], Any]] = {
    "master.resources.requests.cpu": ("250m", {}, (REDIS, *KUBERNETES, "resources", "requests", "cpu"), "250m"),
    "master.resources.requests.memory": ("512Mi", {}, (REDIS, *KUBERNETES, "resources", "requests", "memory"), "512Mi"),
    "master.resources.limits.cpu": (4, {}, (REDIS, *KUBERNETES, "resources", "limits", "cpu"), "4"),
    "master.resources.limits.memory": ("8Gi", {}, (REDIS, *KUBERNETES, "resources", "limits", "memory"), "8Gi"),
    "persistence.storageClass": ("gp3", {}, (REDIS, *CLAIM, "storageClassName"), "gp3"),
    "persistence.size": ("50Gi", {}, (REDIS, *CLAIM, "resources", "requests", "storage"), "50Gi"),
    "service.type": ("NodePort", {}, (CLIENT, "spec", "type"), "NodePort"),
    "service.annotations": ({"a/b": "c"}, {}, (CLIENT, "metadata", "annotations"), {"a/b": "c"}),
    "metrics.enabled": (True, {}, (REDIS, "spec", "redisExporter", "enabled"), True),
    "metrics.image": ("exporter:v1", METRICS, (REDIS, "spec", "redisExporter", "image"), "exporter:v1"),
    "metrics.serviceMonitor.enabled": (True, METRICS, (MONITOR, "kind"), "ServiceMonitor"),
    "metrics.serviceMonitor.interval": ("10s", METRICS, (MONITOR, "spec", "endpoints", 0, "interval"), "10s"),
    "metrics.serviceMonitor.namespace": ("prometheus", METRICS, (MONITOR, "metadata", "namespace"), "prometheus"),
    "networkPolicy.enabled": (True, {}, (POLICY, "spec", "policyTypes"), ["Ingress"]),
    "networkPolicy.allowedNamespaces": (
        ["web", "api"],
        POLICED,
        (POLICY, "spec", "ingress", 0, "from", 0, "namespaceSelector", "matchExpressions", 0, "values"),
        ["api", "web"],
    ),
    "serviceAccount": ("redis", {}, (REDIS, "spec", "serviceAccountName"), "redis"),
    "nodeSelector": ({"spot": "no"}, {}, (REDIS, "spec", "nodeSelector"), {"spot": "no"}),
    "tolerations": ([TOLERATION], {}, (REDIS, "spec", "tolerations"), [TOLERATION]),
    "priorityClassName": ("high", {}, (REDIS, "spec", "priorityClassName"), "high"),
    "securityContext.runAsNonRoot": (False, {}, (REDIS, *SECURITY, "runAsNonRoot"), False),
    "securityContext.runAsUser": (999, {}, (REDIS, *SECURITY, "runAsUser"), 999),
    "securityContext.fsGroup": (999, {}, (REDIS, *SECURITY, "fsGroup"), 999),
    "image": ("redis:7.2.6", {}, (REDIS, *KUBERNETES, "image"), "redis:7.2.6"),
    "imagePullPolicy": ("Always", {}, (REDIS, *KUBERNETES, "imagePullPolicy"), "Always"),
    "imagePullSecrets": (["a", "b"], {}, (REDIS, *KUBERNETES, "imagePullSecrets"), [{"name": "a"}, {"name": "b"}]),
}
# field -> a value, what else must be set, a line of redis.conf that is there then and not otherwise
CONFIGURED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "persistence.enabled": (False, {}, "dir /etc/redis"),
    "persistence.rdb.saveInterval": ("3600 1 60 5", {}, "save 60 5"),
    "persistence.aof.enabled": (True, {}, "appendonly yes"),
    "persistence.aof.fsyncPolicy": ("always", {"persistence": {"aof": {"enabled": True}}}, "appendfsync always"),
    "additionalConfig": ({"maxmemory-policy": "allkeys-lru"}, {}, "maxmemory-policy allkeys-lru"),
}
# field -> a value for which a warning or an error names the field
SAID: dict[str, Any] = {
    "deployment.mode": "sentinel",
    "deployment.config.replica.count": 1,
    "deployment.config.replica.resources.requests.cpu": "1",
    "deployment.config.replica.resources.requests.memory": "1Gi",
    "deployment.config.replica.resources.limits.cpu": "1",
    "deployment.config.replica.resources.limits.memory": "1Gi",
    "deployment.config.sentinel.enabled": True,
    "deployment.config.sentinel.replicas": 5,
    "deployment.config.sentinel.quorum": 3,
    "deployment.config.sentinel.resources.requests.cpu": "100m",
    "deployment.config.sentinel.resources.requests.memory": "64Mi",
    "deployment.config.sentinel.resources.limits.cpu": "1",
    "deployment.config.sentinel.resources.limits.memory": "1Gi",
    "deployment.config.sentinel.downAfterMilliseconds": 10000,
    "deployment.config.sentinel.failoverTimeout": 10000,
    "deployment.config.sentinel.parallelSyncs": 2,
    "deployment.config.numShards": 6,
    "deployment.config.replicasPerShard": 2,
    "antiAffinity": "required",
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
    "updateStrategy.type": "OnDelete",
    "updateStrategy.rollingUpdate.maxUnavailable": 2,
    "backup.enabled": True,
    "backup.schedule": "@daily",
    "backup.s3Bucket": "backups",
    "backup.s3Region": "eu-central-1",
    "backup.retention": 30,
    "podDisruptionBudget.enabled": True,
    "podDisruptionBudget.minAvailable": 2,
    "sentinelImage": "sentinel:v7",
}
# "save" lines go away; its own test is in test_redis_conf
ELSEWHERE = {"persistence.rdb.enabled"}


def test_every_field_is_here() -> None:
    assert {*EFFECTS, *CONFIGURED, *SAID, *ELSEWHERE} == {field.path for field in FLAVOUR}


@pytest.mark.parametrize("field", EFFECTS)
def test_effect(field: str) -> None:
    value, others, path, shown = EFFECTS[field]
    assert at(objects(merged(others, nested(field, value))), *path) == shown


@pytest.mark.parametrize("field", CONFIGURED)
def test_line_of_redis_conf(field: str) -> None:
    value, others, line = CONFIGURED[field]
    assert line not in at(objects(others), *CONFIG).splitlines()
    assert line in at(objects(merged(others, nested(field, value))), *CONFIG).splitlines()


@pytest.mark.parametrize("field", SAID)
def test_what_has_no_effect_is_said(field: str) -> None:
    resolution = resolve(nested(field, SAID[field]), name="cache", namespace="apps")
    assert field in [problem.path for problem in (*resolution.errors, *resolution.warnings)]
