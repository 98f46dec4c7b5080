# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the operator's custom resources that all modes share."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour, Instance, Resources
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import canonical
from ansible_collections.eks.redis.plugins.module_utils.topology import names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import TOUCH
from ansible_collections.eks.redis.plugins.module_utils.topology.redis_conf import redis_conf

API_VERSION = "redis.redis.opstreelabs.in/v1beta2"
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
    config: dict[str, Any] = {"additionalRedisConfig": names.config(instance)}
    if "maxmemory" not in instance.flavour.additional_config:
        config["maxMemoryPercentOfLimit"] = _MAXMEMORY_PERCENT
    return config


def checksums(instance: Instance) -> dict[str, str]:
    """Annotations that restart the pods when the ConfigMap or the Secret changes; the operator watches neither."""
    token = instance.authentication.auth_token
    sums = {"checksum/config": sha256(redis_conf(instance.flavour).encode()).hexdigest()}
    if instance.authentication.enabled and token:
        # salted with the name and cut short: it tells one password from the next, and nothing of either
        salted = f"{instance.namespace}/{instance.name}/{token}"
        sums["checksum/auth"] = sha256(salted.encode()).hexdigest()[:8]
    return sums


def exporter(flavour: Flavour) -> dict[str, Any]:
    """spec.redisExporter, on the operator's fixed port 9121 (operator sheet §1.5)."""
    if not flavour.metrics.enabled:
        return {}
    return {
        "redisExporter": {
            "enabled": True,
            "image": flavour.metrics.image,
            "imagePullPolicy": flavour.image_pull_policy,
            "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}},
            "securityContext": pods.container_security(),
        }
    }


def storage(flavour: Flavour) -> dict[str, Any]:
    """spec.storage; without persistence none at all, because 0.23 takes any for a claim (opstree-versions §1.2)."""
    persistence = flavour.persistence
    if not persistence.enabled:
        return {}
    claim: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": canonical(persistence.size)}},
    }
    if persistence.storage_class:
        claim["storageClassName"] = persistence.storage_class
    # without keepAfterDelete the operator deletes the volumes together with the custom resource
    return {"storage": {"keepAfterDelete": True, "volumeClaimTemplate": {"spec": claim}}}
