"""Defaults that depend on what is given."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.defaults import filled
from ansible_collections.eks.redis.plugins.module_utils.contract.images import TOOLBOX

MASTER = "master.resources"
REPLICA = "deployment.config.replica.resources"
ENABLED = {"authentication.enabled": True}


def memory(given: dict[str, Any], role: str) -> tuple[str, str]:
    values = filled(given)
    return values[f"{role}.requests.memory"], values[f"{role}.limits.memory"]


@pytest.mark.parametrize(
    ("given", "master", "replica"),
    [
        ({}, ("1Gi", "2Gi"), ("1Gi", "2Gi")),
        ({f"{MASTER}.requests.memory": "512Mi"}, ("512Mi", "2Gi"), ("512Mi", "2Gi")),
        ({f"{MASTER}.requests.memory": "4Gi"}, ("4Gi", "4Gi"), ("4Gi", "4Gi")),
        ({f"{MASTER}.limits.memory": "512Mi"}, ("512Mi", "512Mi"), ("512Mi", "512Mi")),
        ({f"{MASTER}.limits.memory": "8Gi"}, ("1Gi", "8Gi"), ("1Gi", "8Gi")),
        ({f"{REPLICA}.requests.memory": "3Gi"}, ("1Gi", "2Gi"), ("3Gi", "3Gi")),
        # both given: nothing stretches, and a rule refuses them
        ({f"{MASTER}.requests.memory": "4Gi", f"{MASTER}.limits.memory": "1Gi"}, ("4Gi", "1Gi"), ("4Gi", "4Gi")),
    ],
)
def test_resources_stretch_to_fit(given: dict[str, Any], master: tuple[str, str], replica: tuple[str, str]) -> None:
    assert memory(given, MASTER) == master
    assert memory(given, REPLICA) == replica


@pytest.mark.parametrize(
    ("given", "path", "value"),
    [
        ({}, "deployment.config.replica.count", 0),
        ({"deployment.mode": "sentinel"}, "deployment.config.replica.count", 2),
        ({}, "deployment.config.sentinel.quorum", 2),
        ({"deployment.config.sentinel.replicas": 5}, "deployment.config.sentinel.quorum", 3),
        ({"deployment.config.sentinel.replicas": 7}, "deployment.config.sentinel.quorum", 4),
        ({}, "deployment.config.sentinel.enabled", False),
        ({"deployment.mode": "sentinel"}, "deployment.config.sentinel.enabled", True),
        ({"transitEncryption.enabled": True}, "keeper.enabled", True),
        ({"transitEncryption.days": 90}, "transitEncryption.renewDays", 30),
        ({"transitEncryption.days": 2}, "transitEncryption.renewDays", 1),
        ({**ENABLED, "authentication.secretsStore.objectName": "cache"}, "keeper.enabled", True),
        ({"authentication.secretsStore.objectName": "cache"}, "keeper.enabled", False),
        ({**ENABLED, "authentication.externalSecret.remoteKey": "cache"}, "keeper.enabled", False),
        ({"version": "7.2.6"}, "image", "quay.io/opstree/redis:v7.2.6"),
        ({"version": "7.2.6"}, "sentinelImage", "quay.io/opstree/redis-sentinel:v7.2.6"),
    ],
)
def test_defaults_that_follow_other_fields(given: dict[str, Any], path: str, value: Any) -> None:
    assert filled(given)[path] == value


def test_the_contracts_own_defaults() -> None:
    """As the contract has them; a change here changes every instance that leaves the field out."""
    assert filled({}) == {
        "version": "7.0.15",
        "clusterModeEnabled": False,
        "authentication.enabled": False,
        "authentication.authToken": "",
        "authentication.existingSecret.name": "",
        "authentication.existingSecret.key": "password",
        "authentication.generate": False,
        "authentication.externalSecret.remoteKey": "",
        "authentication.externalSecret.property": "",
        "authentication.externalSecret.store": "",
        "authentication.externalSecret.storeKind": "SecretStore",
        "authentication.externalSecret.refreshInterval": "1h",
        "authentication.secretsStore.objectName": "",
        "authentication.secretsStore.property": "",
        "authentication.secretsStore.region": "",
        "authentication.secretsStore.podIdentity": False,
        "transitEncryption.enabled": False,
        "transitEncryption.existingSecret": "",
        "transitEncryption.issuer.name": "",
        "transitEncryption.issuer.kind": "Issuer",
        "transitEncryption.issuer.group": "cert-manager.io",
        "transitEncryption.names": (),
        "transitEncryption.days": 365,
        "transitEncryption.renewDays": 121,
        "discovery.endpoint": "",
        "discovery.primary": "",
        "discovery.reader": "",
        "discovery.nodes": "",
        "deployment.mode": "standalone",
        "master.resources.requests.cpu": "500m",
        "master.resources.requests.memory": "1Gi",
        "master.resources.limits.cpu": "1000m",
        "master.resources.limits.memory": "2Gi",
        "deployment.config.replica.count": 0,
        "deployment.config.replica.resources.requests.cpu": "500m",
        "deployment.config.replica.resources.requests.memory": "1Gi",
        "deployment.config.replica.resources.limits.cpu": "1000m",
        "deployment.config.replica.resources.limits.memory": "2Gi",
        "deployment.config.sentinel.enabled": False,
        "deployment.config.sentinel.replicas": 3,
        "deployment.config.sentinel.quorum": 2,
        "deployment.config.sentinel.resources.requests.cpu": "100m",
        "deployment.config.sentinel.resources.requests.memory": "128Mi",
        "deployment.config.sentinel.resources.limits.cpu": "200m",
        "deployment.config.sentinel.resources.limits.memory": "256Mi",
        "deployment.config.sentinel.downAfterMilliseconds": 5000,
        "deployment.config.sentinel.failoverTimeout": 60000,
        "deployment.config.sentinel.parallelSyncs": 1,
        "deployment.config.numShards": 3,
        "deployment.config.replicasPerShard": 1,
        "persistence.enabled": True,
        "persistence.storageClass": "",
        "persistence.size": "10Gi",
        "persistence.rdb.enabled": True,
        "persistence.rdb.saveInterval": "900 1 300 10 60 10000",
        "persistence.aof.enabled": False,
        "persistence.aof.fsyncPolicy": "everysec",
        "antiAffinity": "soft",
        "topologySpreadConstraints": (),
        "service.type": "ClusterIP",
        "service.annotations": {},
        "service.loadBalancerClass": "",
        "service.loadBalancerSourceRanges": (),
        "service.reader": False,
        "updateStrategy.type": "RollingUpdate",
        "updateStrategy.rollingUpdate.maxUnavailable": 1,
        "metrics.enabled": False,
        "metrics.image": "quay.io/opstree/redis-exporter:v1.48.0",
        "metrics.serviceMonitor.enabled": False,
        "metrics.serviceMonitor.interval": "30s",
        "metrics.serviceMonitor.namespace": "monitoring",
        "backup.enabled": False,
        "backup.schedule": "0 2 * * *",
        "backup.s3Bucket": "",
        "backup.s3Region": "us-east-1",
        "backup.prefix": "redis",
        "backup.kmsKey": "",
        "backup.retention": 7,
        "backup.keepVerified": 3,
        "backup.maxLag": "16Mi",
        "backup.timeout": 3600,
        "backup.restoreTest.enabled": True,
        "backup.restoreTest.schedule": "0 5 * * *",
        "backup.image": TOOLBOX,
        "backup.resources.requests.cpu": "100m",
        "backup.resources.requests.memory": "256Mi",
        "backup.resources.limits.cpu": "1000m",
        "backup.resources.limits.memory": "512Mi",
        "backup.serviceAccount": "",
        "backup.roleArn": "",
        "networkPolicy.enabled": False,
        "networkPolicy.allowedNamespaces": (),
        "networkPolicy.allowedCidrs": (),
        "networkPolicy.operatorNamespace": "redis-operator",
        "acl.enabled": False,
        "acl.restrictDefault": False,
        "acl.users": (),
        "keeper.enabled": False,
        "keeper.resources.requests.cpu": "20m",
        "keeper.resources.requests.memory": "64Mi",
        "keeper.resources.limits.cpu": "200m",
        "keeper.resources.limits.memory": "128Mi",
        "podDisruptionBudget.enabled": True,
        "podDisruptionBudget.minAvailable": 1,
        "serviceAccount": "default",
        "createServiceAccount": False,
        "nodeSelector": {},
        "tolerations": (),
        "priorityClassName": "",
        "securityContext.runAsNonRoot": True,
        "securityContext.runAsUser": 1000,
        "securityContext.fsGroup": 1000,
        "additionalConfig": {},
        "image": "quay.io/opstree/redis:v7.0.15",
        "sentinelImage": "quay.io/opstree/redis-sentinel:v7.0.15",
        "imagePullPolicy": "IfNotPresent",
        "imagePullSecrets": (),
    }
