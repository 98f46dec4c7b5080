# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the operator's custom resources that all modes share."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour, Instance, Resources
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import canonical
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import TOUCH
from ansible_collections.eks.redis.plugins.module_utils.topology.redis_conf import redis_conf

API_VERSION = "redis.redis.opstreelabs.in/v1beta2"
CHECKSUM = "checksum/auth"  # the annotation that changes with the password
_RECREATE = "redis.opstreelabs.in/recreate-statefulset"
# The rest of a container's memory is for copy-on-write, buffers and fragmentation: limit = dataset x 1.3
_MAXMEMORY_PERCENT = 76


def kubernetes_config(instance: Instance, image: str, amounts: Resources) -> dict[str, Any]:
    """spec.kubernetesConfig."""
    flavour = instance.flavour
    config: dict[str, Any] = {
        "image": image,
        "imagePullPolicy": flavour.image_pull_policy,
        "resources": pods.resources(amounts),
        "updateStrategy": {"type": flavour.update_strategy.type},
        "service": {"serviceType": "ClusterIP", "additional": {"enabled": False}},
        # annotations that must never restart a pod
        "ignoreAnnotations": [TOUCH, _RECREATE, f"{_RECREATE}-strategy"],
    }
    if flavour.image_pull_secrets:
        config["imagePullSecrets"] = [{"name": name} for name in flavour.image_pull_secrets]
    if instance.authentication.enabled:
        name, key = names.password(instance)
        config["redisSecret"] = {"name": name, "key": key}
    return config


def redis_config(instance: Instance) -> dict[str, Any]:
    """spec.redisConfig: the ConfigMap, and Redis' share of the memory limit unless the flavour sets maxmemory."""
    return {"additionalRedisConfig": names.config(instance), **max_memory(instance)}


def max_memory(instance: Instance) -> dict[str, Any]:
    """The part of spec.redisConfig that limits the dataset; none when the flavour sets maxmemory itself."""
    if "maxmemory" in instance.flavour.additional_config:
        return {}
    return {"maxMemoryPercentOfLimit": _MAXMEMORY_PERCENT}


def checksums(instance: Instance) -> dict[str, str]:
    """Annotations that restart the pods when the ConfigMap or the Secret changes; the operator watches neither."""
    sums = {"checksum/config": sha256(redis_conf(instance).encode()).hexdigest()}
    return {**sums, **checksum_of_password(instance)}


def checksum_of_password(instance: Instance) -> dict[str, str]:
    """The annotation that tells one password from the next; none for a Secret of the user's own."""
    token = instance.authentication.auth_token
    if not instance.authentication.enabled or not token:
        return {}
    # salted with the name and cut short: it says nothing of either password
    salted = f"{instance.namespace}/{instance.name}/{token}"
    return {CHECKSUM: sha256(salted.encode()).hexdigest()[:8]}


def tls(instance: Instance) -> dict[str, Any]:
    """spec.TLS: with it the operator's pods listen to nothing but TLS (operator sheet §3.6).

    Other names of the keys, or none for the CA, break one or the other release (opstree-versions §2).
    """
    if not instance.transit_encryption.enabled:
        return {}
    keys = {"ca": "ca.crt", "cert": "tls.crt", "key": "tls.key"}
    return {"TLS": {**keys, "secret": {"secretName": names.certificate(instance)}}}


def acl(instance: Instance) -> dict[str, Any]:
    """spec.acl: the Secret with the file, which pods read at their start (operator sheet §3.7)."""
    return {"acl": {"secret": {"secretName": names.acl(instance)}}} if instance.flavour.acl.enabled else {}


def exporter(instance: Instance, login: bool = True) -> dict[str, Any]:
    """spec.redisExporter, on the operator's fixed port 9121 (operator sheet §1.5).

    login: it asks a Redis; sentinels have no ACL file.
    """
    flavour = instance.flavour
    if not flavour.metrics.enabled:
        return {}
    env: list[dict[str, Any]] = []
    if login and flavour.acl.enabled:
        # the operator's own REDIS_PASSWORD stands before it: the last one counts
        password = {"secretKeyRef": {"name": names.logins(instance), "key": "exporter"}}
        env = [
            {"name": "REDIS_USER", "value": acl_users.EXPORTER},
            {"name": "REDIS_PASSWORD", "valueFrom": password},
        ]
    return {
        "redisExporter": {
            "enabled": True,
            "image": flavour.metrics.image,
            "imagePullPolicy": flavour.image_pull_policy,
            "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}},
            "securityContext": pods.container_security(),
            **({"env": env} if env else {}),
        }
    }


def storage(flavour: Flavour) -> dict[str, Any]:
    """spec.storage; without persistence none at all, because 0.23 takes any for a claim (opstree-versions §1.2)."""
    if not flavour.persistence.enabled:
        return {}
    template = {"spec": claim(flavour, flavour.persistence.size)}
    # without keepAfterDelete the operator deletes the volumes together with the custom resource
    return {"storage": {"keepAfterDelete": True, "volumeClaimTemplate": template}}


def claim(flavour: Flavour, size: str) -> dict[str, Any]:
    """spec of a PersistentVolumeClaim."""
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": canonical(size)}},
    }
    if flavour.persistence.storage_class:
        spec["storageClassName"] = flavour.persistence.storage_class
    return spec
