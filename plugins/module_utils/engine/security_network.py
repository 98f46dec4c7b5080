# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can reach an instance, as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import balancers
from ansible_collections.eks.redis.plugins.module_utils.contract.discovery import hostnames
from ansible_collections.eks.redis.plugins.module_utils.engine.security_policies import let_in
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import balanced

Object = dict[str, Any]


def network(
    services: Sequence[Object], policies: Sequence[Object] | None, instance: str, pods: Sequence[Object]
) -> dict[str, Any]:
    """exposed: the Services that lead in from outside of the cluster. nodes: domains in which nodes have names outside.

    The rest is of ``let_in``, whose arguments are the other three; policies: None where they may not be read.
    """
    return {
        "exposed": [_exposed(one) for one in services if one["spec"]["type"] in ("LoadBalancer", "NodePort")],
        "nodes": sorted({domain for one in services for domain in _domains(one)}),
        **let_in(policies or (), instance, pods),
        **({"policies": None} if policies is None else {}),
    }


def _exposed(service: Object) -> dict[str, Any]:
    spec = service["spec"]
    notes = service["metadata"].get("annotations") or {}
    has_one = spec["type"] == "LoadBalancer"
    return {
        "name": service["metadata"]["name"],
        "type": spec["type"],
        "scheme": balancers.scheme(spec.get("loadBalancerClass") or "", notes) if has_one else None,
        "hosts": balanced(service),
        "source_ranges": sorted(balancers.ranges(spec.get("loadBalancerSourceRanges") or (), notes)),
    }


def _domains(service: Object) -> Iterator[str]:
    """In which external-dns makes a name for each node of a cluster."""
    meta = service["metadata"]
    if (meta.get("labels") or {}).get("app.kubernetes.io/component") == "nodes":
        yield from hostnames(meta.get("annotations") or {})
