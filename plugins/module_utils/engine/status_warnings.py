# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person should know of an instance, one line each: what Redis says first, what may hurt later last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import octets
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, pause
from ansible_collections.eks.redis.plugins.module_utils.engine.compare import owned_fields
from ansible_collections.eks.redis.plugins.module_utils.engine.mend import stale_labels
from ansible_collections.eks.redis.plugins.module_utils.engine.proof import doubts
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_old, is_ready, pending
from ansible_collections.eks.redis.plugins.module_utils.engine.stages import is_gated
from ansible_collections.eks.redis.plugins.module_utils.engine.status_facts import memory
from ansible_collections.eks.redis.plugins.module_utils.engine.status_placement import placement
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import View
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Workload

_FULL = 90  # % of maxmemory
_AT_THE_LIMIT = {"noeviction": "when it is full, Redis refuses writes"}
# What INFO says of the last write to disk
_WRITES = {
    "rdb_last_bgsave_status": "its last snapshot failed",
    "aof_last_write_status": "its last write to the append-only file failed, so it refuses writes",
    "aof_last_bgrewrite_status": "its last rewrite of the append-only file failed",
}


def warnings(view: View) -> Iterator[str]:
    """All of them, each once."""
    yield from dict.fromkeys(text for find in _FINDERS for text in find(view))


def _answers(view: View) -> Iterator[str]:
    if view.unasked:
        yield f"Redis could not be asked: {view.unasked}"
    else:
        yield from doubts(view.plan, view.state)


def _paused(view: View) -> Iterator[str]:
    for live in view.resources.values():
        if pause.is_paused(live):
            yield f"{live['kind']} {live['metadata']['name']}: {pause.why(live)}"


def _labels(view: View) -> Iterator[str]:
    """Services find the master by a label, which the operator sets."""
    for member in stale_labels(view.plan, view.seen, view.state):
        label = view.seen.pods[member.pod]["metadata"]["labels"].get("redis-role", "missing")
        yield f"Pod {member.pod}: its label redis-role is {label}, but Redis is a {member.role}"


def _versions(view: View) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for member in view.members:
        found.setdefault(member.info.get("redis_version", "?"), []).append(member.pod)
    if len(found) > 1:
        told = ", ".join(f"{version} ({', '.join(pods)})" for version, pods in sorted(found.items()))
        yield f"the pods run different releases of Redis: {told}"


def _memory(view: View) -> Iterator[str]:
    for member in view.members:
        used: dict[str, Any] = memory([member]) or {}
        if (used["percentage"] or 0) >= _FULL:
            then = _AT_THE_LIMIT.get(used["policy"], f"when it is full, Redis evicts keys ({used['policy']})")
            yield f"Pod {member.pod}: its memory is at {used['percentage']} % of maxmemory; {then}"


def _writes(view: View) -> Iterator[str]:
    for member in view.members:
        for field, what in _WRITES.items():
            if member.info.get(field, "ok") != "ok":
                yield f"Pod {member.pod}: {what}"


def _rolls(view: View) -> Iterator[str]:
    for workload in view.plan.workloads:
        revision = (view.seen.statefulsets.get(workload.statefulset, {}).get("status") or {}).get("updateRevision")
        old = [pod["metadata"]["name"] for pod in view.seen.pods_of(workload) if is_old(pod, revision)]
        if revision and old:
            yield f"StatefulSet {workload.statefulset}: Pod {', '.join(old)} is not of the newest revision yet"
    if is_gated(view.head):
        yield (
            f"{view.head['kind']} {view.seen.name}: a rolling restart is under way or was interrupted (updateStrategy "
            "OnDelete); deploy again to finish it"
        )


def _drift(view: View) -> Iterator[str]:
    for resource in view.resources.values():
        for manager, path in foreign(resource):
            yield (
                f"{resource['kind']} {view.seen.name}: {path} was set by {manager}; deploy with redis_force=true to "
                "take it back"
            )
    for workload in view.plan.workloads:
        statefulset = view.seen.statefulsets.get(workload.statefulset)
        reason = pending(view.resources[workload.kind], workload, statefulset) if statefulset else None
        if reason:
            yield reason


def foreign(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Manager and path of what others have set in a spec of ours.

    What another manager changes is no longer ours; empty values are what the operator's writes leave everywhere.
    """
    ours = set(_leaves((owned_fields(resource) or {}).get("f:spec", {})))
    for entry in resource["metadata"].get("managedFields") or ():
        if entry["manager"] != kinds.MANAGER and entry.get("subresource") != "status":
            for path in _leaves((entry.get("fieldsV1") or {}).get("f:spec", {})):
                if path not in ours and _value(resource["spec"], path) not in (None, {}, [], ""):
                    yield entry["manager"], ".".join(("spec", *path))


def _leaves(fields: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of a fieldsV1 set; of a list's items only the list."""
    named = {key[2:]: below for key, below in fields.items() if key.startswith("f:")}
    if not named and path:
        yield path
    for key, below in named.items():
        yield from _leaves(below, (*path, key))


def _value(spec: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        spec = spec.get(key) if isinstance(spec, dict) else None
    return spec


def _volumes(view: View) -> Iterator[str]:
    for workload in view.plan.workloads:
        wanted = _wanted(view, workload)
        for name in workload.claims:
            claim = view.seen.claims.get(name)
            asked = claim["spec"]["resources"]["requests"]["storage"] if claim else ""
            if _less(asked, wanted):
                yield f"PersistentVolumeClaim {name}: it asks for {asked} instead of {wanted}; deploy again"
    for name, claim in view.seen.claims.items():
        state, asked = claim.get("status") or {}, claim["spec"]["resources"]["requests"].get("storage", "")
        has = (state.get("capacity") or {}).get("storage", "")
        if _less(has, asked):
            pending_on = {one["type"] for one in state.get("conditions") or () if one["status"] == "True"}
            restart = "; its file system grows when the pod restarts"
            when = restart if "FileSystemResizePending" in pending_on else ""
            yield f"PersistentVolumeClaim {name}: it has {has} of {asked}{when}"
    left = [name for name in view.seen.claims if name not in view.owners]
    if left:
        yield f"PersistentVolumeClaim {', '.join(left)}: of pods that are gone; kept until somebody deletes it"


def _wanted(view: View, workload: Workload) -> str:
    template = (view.resources[workload.kind]["spec"].get("storage") or {}).get("volumeClaimTemplate") or {}
    found: str = template.get("spec", {}).get("resources", {}).get("requests", {}).get("storage", "")
    return found


def _less(size: str, than: str) -> bool:
    """False for what is no size: it cannot be judged."""
    return (octets(size) or 0) < (octets(than) or 0) if octets(size) else False


def _budgets(view: View) -> Iterator[str]:
    pods = [pod for workload in view.plan.workloads for pod in view.seen.pods_of(workload)]
    if not all(map(is_ready, pods)):
        return
    for budget in view.budgets:
        state = budget.get("status") or {}
        if state.get("expectedPods") and state.get("disruptionsAllowed") == 0:
            yield (
                f"PodDisruptionBudget {budget['metadata']['name']}: no pod may leave although all are ready "
                f"({state.get('desiredHealthy')} of {state['expectedPods']} must stay), so no node can be drained"
            )


def _backups(view: View) -> Iterator[str]:
    for cron_job in view.cron_jobs:
        name, state = cron_job["metadata"]["name"], cron_job.get("status") or {}
        started, succeeded = state.get("lastScheduleTime", ""), state.get("lastSuccessfulTime", "")
        # times of Kubernetes are all of one form
        if started > succeeded and not state.get("active"):
            job = f"{name}-{int(datetime.fromisoformat(started).timestamp()) // 60}"  # as Kubernetes names it
            yield (
                f"CronJob {name}: what began at {started} has not succeeded; kubectl logs --namespace "
                f"{view.plan.namespace} job/{job} says why"
            )
        if cron_job["spec"].get("suspend"):
            yield f"CronJob {name}: it is suspended"


_FINDERS: tuple[Callable[[View], Iterator[str]], ...] = (
    _answers,
    _paused,
    _labels,
    _versions,
    _memory,
    _writes,
    _rolls,
    _drift,
    _volumes,
    _budgets,
    _backups,
    placement,
)
