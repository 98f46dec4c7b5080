# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which nodes and zones the pods of a role share, or do not share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Flavour

_NODE = "kubernetes.io/hostname"
_ZONE = "topology.kubernetes.io/zone"


def spread(flavour: Flavour, selector: Mapping[str, str]) -> dict[str, Any]:
    """affinity and topologySpreadConstraints of the pods that the selector finds."""
    result: dict[str, Any] = {"affinity": {"podAntiAffinity": _apart(flavour.anti_affinity, selector)}}
    if flavour.topology_spread_constraints:
        result["topologySpreadConstraints"] = [
            {**each, "labelSelector": {"matchLabels": dict(selector)}} for each in flavour.topology_spread_constraints
        ]
    return result


def _apart(kind: str, selector: Mapping[str, str]) -> dict[str, Any]:
    """Zones are preferred in either kind: whoever has several expects their loss to be survived."""
    node, zone = ({"topologyKey": key, "labelSelector": {"matchLabels": dict(selector)}} for key in (_NODE, _ZONE))
    preferred = [{"weight": 50, "podAffinityTerm": zone}]
    if kind == "required":
        return {
            "requiredDuringSchedulingIgnoredDuringExecution": [node],
            "preferredDuringSchedulingIgnoredDuringExecution": preferred,
        }
    return {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "podAffinityTerm": node}, *preferred]}
