# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can reach an instance, as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT

Object = dict[str, Any]

_PREFIX = "service.beta.kubernetes.io"
_SCHEME, _INTERNAL, _TYPE = (f"{_PREFIX}/aws-load-balancer-{key}" for key in ("scheme", "internal", "type"))
_RANGES = f"{_PREFIX}/load-balancer-source-ranges"
# The AWS Load Balancer Controller and EKS Auto Mode make internal ones unless told otherwise; the one in Kubernetes
# itself makes those that face the internet (AWS Load Balancer Controller guide, "NLB", annotation scheme)
_INTERNAL_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
_INTERNAL_TYPES = ("external", "nlb-ip")
_EVERYBODY = ("0.0.0.0/0", "::/0")
_NAME = "kubernetes.io/metadata.name"


def network(services: Sequence[Object], policies: Sequence[Object] | None) -> dict[str, Any]:
    """exposed: the Services that lead in from outside of the cluster. policies: None where they may not be read."""
    letting = list(_letting(policies or ()))
    return {
        "exposed": [_exposed(one) for one in services if one["spec"]["type"] in ("LoadBalancer", "NodePort")],
        "policies": None if policies is None else sorted(one["metadata"]["name"] for one in policies),
        "namespaces": sorted({name for peer in letting for name in _namespaces(peer)}),
        "networks": sorted({peer["ipBlock"]["cidr"] for peer in letting if "ipBlock" in peer}),
    }


def _exposed(service: Object) -> dict[str, Any]:
    spec = service["spec"]
    notes = service["metadata"].get("annotations") or {}
    balancers = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    given = spec.get("loadBalancerSourceRanges") or [one.strip() for one in notes.get(_RANGES, "").split(",")]
    return {
        "name": service["metadata"]["name"],
        "type": spec["type"],
        "scheme": _scheme(spec, notes) if spec["type"] == "LoadBalancer" else None,
        "hosts": [one.get("hostname") or one.get("ip") for one in balancers],
        "source_ranges": sorted(one for one in given if one and one not in _EVERYBODY),
    }


def _scheme(spec: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    """internal or internet-facing."""
    if notes.get(_SCHEME):
        return notes[_SCHEME]
    by_default = spec.get("loadBalancerClass") in _INTERNAL_CLASSES or notes.get(_TYPE) in _INTERNAL_TYPES
    internal = by_default or notes.get(_INTERNAL) in ("true", "0.0.0.0/0")
    return "internal" if internal else "internet-facing"


def _letting(policies: Sequence[Object]) -> Iterator[Mapping[str, Any]]:
    """Whom they let in to Redis, one by one."""
    for one in policies:
        for rule in one["spec"].get("ingress") or ():
            if any(port.get("port") == REDIS_PORT for port in rule.get("ports") or ()):
                yield from rule.get("from") or ()


def _namespaces(peer: Mapping[str, Any]) -> Iterator[str]:
    """Those of which all pods are let in."""
    if "podSelector" not in peer:
        for term in (peer.get("namespaceSelector") or {}).get("matchExpressions") or ():
            if term["key"] == _NAME and term["operator"] == "In":
                yield from term["values"]
