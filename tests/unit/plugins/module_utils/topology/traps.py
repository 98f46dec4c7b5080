"""What the tests of the traps share."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

from .made import REDIS, SHAPES, shaped_objects

EVERYTHING = {
    "metrics": {"enabled": True, "serviceMonitor": {"enabled": True}},
    "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]},
    "service": {"type": "LoadBalancer", "annotations": {"a": "b"}},
    "imagePullSecrets": ["registry"],
    "additionalConfig": {"timeout": 5},
    "backup": {"enabled": True, "s3Bucket": "backups"},
}
every_shape = pytest.mark.parametrize("shape", SHAPES)


def resources(shape: str, flavour: dict[str, Any] | None = None, root: dict[str, Any] | None = None) -> dict[str, Any]:
    """Our custom resources by 'Kind name'."""
    found = shaped_objects(shape, flavour or {}, root)
    return {name: each for name, each in found.items() if "opstreelabs" in each["apiVersion"]}


def spec(shape: str, flavour: dict[str, Any] | None = None) -> dict[str, Any]:
    """The spec of the Redis pods' custom resource."""
    found: dict[str, Any] = resources(shape, flavour)[REDIS[shape]]["spec"]
    return found


def pods(shape: str, flavour: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The parts of custom resources that describe Redis pods: in a cluster one a role."""
    found = spec(shape, flavour)
    return [found["redisLeader"], found["redisFollower"]] if shape == "cluster" else [found]


def conf(shape: str, flavour: dict[str, Any] | None = None) -> list[str]:
    text: str = shaped_objects(shape, flavour)["ConfigMap cache-config"]["data"]["redis-additional.conf"]
    return text.splitlines()


def keys(value: Any) -> set[str]:
    """All keys anywhere in an object."""
    if isinstance(value, dict):
        return {*value, *(key for item in value.values() for key in keys(item))}
    return {key for item in value for key in keys(item)} if isinstance(value, list) else set()


def refused(flavour: dict[str, Any], root: dict[str, Any] | None = None, **who: str) -> set[str]:
    """The fields that errors name."""
    resolution = resolve(flavour, root, **{"name": "cache", "namespace": "apps", **who})
    return {problem.path for problem in resolution.errors}
