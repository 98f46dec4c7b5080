# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The NetworkPolicy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata


def policy(instance: Instance, members: Mapping[str, str]) -> list[dict[str, Any]]:
    """Nothing comes in but what the flavour lists, and Prometheus when there are metrics.

    The operator never connects to a Redis of kind Redis, and probes come from the node (operator sheet §2.5).
    """
    flavour = instance.flavour
    if not flavour.network_policy.enabled:
        return []
    rules = []
    if flavour.network_policy.allowed_namespaces:
        rules.append(_rule(flavour.network_policy.allowed_namespaces, 6379))
    if flavour.metrics.enabled:
        rules.append(_rule([flavour.metrics.service_monitor.namespace], 9121))
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": metadata(instance, instance.name, "network-policy"),
            "spec": {"podSelector": {"matchLabels": dict(members)}, "policyTypes": ["Ingress"], "ingress": rules},
        }
    ]


def _rule(namespaces: Iterable[str], port: int) -> dict[str, Any]:
    """Pods of these namespaces may connect to this port; the label is one that Kubernetes itself sets."""
    names = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": sorted(set(namespaces))}
    return {
        "from": [{"namespaceSelector": {"matchExpressions": [names]}}],
        "ports": [{"protocol": "TCP", "port": port}],
    }
