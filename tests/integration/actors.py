"""What the operator and the kubelets would do: no node and no operator runs at the control-plane level."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cluster import Cluster, eventually

from ansible_collections.eks.redis.plugins.module_utils.engine.leadership import LEASE


def operator(cluster: Cluster, **environment: str) -> dict[str, Any]:
    """An operator's Deployment; no kubelet runs it."""
    given = {"FEATURE_GATES": "GenerateConfigInInitContainer=true", **environment}
    container = {
        "name": "redis-operator",
        "image": f"quay.io/opstree/redis-operator:{cluster.operator['operator_version']}",
        "command": ["/operator", "manager"],
        "args": ["--leader-elect"],
        "env": [{"name": name, "value": value} for name, value in given.items()],
    }
    labels = {"name": "redis-operator"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "redis-operator", "labels": {"app.kubernetes.io/name": "redis-operator"}},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


def run_pods(cluster: Cluster, namespace: str, selector: str) -> list[str]:
    """The end of what kubelets do, once a controller has made pods: they are running and ready. Returns their names."""
    path = f"/api/v1/namespaces/{namespace}/pods?labelSelector={selector}"
    return make_ready(cluster, eventually(lambda: cluster.get(path)["items"]))


def make_ready(cluster: Cluster, pods: list[dict[str, Any]]) -> list[str]:
    """The same for pods that are there."""
    for pod in pods:
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
        address = {"podIP": "192.0.2.7", "podIPs": [{"ip": "192.0.2.7"}]}
        status = {"phase": "Running", **address, "conditions": [{"type": "Ready", "status": "True"}]}
        cluster.merge(f"{path}/status", {"status": status}, "kubelet")
    return [pod["metadata"]["name"] for pod in pods]


def lead(cluster: Cluster, pod: str) -> None:
    """What the operator's pod does first, and never stops."""
    later = datetime.now(UTC) + timedelta(days=1)  # nobody renews it
    spec = {"holderIdentity": f"{pod}_0", "renewTime": f"{later:%Y-%m-%dT%H:%M:%S.%fZ}"}
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": LEASE}, "spec": spec}
    cluster.apply(f"/apis/coordination.k8s.io/v1/namespaces/redis-operator/leases/{LEASE}", lease)


def statefulset(resource: dict[str, Any], **other: Any) -> dict[str, Any]:
    """What the operator makes of a Redis, in the parts that our engine looks at (operator sheet §1 and §2)."""
    spec, meta = resource["spec"], resource["metadata"]
    name, config = meta["name"], {**spec["kubernetesConfig"], **other}
    selector = {"app": name, "redis_setup_type": "standalone", "role": "standalone"}
    labels = {**meta["labels"], **selector}
    container = {
        "name": name,
        "image": config["image"],
        "imagePullPolicy": config["imagePullPolicy"],
        "resources": config["resources"],
        **{probe: {**spec[probe], "exec": {"command": ["true"]}} for probe in ("livenessProbe", "readinessProbe")},
    }
    pod = {
        "securityContext": spec["podSecurityContext"],
        "serviceAccountName": spec["serviceAccountName"],
        "terminationGracePeriodSeconds": spec["terminationGracePeriodSeconds"],
        "containers": [container],
    }
    claim = {"metadata": {"name": name, "labels": labels}, "spec": spec["storage"]["volumeClaimTemplate"]["spec"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": 1,
            "serviceName": f"{name}-headless",
            "selector": {"matchLabels": selector},
            "template": {"metadata": {"labels": labels, "annotations": meta["annotations"]}, "spec": pod},
            "volumeClaimTemplates": [claim],
        },
    }
