# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the nodes that are there can take the pods. More nodes may come on demand, so this only warns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import allowed
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

Node = dict[str, Any]

_ZONE = "topology.kubernetes.io/zone"
_ENOUGH_ZONES = 3  # whichever is lost, the others hold a majority of what is spread over them evenly
_CLOSING = ("NoSchedule", "NoExecute")


def nodes(case: Case) -> Iterator[Finding]:
    """the nodes"""
    live = allowed(lambda: case.api.list("Node"))
    if live is None:
        return  # many a user may not look at nodes, and nothing is wrong with that
    for text in room(case.instance.flavour, case.layout, live):
        yield Finding(text, fatal=False)


def room(flavour: Flavour, plan: Layout, live: Sequence[Node]) -> Iterator[str]:
    """What keeps pods Pending on these nodes, or puts too many of them into one zone; a line each.

    Says nothing of a cluster without nodes: there they are made when pods ask for them.
    """
    groups = _groups(plan)
    hard = _hard(flavour) if groups else []
    obstacles = [_obstacle(flavour, hard, node) for node in live]
    free = [node for node, obstacle in zip(live, obstacles, strict=True) if not obstacle]
    counted = Counter(filter(None, obstacles))
    others = (
        f" (of {len(live)}: {', '.join(f'{number} {what}' for what, number in counted.items())})" if counted else ""
    )
    if live and not free:
        yield f"no node can take a pod of the instance now{others}; all of its pods stay Pending until one can"
    if not free:
        return
    for noun, pods in groups.items():
        if flavour.anti_affinity == "required" and pods > len(free):
            yield (
                f"antiAffinity: required asks for {pods} nodes, one for each {noun}; schedulable now: {len(free)}"
                f"{others}; the other pods stay Pending until nodes are added"
            )
        for constraint in hard:
            yield from _closed(constraint, free, _counted(flavour, hard, live), noun, pods)
        if any(each["topologyKey"] == _ZONE for each in flavour.topology_spread_constraints):
            yield from _few_zones(free, noun, pods)


def _groups(plan: Layout) -> dict[str, int]:
    """How many pods keep apart from each other, by what they are; see topology.spread. A single Redis has no others."""
    if plan.redis[0].kind == "Redis":
        return {}
    groups = {"Redis pod": sum(workload.replicas for workload in plan.redis)}
    return {**groups, "sentinel": plan.sentinels.replicas} if plan.sentinels else groups


def _hard(flavour: Flavour) -> list[Mapping[str, Any]]:
    return [each for each in flavour.topology_spread_constraints if each["whenUnsatisfiable"] == "DoNotSchedule"]


def _obstacle(flavour: Flavour, hard: Sequence[Mapping[str, Any]], node: Node) -> str:
    """Why the scheduler passes over a node, "" when it does not."""
    if not _is_meant(flavour, node):
        return "without the labels of nodeSelector"
    # both are taints too, a moment later
    if node["spec"].get("unschedulable") or not is_ready(node):
        return "cordoned or not ready"
    taints = (taint for taint in node["spec"].get("taints") or () if taint["effect"] in _CLOSING)
    if not all(any(_tolerates(each, taint) for each in flavour.tolerations) for taint in taints):
        return "with taints beyond tolerations"
    if not _has_keys(hard, node):
        return "without a topologyKey of topologySpreadConstraints"
    return ""


def _is_meant(flavour: Flavour, node: Node) -> bool:
    return flavour.node_selector.items() <= _labels(node).items()


def _has_keys(constraints: Sequence[Mapping[str, Any]], node: Node) -> bool:
    return all(each["topologyKey"] in _labels(node) for each in constraints)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """As the scheduler compares them: what a toleration leaves empty is any."""
    return (
        toleration.get("effect", "") in ("", taint["effect"])
        and toleration.get("key", "") in ("", taint["key"])
        and (toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", ""))
    )


def _counted(flavour: Flavour, hard: Sequence[Mapping[str, Any]], live: Sequence[Node]) -> list[Node]:
    """The nodes whose domains the scheduler balances: taints do not take one out (nodeTaintsPolicy: Ignore)."""
    return [node for node in live if _is_meant(flavour, node) and _has_keys(hard, node)]


def _closed(
    constraint: Mapping[str, Any], free: Sequence[Node], counted: Sequence[Node], noun: str, pods: int
) -> Iterator[str]:
    """A domain that no pod can go to holds the others back: they may have only maxSkew more."""
    key, skew = constraint["topologyKey"], constraint["maxSkew"]
    open_ = {_labels(node)[key] for node in free}
    closed = {_labels(node)[key] for node in counted} - open_
    if closed and pods > skew * len(open_):
        yield (
            f"topologySpreadConstraints: no node of {key} {', '.join(sorted(closed))} can take a pod now, and "
            f"DoNotSchedule lets {', '.join(sorted(open_))} have at most {skew} more each (maxSkew): "
            f"some of {pods} {noun}s may stay Pending"
        )


def _few_zones(free: Sequence[Node], noun: str, pods: int) -> Iterator[str]:
    zones = sorted({_labels(node)[_ZONE] for node in free if _ZONE in _labels(node)})
    if zones and len(zones) < min(pods, _ENOUGH_ZONES):
        yield (
            f"topologySpreadConstraints: all nodes that can take a pod now are in {' and '.join(zones)}: "
            f"the loss of a zone can take {ceil(pods / len(zones))} of {pods} {noun}s"
        )


def _labels(node: Node) -> dict[str, str]:
    return node["metadata"].get("labels") or {}
