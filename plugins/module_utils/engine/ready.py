# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting until an instance is proven to work, and telling what is missing when the time is up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.engine import operators
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError, Unreachable
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.prune import selector
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import unmet
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import (
    fault_of,
    operator_trouble,
    stuck,
    workload_trouble,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload


def await_ready(api: Api, plan: Layout, name: str, rendered: Sequence[dict[str, Any]], deadline: Deadline) -> list[str]:
    """Waits until every workload runs what was applied and the data proves it; warnings about what it had to do.

    Raises EngineError in one line: what is missing, and why as far as pods, events, logs and the operator tell.
    """
    resources = {(one["kind"], one["metadata"]["name"]): one for one in rendered}
    replaced: dict[str, str] = {}

    def short_of(workload: Workload) -> str | None:
        statefulset = api.get("StatefulSet", workload.statefulset, plan.namespace)
        pods = _pods(api, plan, workload)
        if statefulset:
            replaced.update(_replace_stuck(api, plan.namespace, statefulset, pods))
        resource = resources[workload.kind, workload.name]
        return unmet(resource, workload, statefulset, pods) or _small_claim(api, plan, resource, workload)

    def missing() -> str | None:
        return next(filter(None, map(short_of, plan.workloads)), None) or unproven(api, plan)

    watched = [Watched(kind, plan.namespace, {"labelSelector": selector(name)}) for kind in ("StatefulSet", "Pod")]
    reason = wait_until(api, missing, watched, deadline)
    if reason:
        late = f"instance {plan.namespace}/{name} is not ready after {deadline.seconds:.0f} s: {reason}"
        raise EngineError("; ".join(dict.fromkeys([late, *_causes(api, plan)])))
    return list(replaced.values())


def _small_claim(api: Api, plan: Layout, resource: dict[str, Any], workload: Workload) -> str | None:
    """A volume that is to grow and that the operator has not asked for yet; nothing else of it restarts a pod.

    The growth itself is the storage driver's affair and may wait for the pod's next start.
    """
    if "storage" not in resource["spec"]:
        return None
    size = resource["spec"]["storage"]["volumeClaimTemplate"]["spec"]["resources"]["requests"]["storage"]
    for name in workload.claims:
        claim = api.get("PersistentVolumeClaim", name, plan.namespace)
        has = octets(claim["spec"]["resources"]["requests"]["storage"]) if claim else None
        if has is not None and has < (octets(size) or 0):
            return f"PersistentVolumeClaim {name} does not ask for {size} yet"
    return None


def _replace_stuck(
    api: Api, namespace: str, statefulset: dict[str, Any], pods: Sequence[dict[str, Any]]
) -> dict[str, str]:
    """Deletes pods that an earlier revision has left in a state they cannot leave; a warning by the pod's uid.

    A StatefulSet waits for such a pod before it replaces it, for ever: a corrected flavour would never arrive
    (kubernetes.io, StatefulSets, "Forced rollback"). Its volume stays.
    """
    warnings = {}
    for pod in stuck(statefulset, pods):
        what = f"Pod {namespace}/{pod['metadata']['name']}"
        try:
            api.delete("Pod", pod["metadata"]["name"], namespace)
        except ApiError:
            continue  # who may not delete pods is told what is wrong with them when the time is up
        why = fault_of(pod).text
        warnings[pod["metadata"]["uid"]] = f"{what} was replaced, its old revision would never have got ready ({why})"
    return warnings


def _causes(api: Api, plan: Layout) -> list[str]:
    try:
        found = [_cause(api, plan, workload) for workload in plan.workloads]
    except Unreachable:
        return []  # that is what was waited for
    except EngineError as error:
        return [str(error)]  # it must not hide what was waited for
    return [cause for cause in found if cause][:1]


def _cause(api: Api, plan: Layout, workload: Workload) -> str | None:
    if api.get("StatefulSet", workload.statefulset, plan.namespace) is None:
        return _operator_cause(api, plan.namespace, workload)
    return workload_trouble(api, plan.namespace, "StatefulSet", workload.statefulset, _pods(api, plan, workload))


def _operator_cause(api: Api, namespace: str, workload: Workload) -> str:
    """Why the operator has made nothing of the custom resource."""
    for one in operators.find(api):
        if one.covers(namespace):
            said = operator_trouble(api, one, namespace, workload.name)
            state = "" if one.available else " is not available,"
            return f"{one}{state} has logged {f'the error: {said}' if said else 'no error about it'}"
    return f"no redis operator watches namespace {namespace}"


def _pods(api: Api, plan: Layout, workload: Workload) -> list[dict[str, Any]]:
    labels = ",".join(f"{key}={value}" for key, value in workload.selector.items())
    return api.list("Pod", plan.namespace, labelSelector=labels)
