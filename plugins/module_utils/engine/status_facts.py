# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One instance as data. Pure. None stands for what nobody could tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.discovery import hostnames
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, Watcher
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import Object, Shard, View
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload

_ROLES = {"master": "master", "slave": "replica"}  # what Redis calls itself -> what its documentation calls it
# what a Service selects -> the endpoint of the layout, the first one where it has no such
_ENDPOINTS = {"master": "primary", "slave": "reader", "sentinel": "sentinel"}
_DATABASE = re.compile(r"db\d+")


def facts(view: View) -> dict[str, Any]:
    """The instance, as the module's RETURN documents it; ``status`` adds what follows from it."""
    plan = view.plan
    pods = [(workload, pod) for workload in plan.workloads for pod in view.seen.pods_of(workload)]
    masters = [member for member in view.members if member.role == "master"]
    versions = {member.info.get("redis_version") for member in view.members}
    return {
        "name": view.seen.name,
        "namespace": plan.namespace,
        "mode": plan.mode,
        "image": view.head["spec"]["kubernetesConfig"]["image"],
        "version": versions.pop() if len(versions) == 1 else None,
        "desired": len(plan.pods),
        "ready": sum(is_ready(pod) for _workload, pod in pods),
        "endpoints": [
            *({"name": one.name, "host": one.host, "port": one.port} for one in plan.endpoints),
            *(one for service in view.services for one in outside(plan, service)),
        ],
        "master_group": plan.master_group or None,
        "services": [_service(one) for one in view.services],
        "pods": [_pod(view, workload, pod) for workload, pod in pods],
        "cluster": _cluster(view) if plan.mode == "cluster" and view.members else None,
        "memory": memory(masters),
        "keys": keys(masters),
        "persistence": persistence(masters),
        "volumes": [_volume(view, one) for one in view.seen.claims.values()],
        "budgets": [_budget(one) for one in view.budgets],
        "backups": [_cron_job(one) for one in view.cron_jobs],
    }


def memory(members: Sequence[Member]) -> dict[str, Any] | None:
    """Bytes of all members together; ``maximum`` and ``percentage`` are None when one of them has no limit."""
    if not members:
        return None
    used = sum(_number(member, "used_memory") for member in members)
    limits = [_number(member, "maxmemory") for member in members]
    maximum = sum(limits) if all(limits) else None
    return {
        "used": used,
        "maximum": maximum,
        "percentage": 100 * used // maximum if maximum else None,
        "policy": members[0].info.get("maxmemory_policy"),
    }


def keys(members: Sequence[Member]) -> int | None:
    """The keys of all databases of all members."""
    if not members:
        return None
    values = (value for member in members for name, value in member.info.items() if _DATABASE.fullmatch(name))
    return sum(int(dict(part.split("=", 1) for part in value.split(","))["keys"]) for value in values)


def persistence(members: Sequence[Member]) -> dict[str, Any] | None:
    """The worst of all members. ``last_snapshot`` is None when one has made none since it started."""
    if not members:
        return None
    saved = [_last_snapshot(member) for member in members]
    return {
        "loading": any(member.loading for member in members),
        "aof": all(member.info.get("aof_enabled") == "1" for member in members),
        "aof_write_ok": _all_ok(members, "aof_last_write_status"),
        "snapshot_ok": _all_ok(members, "rdb_last_bgsave_status"),
        "last_snapshot": min(one for one in saved if one) if all(saved) else None,
        "changes_since_snapshot": sum(_number(member, "rdb_changes_since_last_save") for member in members),
    }


def slot_ranges(shard: Shard) -> str:
    """``0-5460``, ``0-99 200``."""
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in shard.slots)


def _last_snapshot(member: Member) -> str | None:
    """ISO 8601 in UTC. Redis sets the time when it starts: releases that count saves tell that from one."""
    if member.info.get("rdb_saves") == "0":
        return None
    return datetime.fromtimestamp(_number(member, "rdb_last_save_time"), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _all_ok(members: Sequence[Member], field: str) -> bool:
    return all(member.info.get(field, "ok") == "ok" for member in members)


def _number(member: Member, field: str) -> int:
    return int(member.info.get(field, 0))


def _pod(view: View, workload: Workload, pod: Object) -> dict[str, Any]:
    name, state = pod["metadata"]["name"], pod.get("status") or {}
    member, watcher = view.state.members.get(name), view.state.watchers.get(name)
    answered = [member] if member and not member.error else []
    asked = member or watcher
    return {
        "name": name,
        "role": "sentinel" if not workload.holds_data else _ROLES.get(member.role) if member else None,
        "label": pod["metadata"]["labels"].get("redis-role"),
        "node": view.node(name),
        "zone": view.zone(name),
        "ready": is_ready(pod),
        "restarts": sum(one.get("restartCount", 0) for one in state.get("containerStatuses") or ()),
        "error": (asked.error or None) if asked else None,
        "version": answered[0].info.get("redis_version") if answered else None,
        "replication": _replication(view, answered[0]) if answered else None,
        "watches": _watches(view, watcher) if watcher and not watcher.error else None,
        "memory": memory(answered),
        "keys": keys(answered),
        "persistence": persistence(answered),
    }


def _replication(view: View, member: Member) -> dict[str, Any]:
    if member.role != "slave":
        return {"master": None, "link": None, "lag_bytes": None, "replicas": len(member.replicas)}
    master = view.master_of(member)
    copying = member.info.get("master_sync_in_progress") == "1"
    return {
        "master": master.pod if master else member.info.get("master_host"),
        "link": "copying" if copying else member.info.get("master_link_status"),
        # the pods are asked one after the other: a replica asked last may be ahead of what its master said
        "lag_bytes": max(0, master.offset - member.offset) if master and master.role == "master" else None,
        "replicas": len(member.replicas),
    }


def _watches(view: View, watcher: Watcher) -> dict[str, Any]:
    said = watcher.master
    master = view.state.by_ip(said.get("ip", ""))
    return {
        "master": master.pod if master else said.get("ip"),
        "flags": said.get("flags"),
        "replicas": int(said.get("num-slaves", 0)),
        "sentinels": int(said.get("num-other-sentinels", 0)) + 1,
        "quorum": watcher.quorum,
    }


def _cluster(view: View) -> dict[str, Any]:
    """state: ``ok`` when all pods say so; slots_ok: what the pod says that sees the fewest."""
    states = [member.cluster.get("cluster_state", "none") for member in view.members]
    return {
        "state": next((one for one in states if one != "ok"), "ok"),
        "slots_ok": min(int(member.cluster.get("cluster_slots_ok", 0)) for member in view.members),
        "shards": [_shard(view, one) for one in view.shards],
    }


def _shard(view: View, shard: Shard) -> dict[str, Any]:
    return {
        "master": shard.master,
        "slots": sum(last - first + 1 for first, last in shard.slots),
        "ranges": slot_ranges(shard),
        "replicas": list(shard.replicas),
        "zones": sorted({zone for zone in map(view.zone, shard.pods) if zone}),
    }


def _volume(view: View, claim: Object) -> dict[str, Any]:
    state, name = claim.get("status") or {}, claim["metadata"]["name"]
    requested = claim["spec"]["resources"]["requests"].get("storage")
    return {
        "name": name,
        "pod": view.owners.get(name),
        "size": (state.get("capacity") or {}).get("storage") or requested,
        "requested": requested,
        "storage_class": claim["spec"].get("storageClassName"),
        "phase": state.get("phase"),
    }


def _service(service: Object) -> dict[str, Any]:
    return {
        "name": service["metadata"]["name"],
        "type": service["spec"]["type"],
        "cluster_ip": service["spec"].get("clusterIP"),
        "external": balanced(service),
        "ports": [port["port"] for port in service["spec"].get("ports") or ()],
    }


def balanced(service: Object) -> list[str]:
    """Names and addresses of its load balancers."""
    found = ((service.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    return [one.get("hostname") or one.get("ip") for one in found]


def outside(plan: Layout, service: Object) -> Iterator[dict[str, Any]]:
    """The endpoints by the DNS names that external-dns gives a Service."""
    annotations, spec = service["metadata"].get("annotations") or {}, service["spec"]
    selector = spec.get("selector") or {}
    role = _ENDPOINTS.get(selector.get("redis-role", selector.get("role")))
    name = next((one.name for one in plan.endpoints if one.name == role), plan.endpoints[0].name)
    for host in hostnames(annotations):
        for port in spec["ports"][:1]:
            yield {"name": name, "host": host, "port": port["nodePort" if spec["type"] == "NodePort" else "port"]}


def _cron_job(cron_job: Object) -> dict[str, Any]:
    state = cron_job.get("status") or {}
    return {
        "name": cron_job["metadata"]["name"],
        "kind": cron_job["metadata"]["labels"]["app.kubernetes.io/component"],
        "schedule": cron_job["spec"]["schedule"],
        "last_started": state.get("lastScheduleTime"),
        "last_success": state.get("lastSuccessfulTime"),
        "running": len(state.get("active") or ()),
    }


def _budget(budget: Object) -> dict[str, Any]:
    state = budget.get("status") or {}
    return {
        "name": budget["metadata"]["name"],
        "min_available": budget["spec"].get("minAvailable"),
        "healthy": state.get("currentHealthy"),
        "pods": state.get("expectedPods"),
        "allowed": state.get("disruptionsAllowed"),
    }
