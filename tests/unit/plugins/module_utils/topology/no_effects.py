"""Which fields have no effect of their own in which modes: tables for test_effects."""

from __future__ import annotations

from typing import Any

from .effects import SENTINEL, SPREAD
from .made import SHAPES

_EVERYWHERE = tuple(SHAPES)
_NO_SENTINEL = ("standalone", "replicated", "cluster")
_NO_CLUSTER = ("standalone", "replicated", "sentinel")
# field -> a value, and the modes in which a warning or an error names the field
SAID: dict[str, tuple[Any, tuple[str, ...]]] = {
    "deployment.config.replica.count": (1, ("cluster",)),
    **{
        f"deployment.config.replica.resources.{leaf}": (value, ("standalone",))
        for leaf, value in {
            "requests.cpu": "1",
            "requests.memory": "1Gi",
            "limits.cpu": "1",
            "limits.memory": "2Gi",
        }.items()
    },
    f"{SENTINEL}.enabled": (True, _NO_SENTINEL),
    f"{SENTINEL}.replicas": (5, _NO_SENTINEL),
    f"{SENTINEL}.quorum": (3, _NO_SENTINEL),
    f"{SENTINEL}.resources.requests.cpu": ("150m", _NO_SENTINEL),
    f"{SENTINEL}.resources.requests.memory": ("64Mi", _NO_SENTINEL),
    f"{SENTINEL}.resources.limits.cpu": ("1", _NO_SENTINEL),
    f"{SENTINEL}.resources.limits.memory": ("1Gi", _NO_SENTINEL),
    f"{SENTINEL}.downAfterMilliseconds": (10000, _NO_SENTINEL),
    f"{SENTINEL}.failoverTimeout": (10000, _NO_SENTINEL),
    f"{SENTINEL}.parallelSyncs": (2, _NO_SENTINEL),
    "deployment.config.numShards": (6, _NO_CLUSTER),
    "deployment.config.replicasPerShard": (2, _NO_CLUSTER),
    "antiAffinity": ("required", ("standalone",)),
    "topologySpreadConstraints": ([SPREAD], ("standalone",)),
    "updateStrategy.type": ("OnDelete", _EVERYWHERE),
    "updateStrategy.rollingUpdate.maxUnavailable": (2, _EVERYWHERE),
    "podDisruptionBudget.enabled": (True, ("standalone",)),
    "podDisruptionBudget.minAvailable": (2, ("standalone",)),
    "sentinelImage": ("sentinel:v7", _NO_SENTINEL),
    "service.reader": (True, ("standalone", "cluster")),
    "networkPolicy.operatorNamespace": ("ops", ("standalone",)),
    "discovery.nodes": ("nodes.example.com", _NO_CLUSTER),
}
# what a mode is makes all of its objects, see test_render; sentinel.enabled is only read, to agree with the mode;
# clusterModeEnabled is refused unless it agrees with the mode; whose content depends on passwords, the engine makes:
# the Secret of a generated one (tests of engine/credentials), and the ACL file (test_acl_users)
ELSEWHERE = {
    "deployment.mode": _EVERYWHERE,
    f"{SENTINEL}.enabled": ("sentinel",),
    "clusterModeEnabled": _EVERYWHERE,
    "authentication.generate": _EVERYWHERE,
    "acl.restrictDefault": _EVERYWHERE,
    "acl.users": _EVERYWHERE,
}
# the spelling that the shape already uses
CANONICAL = {
    "replicaCount": "deployment.config.replica.count",
    "deployment.config.replicaCount": "deployment.config.replica.count",
}
