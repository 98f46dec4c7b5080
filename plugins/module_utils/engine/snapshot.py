# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Kubernetes holds of one instance: each collection is read once, when it is first asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, operators
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload

Object = dict[str, Any]


def selector(name: str) -> str:
    """The label selector of everything that belongs to an instance, also of what the operator made for it."""
    return as_selector(_labels(name))


def is_of(live: Object, name: str) -> bool:
    """Whether that selector finds it."""
    return _labels(name).items() <= (live["metadata"].get("labels") or {}).items()


def _labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/instance": name, "app.kubernetes.io/managed-by": kinds.MANAGER}


class Snapshot:
    """One moment of one instance. A later moment is another Snapshot."""

    def __init__(self, api: Api, namespace: str, name: str) -> None:
        self.api, self.namespace, self.name = api, namespace, name

    def later(self) -> Snapshot:
        """The same instance, to be read anew."""
        return Snapshot(self.api, self.namespace, self.name)

    @cached_property
    def statefulsets(self) -> dict[str, Object]:
        """By name."""
        return self._ours("StatefulSet")

    @cached_property
    def pods(self) -> dict[str, Object]:
        """By name; also those that are being deleted."""
        return self._ours("Pod")

    @cached_property
    def claims(self) -> dict[str, Object]:
        """PersistentVolumeClaims by name; also those that a smaller instance has left behind."""
        return self._ours("PersistentVolumeClaim")

    @cached_property
    def services(self) -> dict[str, Object]:
        """By name."""
        return self._ours("Service")

    @cached_property
    def operators(self) -> list[operators.Operator]:
        """All operators of the cluster. May raise ApiError 403."""
        return operators.find(self.api)

    def as_it_is(self, plan: Layout) -> Layout:
        """The layout with the pods that are there beside its own: those that are to go."""
        workloads = (
            replace(one, replicas=max(one.replicas, self.statefulsets[one.statefulset]["spec"]["replicas"]))
            if one.statefulset in self.statefulsets
            else one
            for one in plan.workloads
        )
        return replace(plan, workloads=tuple(workloads))

    def pods_of(self, workload: Workload) -> list[Object]:
        """The pods of one StatefulSet by name."""
        return [pod for pod in self.pods.values() if pod["metadata"]["labels"].get("app") == workload.statefulset]

    def ready_pods(self, plan: Layout) -> list[str]:
        """Names of the Redis pods that can be asked, by ordinal."""
        live = {name for name, pod in self.pods.items() if is_ready(pod) and "deletionTimestamp" not in pod["metadata"]}
        return [name for workload in plan.redis for name in workload.pods if name in live]

    def _ours(self, kind: str) -> dict[str, Object]:
        lives = self.api.list(kind, self.namespace, labelSelector=selector(self.name))
        return {live["metadata"]["name"]: live for live in sorted(lives, key=lambda one: one["metadata"]["name"])}
