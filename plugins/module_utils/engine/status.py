# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our instances are doing, read from the cluster alone: no flavour file is needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import compare, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError
from ansible_collections.eks.redis.plugins.module_utils.engine.readiness import is_ready
from ansible_collections.eks.redis.plugins.module_utils.engine.trouble import workload_trouble
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout

_MODES = {"Redis": "standalone"}  # custom resource that names an instance -> its mode
_ZONE = "topology.kubernetes.io/zone"
_MANAGED = f"app.kubernetes.io/managed-by={kinds.MANAGER}"


def status(api: Api, namespace: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """The instances of a namespace (None: of all), or the one of a name; by namespace and name."""
    resources = [live for kind in _MODES for live in api.list(kind, namespace, labelSelector=_MANAGED)]
    resources = [
        live
        for live in resources
        if compare.owned_fields(live) is not None and name in (None, live["metadata"]["name"])
    ]
    if not resources:
        return []
    parts = ("StatefulSet", "Pod", "PersistentVolumeClaim", "Service")
    lives = dict(
        zip(parts, api.map(lambda kind: api.list(kind, namespace, labelSelector=_MANAGED), parts), strict=True)
    )
    zones = _zones(api)
    found = [_instance(api, resource, lives, zones) for resource in resources]
    return sorted(found, key=lambda one: (one["namespace"], one["name"]))


def _instance(
    api: Api, resource: dict[str, Any], lives: dict[str, list[dict[str, Any]]], zones: dict[str, str]
) -> dict[str, Any]:
    name, namespace = resource["metadata"]["name"], resource["metadata"]["namespace"]
    plan = _layout(resource["kind"], name, namespace)
    statefulsets, pods, claims, services = (_of(lives[kind], name, namespace) for kind in lives)
    desired = sum(workload.replicas for workload in plan.workloads)
    ready = sum(map(is_ready, pods))
    return {
        "name": name,
        "namespace": namespace,
        "mode": plan.mode,
        "image": resource["spec"]["kubernetesConfig"]["image"],
        "desired": desired,
        "ready": ready,
        "endpoints": [{"name": one.name, "host": one.host, "port": one.port} for one in plan.endpoints],
        "services": [_service(one) for one in services],
        "pods": [_pod(one, zones) for one in pods],
        "volumes": [_volume(one) for one in claims],
        "problem": None if ready >= desired else _problem(api, plan, statefulsets, pods),
    }


def _layout(kind: str, name: str, namespace: str) -> Layout:
    instance = resolve({"deployment": {"mode": _MODES[kind]}}, name=name, namespace=namespace).instance
    if instance is None:
        raise ValueError(f"the name of a live object is no valid name: {namespace}/{name}")
    return layout(instance)


def _problem(api: Api, plan: Layout, statefulsets: list[dict[str, Any]], pods: list[dict[str, Any]]) -> str:
    present = {one["metadata"]["name"] for one in statefulsets}
    for workload in plan.workloads:
        if workload.statefulset not in present:
            return f"StatefulSet {workload.statefulset} does not exist: the operator has not made it"
    return workload_trouble(api, plan.namespace, "StatefulSet", plan.workloads[0].statefulset, pods)


def _of(lives: Iterable[dict[str, Any]], name: str, namespace: str) -> list[dict[str, Any]]:
    return sorted(
        (
            live
            for live in lives
            if live["metadata"]["namespace"] == namespace
            and live["metadata"]["labels"].get("app.kubernetes.io/instance") == name
        ),
        key=lambda live: live["metadata"]["name"],
    )


def _pod(pod: dict[str, Any], zones: dict[str, str]) -> dict[str, Any]:
    state, node = pod.get("status") or {}, pod["spec"].get("nodeName")
    return {
        "name": pod["metadata"]["name"],
        "node": node,
        "zone": zones.get(node or ""),
        "ready": is_ready(pod),
        "restarts": sum(one.get("restartCount", 0) for one in state.get("containerStatuses") or ()),
        "role": pod["metadata"]["labels"].get("redis-role") or pod["metadata"]["labels"].get("role"),
    }


def _volume(claim: dict[str, Any]) -> dict[str, Any]:
    state = claim.get("status") or {}
    return {
        "name": claim["metadata"]["name"],
        "size": (state.get("capacity") or claim["spec"]["resources"]["requests"]).get("storage"),
        "storage_class": claim["spec"].get("storageClassName"),
        "phase": state.get("phase"),
    }


def _service(service: dict[str, Any]) -> dict[str, Any]:
    balancers = (service.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
    return {
        "name": service["metadata"]["name"],
        "type": service["spec"]["type"],
        "cluster_ip": service["spec"].get("clusterIP"),
        "external": [one.get("hostname") or one.get("ip") for one in balancers],
        "ports": [port["port"] for port in service["spec"].get("ports") or ()],
    }


def _zones(api: Api) -> dict[str, str]:
    """Zone by node; empty for who may not read nodes."""
    try:
        return {one["metadata"]["name"]: one["metadata"].get("labels", {}).get(_ZONE) for one in api.list("Node")}
    except ApiError as error:
        if error.status == 403:
            return {}
        raise


def summary(instance: dict[str, Any]) -> list[str]:
    """An instance of ``status`` as lines for people. Pure."""
    where = f"{instance['namespace']}/{instance['name']}"
    lines = [f"{where}: {instance['mode']}, {instance['ready']} of {instance['desired']} ready, {instance['image']}"]
    lines += [f"  connect  {one['name']}://{one['host']}:{one['port']}" for one in instance["endpoints"]]
    lines += [f"  outside  {name}:{one['ports'][0]}" for one in instance["services"] for name in one["external"]]
    for pod in instance["pods"]:
        place = f"{pod['node'] or 'no node'} ({pod['zone'] or 'no zone'})"
        state = "ready" if pod["ready"] else "not ready"
        lines.append(f"  pod      {pod['name']}: {place}, {state}, {pod['restarts']} restarts, {pod['role']}")
    for volume in instance["volumes"]:
        lines.append(f"  volume   {volume['name']}: {volume['size']}, {volume['storage_class']}, {volume['phase']}")
    if instance["problem"]:
        lines.append(f"  problem  {instance['problem']}")
    return lines
