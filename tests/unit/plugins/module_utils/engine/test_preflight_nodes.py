"""What preflight says of the nodes: tables of nodes and flavours."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_nodes import room
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from ..topology.made import shaped

ZONE = "topology.kubernetes.io/zone"
Node = dict[str, Any]


def node(zone: str = "", *, ready: str = "True", cordoned: bool = False, taint: str = "", **labels: str) -> Node:
    """taint: ``key=value:effect``."""
    key, _equals, rest = taint.partition("=")
    value, _colon, effect = rest.partition(":")
    spec: Node = {"taints": [{"key": key, "value": value, "effect": effect}]} if taint else {}
    return {
        "metadata": {"labels": {**({ZONE: zone} if zone else {}), **labels}},
        "spec": {**spec, "unschedulable": True} if cordoned else spec,
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }


def spread(key: str = ZONE, skew: int = 1, when: str = "DoNotSchedule") -> dict[str, Any]:
    return {"topologySpreadConstraints": [{"maxSkew": skew, "topologyKey": key, "whenUnsatisfiable": when}]}


def said(shape: str, flavour: dict[str, Any], *nodes: Node) -> list[str]:
    instance = shaped(shape, flavour)
    return list(room(instance.flavour, layout(instance), nodes))


APART = {"antiAffinity": "required"}
ZONES = [node("a"), node("b"), node("c")]
TAINTED = "team=web:NoSchedule"
FIXED = {"nodeSelector": {"disk": "fast"}}

# nothing to say
WELL: dict[str, tuple[str, dict[str, Any], list[Node]]] = {
    "no nodes at all": ("sentinel", {**APART, **spread(), **FIXED}, []),
    "a node for each pod": ("sentinel", APART, [node(), node(), node()]),
    "soft": ("cluster", {}, [node()]),
    "a single pod has none to keep from": ("standalone", {**APART, **spread("rack")}, [node()]),
    "a zone for each pod": ("sentinel", spread(), ZONES),
    "three zones for many pods": ("cluster", spread(), ZONES),
    "two zones for two pods": ("replicated", {**spread(), "replicaCount": 1}, [node("a"), node("b")]),
    "soft and no such label": ("sentinel", spread("rack", when="ScheduleAnyway"), [node()]),
    "another key in few domains": ("sentinel", spread("rack"), [node(rack="1")]),
    "a taint that only asks to stay away": ("standalone", {}, [node(taint="team=web:PreferNoSchedule")]),
    "a closed zone and room for all": ("sentinel", spread(skew=2), [*ZONES, node("d", cordoned=True)]),
    **{
        f"tolerated {number}": ("standalone", {"tolerations": [toleration]}, [node(taint=TAINTED)])
        for number, toleration in enumerate(
            (
                {"operator": "Exists"},
                {"key": "team", "operator": "Exists"},
                {"key": "team", "operator": "Exists", "effect": "NoSchedule"},
                {"key": "team", "value": "web"},
                {"key": "team", "operator": "Equal", "value": "web", "effect": "NoSchedule"},
            )
        )
    },
}
NOWHERE = "; all of its pods stay Pending until one can"
PENDING = "; the other pods stay Pending until nodes are added"
# a line each
SAID: dict[str, tuple[str, dict[str, Any], list[Node], list[str]]] = {
    "too few nodes": (
        "cluster",
        APART,
        [node(), node(), node(), node(cordoned=True), node(ready="Unknown")],
        [
            "antiAffinity: required asks for 9 nodes, one for each Redis pod; schedulable now: 3 (of 5: 2 cordoned or "
            f"not ready){PENDING}"
        ],
    ),
    "too few for the sentinels alone": (
        "sentinel",
        {**APART, "sentinel": {"replicas": 5, "quorum": 3}},
        ZONES,
        [f"antiAffinity: required asks for 5 nodes, one for each sentinel; schedulable now: 3{PENDING}"],
    ),
    "reasons are counted": (
        "replicated",
        {**APART, **FIXED},
        [node(disk="fast"), node(disk="slow"), node(), node(disk="fast", taint=TAINTED), node(cordoned=True)],
        [
            "antiAffinity: required asks for 3 nodes, one for each Redis pod; schedulable now: 1 (of 5: 3 without the "
            f"labels of nodeSelector, 1 with taints beyond tolerations){PENDING}"
        ],
    ),
    "no node has the labels": (
        "standalone",
        FIXED,
        [node(), node(disk="slow")],
        [f"no node can take a pod of the instance now (of 2: 2 without the labels of nodeSelector){NOWHERE}"],
    ),
    "no node has the topology key": (
        "sentinel",
        spread("rack"),
        ZONES,
        [
            "no node can take a pod of the instance now (of 3: 3 without a topologyKey of topologySpreadConstraints)"
            f"{NOWHERE}"
        ],
    ),
    **{
        f"not tolerated {number}": (
            "standalone",
            {"tolerations": tolerations},
            [node(taint=taint)],
            [f"no node can take a pod of the instance now (of 1: 1 with taints beyond tolerations){NOWHERE}"],
        )
        for number, (tolerations, taint) in enumerate(
            (
                ([], TAINTED),
                ([], "team=web:NoExecute"),
                ([{"key": "team", "value": "db"}], TAINTED),
                ([{"key": "crew", "operator": "Exists"}], TAINTED),
                ([{"key": "team", "operator": "Exists", "effect": "NoExecute"}], TAINTED),
            )
        )
    },
    "a zone that is closed holds the others back": (
        "replicated",
        {**spread(), "replicaCount": 3},
        [*ZONES, node("d", taint=TAINTED)],
        [
            f"topologySpreadConstraints: no node of {ZONE} d can take a pod now, and DoNotSchedule lets a, b, c have "
            "at most 1 more each (maxSkew): some of 4 Redis pods may stay Pending"
        ],
    ),
    "two zones": (
        "sentinel",
        spread(when="ScheduleAnyway"),
        [node("a"), node("b"), node("b")],
        [
            "topologySpreadConstraints: all nodes that can take a pod now are in a and b: "
            f"the loss of a zone can take 2 of 3 {noun}"
            for noun in ("Redis pods", "sentinels")
        ],
    ),
    "one zone": (
        "replicated",
        spread(),
        [node("a"), node("a")],
        [
            "topologySpreadConstraints: all nodes that can take a pod now are in a: "
            "the loss of a zone can take 3 of 3 Redis pods"
        ],
    ),
}


@pytest.mark.parametrize("case", WELL)
def test_nothing_is_said(case: str) -> None:
    shape, flavour, nodes = WELL[case]
    assert said(shape, flavour, *nodes) == []


@pytest.mark.parametrize("case", SAID)
def test_what_is_said(case: str) -> None:
    shape, flavour, nodes, lines = SAID[case]
    assert said(shape, flavour, *nodes) == lines
