"""Instances for the tests of the topology."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

TOKEN = "correct-horse-battery"
CLUSTER = {"clusterModeEnabled": True}
# every way in which pods are arranged: the flavour and the root that ask for it
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "standalone": ({}, {}),
    "replicated": ({"replicaCount": 2}, {}),
    "sentinel": ({"deployment": {"mode": "sentinel", "config": {"replicaCount": 2}}}, {}),
    "cluster": ({"deployment": {"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 2}}}, CLUSTER),
}
# the custom resource of the Redis pods
REDIS = {
    "standalone": "Redis cache",
    "replicated": "RedisReplication cache",
    "sentinel": "RedisReplication cache",
    "cluster": "RedisCluster cache",
}
SENTINELS = "RedisSentinel cache"
PASSWORD = {"authentication": {"enabled": True, "authToken": TOKEN}}
TLS = {"transitEncryption": {"enabled": True}}
ACL = {"acl": {"enabled": True}}


def instance(
    flavour: Mapping[str, Any] | None = None,
    root: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Instance:
    """The instance apps/cache."""
    resolution = resolve(flavour, root, name="cache", namespace="apps", labels=labels)
    assert resolution.instance is not None, "\n".join(map(str, resolution.errors))
    return resolution.instance


def objects(flavour: Mapping[str, Any] | None = None, root: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The rendered objects of apps/cache by 'Kind name'."""
    return by_name(instance(flavour, root))


def by_name(made: Instance) -> dict[str, Any]:
    """The rendered objects by 'Kind name'."""
    return {f"{each['kind']} {each['metadata']['name']}": each for each in manifests(made)}


def shaped(shape: str, flavour: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Instance:
    """The instance apps/cache in one of SHAPES, with more laid over it."""
    return instance(merged(SHAPES[shape][0], flavour), merged(SHAPES[shape][1], root or {}))


def shaped_objects(
    shape: str, flavour: Mapping[str, Any] | None = None, root: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Its rendered objects by 'Kind name'."""
    return by_name(shaped(shape, flavour or {}, root))


def nested(path: str, value: Any) -> dict[str, Any]:
    """{'a': {'b': value}} for 'a.b'."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def merged(*documents: Mapping[str, Any]) -> dict[str, Any]:
    """Documents laid over each other."""
    result: dict[str, Any] = {}
    for document in documents:
        for key, value in document.items():
            both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
            result[key] = merged(result[key], value) if both else value
    return result


def at(value: Any, *path: str | int) -> Any:
    """The value at a path of keys and indices."""
    for part in path:
        value = value[part]
    return value
