# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PodDisruptionBudgets: of our own, because the operator's know no unhealthyPodEvictionPolicy (operator sheet §1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.budget import least_available
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout


def budgets(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """One for the Redis pods and one for the sentinels; none for a single pod, which it would tie to its node."""
    pods = sum(workload.replicas for workload in plan.redis)
    if not instance.flavour.pod_disruption_budget.enabled or pods < 2:
        return []
    result = [_budget(instance, instance.name, _least(instance, pods), plan.members, "redis")]
    if plan.sentinels:
        service, selector = plan.sentinels.statefulset, plan.sentinels.selector
        result.append(_budget(instance, service, _quorum(instance), selector, "sentinel"))
    return result


def _least(instance: Instance, pods: int) -> int:
    deployment = instance.flavour.deployment
    asked = instance.flavour.pod_disruption_budget.min_available
    return least_available(asked, deployment.mode, pods, deployment.config.replicas_per_shard)


def _quorum(instance: Instance) -> int:
    """So many sentinels as a failover takes, and one less than there are, or no node could be drained."""
    sentinel = instance.flavour.deployment.config.sentinel
    return min(max(sentinel.quorum, sentinel.replicas // 2 + 1), sentinel.replicas - 1)


def _budget(
    instance: Instance, statefulset: str, least: int, selector: Mapping[str, str], component: str
) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(instance, names.budget(statefulset), component),
        "spec": {
            "minAvailable": least,
            "selector": {"matchLabels": dict(selector)},
            # a pod that is down anyway must not block a drain for ever
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
