"""The twelve steps: create, change, delete x check, real x first, second run."""

from __future__ import annotations

from typing import Any

import pytest
import runs

CREATED = {"Namespace/{}": "created", "ConfigMap/cache-config": "created", "Redis/cache": "created"}
CHANGED = {"ConfigMap/cache-config": "changed", "Redis/cache": "changed"}
DELETED = {"ConfigMap/cache-config": "deleted", "Redis/cache": "deleted"}

SMALL: dict[str, Any] = {"flavour": {}}
OTHER: dict[str, Any] = {"flavour": {"additionalConfig": {"maxmemory-policy": "allkeys-lru"}}}
GONE: dict[str, Any] = {"state": "absent"}

STEPS = {
    "create": ([], SMALL, CREATED),
    "change": ([SMALL], OTHER, CHANGED),
    "delete": ([SMALL], GONE, DELETED),
}


@pytest.mark.parametrize("step", STEPS)
def test_check_predicts_what_the_run_then_does(instance, cluster, namespace, step) -> None:
    before, options, expected = STEPS[step]
    for earlier in before:
        instance(**earlier)
    expected = {key.format(namespace): value for key, value in expected.items()}

    since = cluster.position()
    first, second = instance(check=True, **options), instance(check=True, **options)
    assert runs.changes(first) == runs.changes(second) == expected
    assert first["changed"] and second["changed"]
    assert cluster.writes(since, namespace=namespace) == []

    real = instance(**options)
    assert runs.changes(real) == expected
    assert real["changed"]

    since = cluster.position()
    assert not instance(check=True, **options)["changed"]
    again = instance(**options)
    assert not again["changed"]
    assert runs.changes(again) == {}
    assert cluster.writes(since, namespace=namespace) == []


def test_check_sends_no_write_and_the_run_writes_each_object_once(instance, cluster, namespace) -> None:
    since = cluster.position()
    predicted = {name.split("/")[1] for name in runs.changes(instance(check=True, flavour={}))}
    assert cluster.writes(since, namespace=namespace) == []
    instance(flavour={})
    written = cluster.writes(since, namespace=namespace)
    assert sorted(written) == ["patch configmaps/cache-config", f"patch namespaces/{namespace}", "patch redis/cache"]
    assert {one.split("/")[1] for one in written} == predicted
