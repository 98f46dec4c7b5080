"""The StatefulSets that the operator makes of a custom resource, in the parts that the flavour decides.

Operator sheet §1 and §2. The API server refuses a bad one where only the operator's log tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_ROLES = {"redisLeader": "leader", "redisFollower": "follower"}
_SETUPS = {"Redis": "standalone", "RedisReplication": "replication", "RedisSentinel": "sentinel"}
_POD = ("affinity", "nodeSelector", "tolerations", "topologySpreadConstraints", "terminationGracePeriodSeconds")
_TOP = ("priorityClassName", "serviceAccountName")
_CONTAINER = ("resources", "securityContext")


def statefulsets(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One for each role of a cluster, one for any other custom resource."""
    name, spec = resource["metadata"]["name"], resource["spec"]
    if resource["kind"] == "RedisCluster":
        for section, role in _ROLES.items():
            yield _statefulset(resource, f"{name}-{role}", "cluster", role, spec[section], spec[section]["replicas"])
        return
    setup = _SETUPS[resource["kind"]]
    full = f"{name}-sentinel" if setup == "sentinel" else name
    section = {**spec, "resources": spec["kubernetesConfig"]["resources"]}
    yield _statefulset(resource, full, setup, setup, section, spec.get("clusterSize", 1))


def _statefulset(
    resource: dict[str, Any], name: str, setup: str, role: str, section: dict[str, Any], replicas: int
) -> dict[str, Any]:
    spec, meta = resource["spec"], resource["metadata"]
    selector = {"app": name, "redis_setup_type": setup, "role": role}
    # the controller adds this one to each pod
    labels = {**meta["labels"], **selector, "controller-revision-hash": f"{name}-{'x' * 10}"}
    probes = {probe: {**section[probe], "exec": {"command": ["sh"]}} for probe in ("livenessProbe", "readinessProbe")}
    init = {key: value for key, value in spec["initContainer"].items() if key != "enabled"}
    config = spec["kubernetesConfig"]
    container = {"image": config["image"], "imagePullPolicy": config["imagePullPolicy"], **probes}
    pod = {
        **{key: section[key] for key in _POD if key in section},
        **{key: spec[key] for key in _TOP if key in spec},
        "securityContext": spec["podSecurityContext"],
        "imagePullSecrets": config.get("imagePullSecrets", []),
        "initContainers": [{"name": f"init{name}", **init}],
        "containers": [{"name": name, **container, **{key: section[key] for key in _CONTAINER}}],
    }
    claims = [
        {"metadata": {"name": template, "labels": labels}, "spec": spec["storage"][key]["spec"]}
        for template, key in ((name, "volumeClaimTemplate"), ("node-conf", "nodeConfVolumeClaimTemplate"))
        if key in spec.get("storage", {})
    ]
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": meta["namespace"], "labels": labels},
        "spec": {
            "replicas": replicas,
            "serviceName": f"{name}-headless",
            "updateStrategy": config["updateStrategy"],
            "selector": {"matchLabels": selector},
            "template": {"metadata": {"labels": labels, "annotations": meta.get("annotations", {})}, "spec": pod},
            "volumeClaimTemplates": claims,
        },
    }
