"""What already has the names that the operator will use is somebody else's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import neighbours
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

MODES = ("standalone", "sentinel", "cluster")
OURS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
OF_ANOTHER = {**OURS, "app.kubernetes.io/instance": "cache-sentinel"}
OF_A_CHART = {**OURS, "app.kubernetes.io/managed-by": "Helm"}


def findings(mode: str, there: dict[str, Any], *, made: bool = False) -> list[str]:
    """there: the labels of what is there, by 'Kind name'."""
    root = {"clusterModeEnabled": mode == "cluster"}
    flavour = {"deployment": {"mode": mode}, "service": {"annotations": {"a": "b"}}}
    instance = resolve(flavour, root, name="cache", namespace="apps").instance
    assert instance is not None
    lives = {kinds.reference_of(one): one if made else None for one in manifests(instance)}

    def listed(kind: str, _namespace: str) -> list[dict[str, Any]]:
        named = ((name.partition(" "), labels) for name, labels in there.items())
        return [{"metadata": {"name": name, "labels": labels}} for (of, _space, name), labels in named if of == kind]

    case: Any = SimpleNamespace(
        instance=instance, layout=layout(instance), lives=lives, api=SimpleNamespace(list=listed)
    )
    return [one.text for one in neighbours(case)]


@pytest.mark.parametrize(
    ("mode", "taken"),
    [
        ("standalone", "StatefulSet cache"),
        ("standalone", "Service cache"),
        ("standalone", "Service cache-headless"),
        ("sentinel", "StatefulSet cache-sentinel"),
        ("sentinel", "Service cache-master"),
        ("sentinel", "Service cache-sentinel-headless"),
        ("cluster", "StatefulSet cache-follower"),
        ("cluster", "Service cache-leader"),
    ],
)
@pytest.mark.parametrize("labels", [OF_ANOTHER, OF_A_CHART, None])
def test_somebody_elses_is_named(mode: str, taken: str, labels: dict[str, str] | None) -> None:
    kind, _space, name = taken.partition(" ")
    assert findings(mode, {taken: labels}) == [
        f"name: {kind} apps/{name} is there and is not of this instance; the operator would write its own over it: "
        "deploy under another name, or delete it first"
    ]


@pytest.mark.parametrize("mode", MODES)
def test_what_an_instance_before_has_left_is_ours(mode: str) -> None:
    left = ("StatefulSet cache", "StatefulSet cache-leader", "Service cache-headless", "Service cache-master")
    assert findings(mode, dict.fromkeys(left, OURS)) == []


@pytest.mark.parametrize("mode", MODES)
def test_other_names_and_our_own_service_need_no_word(mode: str) -> None:
    assert findings(mode, dict.fromkeys(("StatefulSet web", "Service cache2", "Service cache-client"), {})) == []


@pytest.mark.parametrize("mode", MODES)
def test_nobody_looks_once_the_instance_is_there(mode: str) -> None:
    assert findings(mode, {"StatefulSet cache": {}, "Service cache-leader": {}}, made=True) == []
