"""The steps of every mode: create, change, delete x check, real x first, second run."""

from __future__ import annotations

from typing import Any

import pytest
import runs
from unit.plugins.module_utils.topology.made import SHAPES, merged

GONE: dict[str, Any] = {"state": "absent"}
OTHER = {"additionalConfig": {"maxmemory-policy": "allkeys-lru"}}
BUDGET = "PodDisruptionBudget/cache-pdb"
# mode -> what is there beside the namespace and the ConfigMap; the last one or two are custom resources
OBJECTS = {
    "standalone": ("Redis/cache",),
    "replicated": (BUDGET, "RedisReplication/cache"),
    "sentinel": (BUDGET, "PodDisruptionBudget/cache-sentinel-pdb", "RedisReplication/cache", "RedisSentinel/cache"),
    "cluster": (BUDGET, "RedisCluster/cache"),
}
# mode -> the custom resource whose pods read the ConfigMap
REDIS = {shape: next(one for one in objects if one.startswith("Redis")) for shape, objects in OBJECTS.items()}
PLURALS = {
    "ConfigMap": "configmaps",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "Redis": "redis",
    "RedisReplication": "redisreplications",
    "RedisSentinel": "redissentinels",
    "RedisCluster": "redisclusters",
}


def options(shape: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
    flavour, root = SHAPES[shape]
    return {"flavour": merged(flavour, more or {}), "root": root}


def steps(shape: str, step: str) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, str]]:
    """What is done before, what is done, and what that does to which object."""
    there = ("ConfigMap/cache-config", *OBJECTS[shape])
    if step == "create":
        return [], options(shape), {"Namespace/{}": "created", **dict.fromkeys(there, "created")}
    if step == "change":
        return [options(shape)], options(shape, OTHER), dict.fromkeys((there[0], REDIS[shape]), "changed")
    return [options(shape)], GONE, dict.fromkeys(there, "deleted")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("step", ["create", "change", "delete"])
def test_check_predicts_what_the_run_then_does(instance, cluster, namespace, step, shape) -> None:
    before, wanted, expected = steps(shape, step)
    for earlier in before:
        instance(**earlier)
    expected = {key.format(namespace): value for key, value in expected.items()}

    since = cluster.position()
    first, second = instance(check=True, **wanted), instance(check=True, **wanted)
    assert runs.changes(first) == runs.changes(second) == expected
    assert first["changed"] and second["changed"]
    assert cluster.writes(since, namespace=namespace) == []

    real = instance(**wanted)
    assert runs.changes(real) == expected
    assert real["changed"]

    since = cluster.position()
    assert not instance(check=True, **wanted)["changed"]
    again = instance(**wanted)
    assert not again["changed"]
    assert runs.changes(again) == {}
    assert cluster.writes(since, namespace=namespace) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_check_sends_no_write_and_the_run_writes_each_object_once(instance, cluster, namespace, shape) -> None:
    since = cluster.position()
    predicted = runs.changes(instance(check=True, **options(shape)))
    assert cluster.writes(since, namespace=namespace) == []
    instance(**options(shape))
    written = cluster.writes(since, namespace=namespace)
    expected = [one.split("/") for one in ("ConfigMap/cache-config", *OBJECTS[shape])]
    assert sorted(written) == sorted(
        [f"patch namespaces/{namespace}", *(f"patch {PLURALS[kind]}/{name}" for kind, name in expected)]
    )
    assert set(predicted) == {f"Namespace/{namespace}", *("/".join(one) for one in expected)}
