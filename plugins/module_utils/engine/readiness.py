# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a StatefulSet runs what its custom resource asks for. Pure.

The operator reports no condition on any kind (operator sheet §0.11): its StatefulSets and pods are what can be judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import pause
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Workload

# What the operator copies from the custom resource's spec into the pod template, as it is (operator sheet §1.1, §1.2)
_POD = {
    "affinity": "affinity",
    "nodeSelector": "nodeSelector",
    "podSecurityContext": "securityContext",
    "priorityClassName": "priorityClassName",
    "serviceAccountName": "serviceAccountName",
    "terminationGracePeriodSeconds": "terminationGracePeriodSeconds",
    "tolerations": "tolerations",
    "topologySpreadConstraints": "topologySpreadConstraints",
}
_CONTAINER = ("image", "imagePullPolicy", "resources")
_PROBES = ("livenessProbe", "readinessProbe")
# Settings of a RedisSentinel reach its pods as environment variables (operator sheet §3.3)
_SENTINEL = {
    "quorum": "QUORUM",
    "downAfterMilliseconds": "DOWN_AFTER_MILLISECONDS",
    "failoverTimeout": "FAILOVER_TIMEOUT",
    "parallelSyncs": "PARALLEL_SYNCS",
}
# what a Secret is mounted for, and the operator's names of such volumes (operator sheet §3.3)
_SECRETS = {"TLS": "tls-certs", "acl": "acl-secret"}
_DEFAULTED = ("serviceAccountName", "terminationGracePeriodSeconds")  # set in a template also when nobody asked


def unmet(
    resource: dict[str, Any],
    workload: Workload,
    statefulset: dict[str, Any] | None,
    pods: Sequence[dict[str, Any]],
) -> str | None:
    """The first condition that a workload does not meet, None when it meets all.

    resource: its custom resource as we applied it.
    """
    reason = pending(resource, workload, statefulset)
    if reason or statefulset is None:
        return reason
    what, status = f"StatefulSet {workload.statefulset}", statefulset.get("status") or {}
    current = [pod for pod in pods if not is_old(pod, status.get("updateRevision"))]
    if len(current) < workload.replicas or len(current) < len(pods):
        return f"{what} has {len(current)} of {workload.replicas} pods in the newest revision"
    waiting = [pod["metadata"]["name"] for pod in current if not is_ready(pod)]
    if waiting:
        return f"Pod {', '.join(waiting)} is not ready"
    if status.get("readyReplicas", 0) < workload.replicas:
        return f"{what} counts {status.get('readyReplicas', 0)} of {workload.replicas} pods as ready"
    if status.get("currentRevision") != status.get("updateRevision"):
        return f"{what} has not finished its rolling update"
    return None


def pending(resource: dict[str, Any], workload: Workload, statefulset: dict[str, Any] | None) -> str | None:
    """What the operator has not yet made of the custom resource, None when the StatefulSet says it all."""
    what = f"StatefulSet {workload.statefulset}"
    if statefulset is None:
        return f"{what} does not exist yet"
    spec, status = statefulset["spec"], statefulset.get("status") or {}
    behind = next(_behind(resource, workload, spec["template"]), None)
    if behind:
        return f"{what} does not have the new {behind} yet"
    strategy = resource["spec"]["kubernetesConfig"]["updateStrategy"]["type"]
    if spec["updateStrategy"]["type"] != strategy:
        return f"{what} does not have the update strategy {strategy} yet"
    if spec.get("replicas") != workload.replicas:
        return f"{what} asks for {spec.get('replicas')} pods instead of {workload.replicas}"
    if status.get("observedGeneration", 0) < statefulset["metadata"]["generation"]:
        return f"{what} has a change that Kubernetes has not looked at yet"
    return None


def unavailable(name: str, deployment: dict[str, Any] | None) -> str | None:
    """What a Deployment lacks to run all of its newest pods, None when it lacks nothing."""
    what = f"Deployment {name}"
    if deployment is None:
        return f"{what} does not exist yet"
    wanted, status = deployment["spec"]["replicas"], deployment.get("status") or {}
    if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
        return f"{what} has a change that Kubernetes has not looked at yet"
    # Kubernetes does not say how many of the newest are available: those of the old template may all be
    old = status.get("replicas", 0) - status.get("updatedReplicas", 0)
    ready = max(0, status.get("availableReplicas", 0) - old)
    return None if ready >= wanted else f"{what} has {ready} of {wanted} pods available"


def is_ready(pod: dict[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _behind(resource: dict[str, Any], workload: Workload, template: dict[str, Any]) -> Iterator[str]:
    """What the template does not carry yet: until then an old StatefulSet looks ready and is not what was asked for."""
    pod = template["spec"]
    # a role of a RedisCluster has its own settings beside the shared ones
    spec = {**resource["spec"], **resource["spec"].get(workload.section, {})}
    config = {**spec["kubernetesConfig"], **({"resources": spec["resources"]} if "resources" in spec else {})}
    # our checksums of configuration and password are among the annotations (operator sheet §0.4)
    annotations = template["metadata"].get("annotations") or {}
    # who is told to stay away does not write that anywhere
    unwritten = (*(config.get("ignoreAnnotations") or ()), pause.annotation(resource["kind"]))
    for key, value in (resource["metadata"].get("annotations") or {}).items():
        if key not in unwritten and annotations.get(key) != value:
            yield f"annotation {key}"
    for field, there in _POD.items():
        if (field in spec or field not in _DEFAULTED) and _other(spec.get(field), pod.get(there)):
            yield field
    containers = {one["name"]: one for one in pod["containers"]}
    redis = containers.get(workload.container, {})
    for field in _CONTAINER:
        if field in config and _other(config[field], redis.get(field)):
            yield f"kubernetesConfig.{field}"
    for field in _PROBES:
        live = redis.get(field) or {}
        if any(live.get(key) != value for key, value in (spec.get(field) or {}).items()):
            yield field
    environment = {one["name"]: one.get("value") for one in redis.get("env") or ()}
    for field, variable in _SENTINEL.items():
        if field in spec.get("redisSentinelConfig", {}) and spec["redisSentinelConfig"][field] != environment.get(
            variable
        ):
            yield f"redisSentinelConfig.{field}"
    volumes = {one["name"] for one in pod.get("volumes") or ()}
    for field, volume in _SECRETS.items():
        if (field in spec) != (volume in volumes):
            yield field
    exporter = spec.get("redisExporter") or {}
    if exporter.get("image", "") != containers.get("redis-exporter", {}).get("image", ""):
        yield "redisExporter"


def _other(sent: Any, live: Any) -> bool:
    return (sent or None) != (live or None)


def is_old(pod: dict[str, Any], revision: str | None) -> bool:
    """Whether a pod is of another revision, or on its way out."""
    meta = pod["metadata"]
    return "deletionTimestamp" in meta or meta.get("labels", {}).get("controller-revision-hash") != revision
