from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.live_instance import instance_of
from ansible_collections.eks.redis.plugins.module_utils.topology import names, pods
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE

AMOUNTS = {"requests": {"cpu": "200m", "memory": "3Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}
OTHER: dict[str, Any] = {
    "image": "registry.example/redis:7.2.6",
    "imagePullPolicy": "Always",
    "imagePullSecrets": ["registry"],
    "nodeSelector": {"pool": "redis"},
    "tolerations": [{"key": "redis", "operator": "Exists", "effect": "NoSchedule"}],
    "priorityClassName": "high",
    "serviceAccount": "redis",
    "securityContext": {"runAsUser": 1001, "fsGroup": 1002},
    "master": {"resources": AMOUNTS},
    "backup": {"image": "registry.example/toolbox:v1"},
}
PASSWORD = {"authentication": {"enabled": True, "existingSecret": {"name": "own", "key": "token"}}}


@pytest.mark.parametrize("root", [{}, PASSWORD], ids=["open", "password"])
@pytest.mark.parametrize("other", [{}, OTHER], ids=["defaults", "given"])
@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_what_another_pod_must_know_is_found_in_the_custom_resources(
    flavour: dict[str, Any], other: dict[str, Any], root: dict[str, Any]
) -> None:
    root = {**root, "clusterModeEnabled": flavour is CLUSTER}
    made = resolve({**flavour, **other}, root, name="cache", namespace="apps").instance
    assert made
    lives = {one["kind"]: one for one in manifests(made) if one["kind"].startswith("Redis")}
    found = instance_of(lives, {"team": "shop"}, image="registry.example/toolbox:v1")
    assert (found.name, found.namespace, found.labels) == ("cache", "apps", {"team": "shop"})
    assert found.flavour.backup.image == "registry.example/toolbox:v1"
    assert found.authentication.enabled == made.authentication.enabled
    if made.authentication.enabled:
        assert names.password(found) == names.password(made)
    same = (
        *("image", "image_pull_policy", "image_pull_secrets", "node_selector", "tolerations", "priority_class_name"),
        *("service_account", "security_context"),
    )
    for name in same:
        assert getattr(found.flavour, name) == getattr(made.flavour, name), name
    assert found.flavour.deployment.mode == made.flavour.deployment.mode
    config, expected = found.flavour.deployment.config, made.flavour.deployment.config
    assert (config.num_shards, config.replicas_per_shard) == (expected.num_shards, expected.replicas_per_shard)
    assert pods.resources(found.flavour.master.resources) == pods.resources(made.flavour.master.resources)
