# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds the engine knows, and where each lives in the Kubernetes API.

A table instead of discovery: it saves four requests a run, and a kind whose CRD is not installed yet can be planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

MANAGER = "eks.redis"  # our field manager; an object's managedFields tell by it what we set
OPERATOR_API = "redis.redis.opstreelabs.in/v1beta2"  # the only version operators >= 0.20 serve (operator sheet §1)


@dataclass(frozen=True)
class Kind:
    """``pruned``: an object of ours is deleted when the flavour no longer renders it. Never what holds data."""

    api: str
    plural: str
    namespaced: bool = True
    pruned: bool = False


KINDS: dict[str, Kind] = {
    "Namespace": Kind("v1", "namespaces", namespaced=False),
    "Secret": Kind("v1", "secrets"),
    "ConfigMap": Kind("v1", "configmaps", pruned=True),
    "Service": Kind("v1", "services", pruned=True),
    "ServiceAccount": Kind("v1", "serviceaccounts", pruned=True),
    "Endpoints": Kind("v1", "endpoints"),
    "EndpointSlice": Kind("discovery.k8s.io/v1", "endpointslices"),
    "Pod": Kind("v1", "pods"),
    "PersistentVolumeClaim": Kind("v1", "persistentvolumeclaims"),
    "PersistentVolume": Kind("v1", "persistentvolumes", namespaced=False),
    "Event": Kind("v1", "events"),
    "Node": Kind("v1", "nodes", namespaced=False),
    "Deployment": Kind("apps/v1", "deployments", pruned=True),
    "StatefulSet": Kind("apps/v1", "statefulsets"),
    "CronJob": Kind("batch/v1", "cronjobs", pruned=True),
    "Job": Kind("batch/v1", "jobs"),
    "Lease": Kind("coordination.k8s.io/v1", "leases"),
    "NetworkPolicy": Kind("networking.k8s.io/v1", "networkpolicies", pruned=True),
    "PodDisruptionBudget": Kind("policy/v1", "poddisruptionbudgets", pruned=True),
    "Role": Kind("rbac.authorization.k8s.io/v1", "roles", pruned=True),
    "RoleBinding": Kind("rbac.authorization.k8s.io/v1", "rolebindings", pruned=True),
    "ClusterRole": Kind("rbac.authorization.k8s.io/v1", "clusterroles", namespaced=False),
    "ClusterRoleBinding": Kind("rbac.authorization.k8s.io/v1", "clusterrolebindings", namespaced=False),
    "StorageClass": Kind("storage.k8s.io/v1", "storageclasses", namespaced=False),
    "PriorityClass": Kind("scheduling.k8s.io/v1", "priorityclasses", namespaced=False),
    "CustomResourceDefinition": Kind("apiextensions.k8s.io/v1", "customresourcedefinitions", namespaced=False),
    "MutatingWebhookConfiguration": Kind(
        "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", namespaced=False
    ),
    "Certificate": Kind("cert-manager.io/v1", "certificates", pruned=True),
    "ClusterIssuer": Kind("cert-manager.io/v1", "clusterissuers", namespaced=False),
    "Issuer": Kind("cert-manager.io/v1", "issuers"),
    "ExternalSecret": Kind("external-secrets.io/v1", "externalsecrets", pruned=True),
    "SecretStore": Kind("external-secrets.io/v1", "secretstores"),
    "ClusterSecretStore": Kind("external-secrets.io/v1", "clustersecretstores", namespaced=False),
    "SecretProviderClass": Kind("secrets-store.csi.x-k8s.io/v1", "secretproviderclasses", pruned=True),
    "ServiceMonitor": Kind("monitoring.coreos.com/v1", "servicemonitors", pruned=True),
    "Redis": Kind(OPERATOR_API, "redis"),
    "RedisReplication": Kind(OPERATOR_API, "redisreplications"),
    "RedisSentinel": Kind(OPERATOR_API, "redissentinels"),
    "RedisCluster": Kind(OPERATOR_API, "redisclusters"),
}

CUSTOM_RESOURCES = tuple(name for name, kind in KINDS.items() if kind.api == OPERATOR_API)
PRUNED = tuple(name for name, kind in KINDS.items() if kind.pruned)


def kind(name: str) -> Kind:
    """The row of a kind; an EngineError names a kind that has none."""
    try:
        return KINDS[name]
    except KeyError:
        raise EngineError(f"{name}: eks.redis does not know this kind; known: {', '.join(sorted(KINDS))}") from None


def path(name: str, namespace: str | None = None, object_name: str | None = None) -> str:
    """The URL path of one object, or of the collection when ``object_name`` is None.

    ``namespace`` None means the collection over all namespaces; it is ignored for a kind that has none.
    """
    row = kind(name)
    parts = ["/api" if row.api == "v1" else "/apis", row.api]
    if row.namespaced and namespace:
        parts += ["namespaces", quote(namespace, safe="")]
    parts.append(row.plural)
    if object_name:
        parts.append(quote(object_name, safe=""))  # RBAC names may hold a colon, nothing may hold a slash
    return "/".join(parts)


def reference(name: str, namespace: str | None, object_name: str) -> str:
    """How messages call an object: ``ConfigMap apps/cache-config``, ``Namespace apps``."""
    if namespace and kind(name).namespaced:
        return f"{name} {namespace}/{object_name}"
    return f"{name} {object_name}"


def reference_of(manifest: dict[str, Any]) -> str:
    meta = manifest["metadata"]
    return reference(manifest["kind"], meta.get("namespace"), meta["name"])
