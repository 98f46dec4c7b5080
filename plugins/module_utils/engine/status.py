# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our instances are doing, read from the cluster and asked of Redis: no flavour file is needed.

One round of lists for all instances, and one command in one pod of each; for the summary of security another of both.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.client_values import client
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.security import around
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import Around, security
from ansible_collections.eks.redis.plugins.module_utils.engine.security_points import points, urgent
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot, selector
from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import facts
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import HEADS, Object, View, layout_of
from ansible_collections.eks.redis.plugins.module_utils.engine.status_warnings import warnings
from ansible_collections.eks.redis.plugins.module_utils.engine.survey import survey
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import workload_trouble
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_PARTS = ("StatefulSet", "Pod", "PersistentVolumeClaim", "Service", "PodDisruptionBudget", "CronJob")
_OPTIONAL = ("PodDisruptionBudget", "CronJob", "Node")  # left out of the answer for who may not list them
_MANAGED = f"app.kubernetes.io/managed-by={kinds.MANAGER}"


def status(api: Api, namespace: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """The instances of a namespace (None: of all), or those of a name; by namespace and name."""
    seen = views(api, namespace, name)
    beside = zip(seen, around(api, namespace, seen), strict=True)
    found = api.map(lambda pair: _described(api, *pair), beside)
    return sorted(found, key=lambda one: (one["namespace"], one["name"]))


def views(api: Api, namespace: str | None = None, name: str | None = None) -> list[View]:
    """What there is of each, and what its Redis says."""

    def read(kind: str) -> list[Object]:
        ours = {} if kind == "Node" else {"labelSelector": selector(name) if name else _MANAGED}
        try:
            return api.list(kind, namespace, **ours)
        except ApiError as error:
            if error.status == 403 and kind in _OPTIONAL:
                return []
            raise

    wanted = (*kinds.CUSTOM_RESOURCES, *_PARTS, "Node")
    lives = dict(zip(wanted, api.map(read, wanted), strict=True))
    # a custom resource of others may carry our labels; only the field manager tells whose it is
    heads = [live for kind in HEADS for live in lives[kind] if compare.owned_fields(live) is not None]
    heads = [live for live in heads if name in (None, live["metadata"]["name"])]
    return list(api.map(lambda head: _view(api, head, lives), heads))


def _view(api: Api, head: Object, lives: dict[str, list[Object]]) -> View:
    name, namespace = head["metadata"]["name"], head["metadata"]["namespace"]
    sentinel = (one for one in lives["RedisSentinel"] if _is_at(one, namespace) and one["metadata"]["name"] == name)
    resources = {one["kind"]: one for one in (head, *sentinel)}
    parts = {kind: _by_name(lives[kind], name, namespace) for kind in _PARTS}
    seen = Snapshot(api, namespace, name)
    seen.statefulsets, seen.pods, seen.claims = (
        parts[kind] for kind in ("StatefulSet", "Pod", "PersistentVolumeClaim")
    )
    plan = layout_of(resources)
    state, unasked = _asked(plan, seen)
    return View(
        plan=plan,
        resources=resources,
        seen=seen,
        services=list(parts["Service"].values()),
        budgets=list(parts["PodDisruptionBudget"].values()),
        nodes={one["metadata"]["name"]: one for one in lives["Node"]},
        state=state,
        unasked=unasked,
        cron_jobs=list(parts["CronJob"].values()),
    )


def _by_name(lives: list[Object], instance: str, namespace: str) -> dict[str, Object]:
    ours = (
        live
        for live in lives
        if _is_at(live, namespace) and live["metadata"]["labels"].get("app.kubernetes.io/instance") == instance
    )
    return {live["metadata"]["name"]: live for live in sorted(ours, key=lambda one: str(one["metadata"]["name"]))}


def _is_at(live: Object, namespace: str) -> bool:
    return bool(live["metadata"]["namespace"] == namespace)


def _asked(plan: Layout, seen: Snapshot) -> tuple[State, str]:
    """What Redis says, or why it could not be asked: then Kubernetes' side is still worth telling."""
    try:
        return survey(plan, seen), ""
    except EngineError as error:
        return State(), str(error)


def _described(api: Api, view: View, beside: Around) -> dict[str, Any]:
    short = _short_of_pods(api, view)
    doubt = None if view.unasked else unproven(view.plan, view.state)
    guarded = security(view, beside)
    return {
        **facts(view),
        "proven": not (short or doubt or view.unasked),
        "problem": short or doubt,
        "warnings": [*warnings(view), *urgent(view.plan.namespace, guarded)],
        "security": {**guarded, "warnings": list(points(view.plan.namespace, guarded))},
        "client": client(view),
    }


def _short_of_pods(api: Api, view: View) -> str | None:
    """Why there are fewer ready pods than there should be, None when there are enough."""
    for workload in view.plan.workloads:
        if workload.statefulset not in view.seen.statefulsets:
            return f"StatefulSet {workload.statefulset} does not exist: the operator has not made it"
        pods = view.seen.pods_of(workload)
        if sum(map(is_ready, pods)) < workload.replicas:
            return workload_trouble(api, view.plan.namespace, "StatefulSet", workload.statefulset, pods)
    return None
