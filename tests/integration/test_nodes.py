"""What preflight says of live nodes, and when it asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import runs
from cluster import eventually

ZONE = "topology.kubernetes.io/zone"
TAINT = {"key": "team", "value": "web", "effect": "NoSchedule"}
THREE = {"deployment": {"mode": "sentinel"}, "antiAffinity": "required"}


@pytest.fixture
def nodes(empty) -> Iterator[Callable[..., None]]:
    """Makes nodes as kubelets and people do: ready, in a zone, some tainted or cordoned."""
    made = []

    def make(name: str, zone: str, **spec: Any) -> None:
        path = f"/api/v1/nodes/{name}"
        labels = {ZONE: zone, "kubernetes.io/hostname": name}
        empty.apply(path, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
        made.append(path)
        ready = {"conditions": [{"type": "Ready", "status": "True"}]}
        empty.merge(f"{path}/status", {"status": ready}, "kubelet")
        # admission has put a taint on it that a controller takes away when it is ready
        eventually(lambda: not empty.get(path)["spec"].get("taints"))
        empty.merge(path, {"spec": spec}, "kubectl")

    yield make
    for path in made:
        empty.delete(path)


def said(capsys: pytest.CaptureFixture[str], flavour: dict[str, Any]) -> list[str]:
    """The warnings about nodes; others are about what an empty cluster lacks."""
    planned = runs.module(capsys, "instance", check=True, name="cache", namespace="apps", flavour=flavour)
    return [text for text in runs.warnings(planned) if "node" in text]


def test_too_few_nodes_are_told_with_figures(nodes, capsys) -> None:
    nodes("one", "a")
    nodes("two", "b")
    nodes("tainted", "c", taints=[TAINT])
    nodes("cordoned", "c", unschedulable=True)
    others = "(of 4: 1 cordoned or not ready, 1 with taints beyond tolerations)"
    expected = {
        f"antiAffinity: required asks for 3 nodes, one for each {noun}; schedulable now: 2 {others}; "
        "the other pods stay Pending until nodes are added"
        for noun in ("Redis pod", "sentinel")
    }
    assert set(said(capsys, THREE)) == expected
    assert said(capsys, {**THREE, "tolerations": [TAINT]}) == []
    (nowhere,) = said(capsys, {**THREE, "nodeSelector": {"disk": "fast"}})
    assert nowhere == (
        "no node can take a pod of the instance now (of 4: 4 without the labels of nodeSelector); "
        "all of its pods stay Pending until one can"
    )


def test_nodes_are_asked_for_only_when_pods_come_or_restart(instance, asked) -> None:
    def nodes(**options: Any) -> int:
        return sum((one.get("objectRef") or {}).get("resource") == "nodes" for one in asked(instance, **options))

    small = {"flavour": {}}
    assert nodes(**small) == 1
    assert nodes(**small) == 0
    assert nodes(flavour={"networkPolicy": {"enabled": True}}) == 0
    assert nodes(flavour={"networkPolicy": {"enabled": True}, "master": {"resources": {"limits": {"cpu": "2"}}}}) == 1
