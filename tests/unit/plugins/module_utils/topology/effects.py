"""Where each field shows in each mode: tables for test_effects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .made import SHAPES
from .places import Places, cluster, every, only, placed, redis, same, sentinels, sized

REPLICATED = ("replicated", "sentinel", "cluster")
CONFIG = ("ConfigMap cache-config", "data", "redis-additional.conf")
METRICS = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True}}}
POLICED = {"networkPolicy": {"enabled": True, "allowedNamespaces": ["shop"]}}
TOLERATION = {"key": "spot", "operator": "Equal", "value": "yes", "effect": "NoSchedule"}
SPREAD = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule"}
CLAIM = ("storage", "volumeClaimTemplate", "spec")
RESOURCES = ("kubernetesConfig", "resources")
SENTINEL = "deployment.config.sentinel"


@dataclass(frozen=True)
class Effect:
    """A value of a field, what shows then and not otherwise, where it shows in each mode, and what else must be set."""

    path: str
    value: Any
    shown: Any
    places: Places
    others: dict[str, Any] = field(default_factory=dict)
    root: dict[str, Any] = field(default_factory=dict)


EFFECTS: tuple[Effect, ...] = (
    Effect("master.resources.requests.cpu", "750m", "750m", sized("requests.cpu")),
    Effect("master.resources.requests.memory", "1536Mi", "1536Mi", sized("requests.memory")),
    Effect("master.resources.limits.cpu", 4, "4", sized("limits.cpu")),
    Effect("master.resources.limits.memory", "8Gi", "8Gi", sized("limits.memory")),
    *(
        Effect(
            f"deployment.config.replica.resources.{leaf}",
            value,
            value,
            {
                **only(("replicated", "sentinel"), sized(leaf)),
                **cluster("redisFollower", "resources", *leaf.split(".")),
            },
        )
        for leaf, value in {
            "requests.cpu": "750m",
            "requests.memory": "1536Mi",
            "limits.cpu": "4",
            "limits.memory": "8Gi",
        }.items()
    ),
    Effect(
        "deployment.config.replica.count",
        4,
        5,
        same("RedisReplication cache", "spec", "clusterSize", shapes=("standalone",)),
    ),
    Effect("replicaCount", 4, 5, same("RedisReplication cache", "spec", "clusterSize", shapes=("replicated",))),
    Effect(
        "deployment.config.replicaCount",
        4,
        5,
        same("RedisReplication cache", "spec", "clusterSize", shapes=("sentinel",)),
    ),
    Effect(f"{SENTINEL}.replicas", 5, 5, sentinels("clusterSize")),
    Effect(f"{SENTINEL}.quorum", 3, "3", sentinels("redisSentinelConfig", "quorum")),
    Effect(
        f"{SENTINEL}.downAfterMilliseconds", 7000, "7000", sentinels("redisSentinelConfig", "downAfterMilliseconds")
    ),
    Effect(f"{SENTINEL}.failoverTimeout", 90000, "90000", sentinels("redisSentinelConfig", "failoverTimeout")),
    Effect(f"{SENTINEL}.parallelSyncs", 2, "2", sentinels("redisSentinelConfig", "parallelSyncs")),
    *(
        Effect(f"{SENTINEL}.resources.{leaf}", value, value, sentinels(*RESOURCES, *leaf.split(".")))
        for leaf, value in {
            "requests.cpu": "150m",
            "requests.memory": "64Mi",
            "limits.cpu": "1",
            "limits.memory": "512Mi",
        }.items()
    ),
    Effect("deployment.config.numShards", 6, 6, cluster("clusterSize")),
    Effect("deployment.config.numShards", 6, 6, cluster("redisLeader", "replicas")),
    Effect("deployment.config.numShards", 6, 12, cluster("redisFollower", "replicas")),
    Effect("deployment.config.replicasPerShard", 1, 3, cluster("redisFollower", "replicas")),
    Effect("persistence.enabled", False, False, cluster("persistenceEnabled")),
    Effect("persistence.storageClass", "gp3", "gp3", redis(*CLAIM, "storageClassName")),
    Effect(
        "persistence.storageClass",
        "gp3",
        "gp3",
        cluster("storage", "nodeConfVolumeClaimTemplate", "spec", "storageClassName"),
    ),
    Effect("persistence.size", "50Gi", "50Gi", redis(*CLAIM, "resources", "requests", "storage")),
    Effect(
        "antiAffinity",
        "required",
        "kubernetes.io/hostname",
        only(
            REPLICATED,
            placed("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution", 0, "topologyKey"),
        ),
    ),
    Effect(
        "topologySpreadConstraints",
        [SPREAD],
        "topology.kubernetes.io/zone",
        only(REPLICATED, placed("topologySpreadConstraints", 0, "topologyKey")),
    ),
    Effect("service.type", "NodePort", "NodePort", same("Service cache-client", "spec", "type")),
    Effect("service.annotations", {"a/b": "c"}, {"a/b": "c"}, same("Service cache-client", "metadata", "annotations")),
    Effect("metrics.enabled", True, True, every("redisExporter", "enabled")),
    Effect("metrics.enabled", True, "cache-exporter", same("Service cache-exporter", "metadata", "name")),
    Effect(
        "metrics.enabled",
        True,
        "cache-sentinel-exporter",
        same("Service cache-sentinel-exporter", "metadata", "name", shapes=("sentinel",)),
    ),
    Effect("metrics.image", "exporter:v1", "exporter:v1", every("redisExporter", "image"), METRICS),
    Effect(
        "metrics.serviceMonitor.enabled",
        True,
        "ServiceMonitor",
        same("ServiceMonitor apps.cache", "kind"),
        {"metrics": {"enabled": True}},
    ),
    Effect(
        "metrics.serviceMonitor.interval",
        "10s",
        "10s",
        same("ServiceMonitor apps.cache", "spec", "endpoints", 0, "interval"),
        METRICS,
    ),
    Effect(
        "metrics.serviceMonitor.namespace",
        "prometheus",
        "prometheus",
        same("ServiceMonitor apps.cache", "metadata", "namespace"),
        METRICS,
    ),
    Effect("networkPolicy.enabled", True, ["Ingress"], same("NetworkPolicy cache", "spec", "policyTypes")),
    Effect(
        "networkPolicy.enabled",
        True,
        ["Ingress"],
        same("NetworkPolicy cache-sentinel", "spec", "policyTypes", shapes=("sentinel",)),
    ),
    *(
        Effect(
            "networkPolicy.allowedNamespaces",
            ["web", "api"],
            ["api", "web"],
            same(
                policy,
                "spec",
                "ingress",
                0,
                "from",
                0,
                "namespaceSelector",
                "matchExpressions",
                0,
                "values",
                shapes=shapes,
            ),
            POLICED,
        )
        for policy, shapes in {
            "NetworkPolicy cache": tuple(SHAPES),
            "NetworkPolicy cache-sentinel": ("sentinel",),
        }.items()
    ),
    Effect(
        "podDisruptionBudget.minAvailable",
        2,
        2,
        same("PodDisruptionBudget cache-pdb", "spec", "minAvailable", shapes=("replicated", "sentinel")),
    ),
    Effect(
        "podDisruptionBudget.minAvailable",
        8,
        8,
        same("PodDisruptionBudget cache-pdb", "spec", "minAvailable", shapes=("cluster",)),
    ),
    Effect("serviceAccount", "redis", "redis", every("serviceAccountName")),
    Effect("nodeSelector", {"spot": "no"}, {"spot": "no"}, placed("nodeSelector")),
    Effect("tolerations", [TOLERATION], [TOLERATION], placed("tolerations")),
    Effect("priorityClassName", "high", "high", every("priorityClassName")),
    Effect("securityContext.runAsNonRoot", False, False, every("podSecurityContext", "runAsNonRoot")),
    Effect("securityContext.runAsUser", 999, 999, every("podSecurityContext", "runAsUser")),
    Effect("securityContext.fsGroup", 999, 999, every("podSecurityContext", "fsGroup")),
    Effect("image", "redis:7.2.6", "redis:7.2.6", redis("kubernetesConfig", "image")),
    Effect("image", "redis:7.2.6", "redis:7.2.6", redis("initContainer", "image")),
    Effect("sentinelImage", "sentinel:v7", "sentinel:v7", sentinels("kubernetesConfig", "image")),
    Effect("imagePullPolicy", "Always", "Always", every("kubernetesConfig", "imagePullPolicy")),
    Effect(
        "imagePullSecrets", ["a", "b"], [{"name": "a"}, {"name": "b"}], every("kubernetesConfig", "imagePullSecrets")
    ),
)
# field -> a value, what else must be set, a line of redis.conf that is there then and not otherwise; in all modes
CONFIGURED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "persistence.enabled": (False, {}, "dir /etc/redis"),
    "persistence.rdb.saveInterval": ("3600 1 60 5", {}, "save 60 5"),
    "persistence.aof.enabled": (True, {}, "appendonly yes"),
    "persistence.aof.fsyncPolicy": ("always", {"persistence": {"aof": {"enabled": True}}}, "appendfsync always"),
    "additionalConfig": ({"maxmemory-policy": "allkeys-lru"}, {}, "maxmemory-policy allkeys-lru"),
}
# field -> what goes away from the objects when it is given, and in which modes
GONE: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "persistence.rdb.enabled": (False, tuple(SHAPES), "save 900 1"),
    "podDisruptionBudget.enabled": (False, REPLICATED, "PodDisruptionBudget cache-pdb"),
}
