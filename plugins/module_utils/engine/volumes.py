# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes that are to grow."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload


def left_over(plan: Layout, seen: Snapshot) -> list[str]:
    """Claims that a smaller cluster has left behind, of pods that are about to come back.

    Their nodes.conf and data are of the time before: such a node cannot join, it is not empty (operator sheet §4.5).
    """
    if plan.mode != "cluster":
        return []
    names = []
    for workload in plan.redis:
        if workload.statefulset in seen.statefulsets:
            there = seen.statefulsets[workload.statefulset]["spec"]["replicas"]
            names += [name for ordinal in range(there, workload.replicas) for name in workload.claims_of(ordinal)]
    return [name for name in names if name in seen.claims]


def grow(api: Api, seen: Snapshot, resource: dict[str, Any], workload: Workload) -> str | None:
    """Asks for the size that a custom resource wants, for every claim that is smaller; what is being done, or None.

    The operator does so only when the custom resource changes: a pod that comes later gets the size from the beginning,
    which stands in the StatefulSet for ever (operator sheet §4.6). The growth itself is the storage driver's affair,
    and may wait for the pod's next start.
    """
    storage = resource["spec"].get("storage") or {}
    if "volumeClaimTemplate" not in storage:
        return None
    size = storage["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"]
    small = [name for name in workload.claims if name in seen.claims and _size(seen.claims[name]) < (octets(size) or 0)]
    for name in small:
        try:
            api.apply(_claim(seen.namespace, name, size), force=True)
        except ApiError as error:
            if error.status != 403:
                raise  # who may not change a claim waits for the operator
    return f"PersistentVolumeClaim {', '.join(small)} does not ask for {size} yet" if small else None


def _size(claim: dict[str, Any]) -> Fraction | int:
    return octets(claim["spec"]["resources"]["requests"]["storage"]) or 0


def _claim(namespace: str, name: str, size: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"resources": {"requests": {"storage": size}}},
    }
