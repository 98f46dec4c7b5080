"""Instances with what stands around them, as our own manifests make it, for tests of the summary of security."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.security import companions
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import Around, Shown, security
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View, layout_of
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .views import CLUSTER, SINGLE, applied, view

Object = dict[str, Any]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PASSWORD: Object = {"authentication": {"enabled": True, "existingSecret": {"name": "theirs"}}}
TLS: Object = {"transitEncryption": {"enabled": True}}
NAMESPACE: Object = {"metadata": {"name": "apps", "labels": {"kubernetes.io/metadata.name": "apps"}}}
USERS = ("user default on nopass sanitize-payload ~* &* +@all",)


def resolved(flavour: Object, root: Object) -> Instance:
    mode = flavour.get("deployment", {}).get("mode")
    resolution = resolve(flavour, {"clusterModeEnabled": mode == "cluster", **root}, name="cache", namespace="apps")
    assert resolution.instance is not None, resolution.errors
    return resolution.instance


def rendered(flavour: Object | None = None, root: Object | None = None) -> tuple[View, list[Object]]:
    """The view of an instance, and all of its objects."""
    flavour = SINGLE if flavour is None else flavour
    objects = manifests(resolved(flavour, root or {}))
    found = {one["kind"]: applied(one) for one in objects if one["kind"] in kinds.CUSTOM_RESOURCES}
    services = [one for one in objects if one["kind"] == "Service"]
    deployment = flavour.get("deployment", {})
    shape = CLUSTER if deployment.get("mode") == "cluster" else {"deployment": deployment}
    seen = replace(view(shape), resources=found, plan=layout_of(found), services=services)
    for name, pod in seen.seen.pods.items():
        pod["spec"] |= _guarded(found, name)
    return seen, objects


def _guarded(resources: dict[str, Object], pod: str) -> Object:
    """What the operator makes of the security contexts."""
    kind = "RedisSentinel" if "-sentinel-" in pod else next(one for one in resources if one != "RedisSentinel")
    spec = resources[kind]["spec"]
    context = spec.get("securityContext") or spec["redisLeader"]["securityContext"]
    mounts = [{"mountPath": "/data"}, {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]
    container = {"name": pod.rpartition("-")[0], "securityContext": context, "volumeMounts": mounts}
    return {"securityContext": spec["podSecurityContext"], "containers": [container]}


def storage_class(provisioner: str = "ebs.csi.aws.com", **parameters: str) -> Object:
    return {"metadata": {"name": "gp3"}, "provisioner": provisioner, "parameters": parameters}


def shown(days: int = 300, life: int = 365, **annotations: str) -> Shown:
    """days: until it ends. life: from its beginning to its end, in days."""
    ends = NOW + timedelta(days=days)
    notes = {f"cert-manager.io/issuer-{key}": value for key, value in annotations.items()}
    return Shown(ends - timedelta(days=life), ends, notes)


def around(made: list[Object], **other: Any) -> Around:
    """As the cluster shows it: with a keeper whose pods are ready, and a StorageClass that says nothing.

    Secrets of the names that ours have are ours.
    """

    def of(kind: str) -> list[Object]:
        return [one for one in made if one["kind"] == kind]

    keepers = [
        {**one, "status": {"readyReplicas": one["spec"]["replicas"]}}
        for one in of("Deployment")
        if one["metadata"]["labels"]["app.kubernetes.io/component"] == "keeper"
    ]
    return Around(
        **{
            "when": NOW,
            "classes": {"gp3": storage_class(type="gp3")},
            "policies": of("NetworkPolicy"),
            "keepers": keepers,
            "objects": companions(of("ConfigMap")),
            "namespace": NAMESPACE,
            "certificate": shown() if any("TLS" in one.get("spec", {}) for one in made) else None,
            "users": USERS,
            "ours": {"cache-tls": True, "cache-auth": True},
            **other,
        }
    )


def guarded(flavour: Object | None = None, root: Object | None = None, **other: Any) -> Object:
    """What the module returns of it, without the open points. other: of Around."""
    seen, objects = rendered(flavour, root)
    return security(seen, around(objects, **other))
