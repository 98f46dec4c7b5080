# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of our own: for clients that want a type or annotations, and for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.balancers import UNSHARED
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance, Service
from ansible_collections.eks.redis.plugins.module_utils.topology import backup_exporter, names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import EXPORTER, labels, metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, Layout


def clients(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The Services with the flavour's type, annotations and DNS names, to who takes writes, to replicas, to sentinels.

    The operator's own mixes the roles, and can leak its type to others (operator sheet §2.1, opstree-versions §2).
    """
    return [_client(instance, plan, leads_to, hosts) for leads_to, hosts in names.clients(instance).items()]


def _client(instance: Instance, plan: Layout, leads_to: str, hosts: Sequence[str]) -> dict[str, Any]:
    service, port = instance.flavour.service, discovery.port(leads_to)
    key = discovery.INSIDE if service.type == "ClusterIP" else discovery.OUTSIDE
    annotations = _annotations(service.annotations, _hostnames(key, hosts), leads_to)
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(instance, names.client(instance, leads_to), "client", annotations),
        "spec": {
            "type": service.type,
            **_balanced(service),
            "selector": _selector(plan, leads_to),
            "ports": [_port("redis-client", port)],
        },
    }


def _annotations(given: Mapping[str, str], ours: Mapping[str, str], leads_to: str) -> dict[str, str]:
    """What names or numbers one Service alone is of that to who takes writes, where it goes before a name of ours."""
    if leads_to == "primary":
        return {**({} if given.keys() & set(discovery.HOSTNAMES) else ours), **given}
    return {**{key: value for key, value in given.items() if key not in (*discovery.HOSTNAMES, *UNSHARED)}, **ours}


def _balanced(service: Service) -> dict[str, Any]:
    """What only a load balancer knows."""
    wanted = {
        "loadBalancerClass": service.load_balancer_class,
        "loadBalancerSourceRanges": list(service.load_balancer_source_ranges),
    }
    return {key: value for key, value in wanted.items() if value and service.type == "LoadBalancer"}


def nodes(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The headless Service of which external-dns makes a name for each node of a cluster: <pod>.<domain>."""
    domain = instance.discovery.nodes
    if not domain or plan.mode != "cluster":
        return []
    service = _headless(instance, names.nodes(instance), "nodes", plan.members, _port("redis-client", REDIS_PORT))
    service["metadata"]["annotations"] = _hostnames(discovery.OUTSIDE, [domain])
    # nodes that are not ready yet are already told to clients
    service["spec"]["publishNotReadyAddresses"] = True
    return [service]


def _selector(plan: Layout, leads_to: str) -> dict[str, str]:
    if leads_to == "sentinel" and plan.sentinels:
        return plan.sentinels.selector
    return {**plan.primary, **({"redis-role": "slave"} if leads_to == "reader" else {})}


def _hostnames(key: str, hosts: Sequence[str]) -> dict[str, str]:
    """Annotations by which external-dns makes the names; those of an address that only pods reach are internal ones."""
    return {f"{prefix}/{key}": ",".join(hosts) for prefix in discovery.PREFIXES} if hosts else {}


def exporters(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The headless Services of the exporters, which stand beside every Redis and every sentinel."""
    if not instance.flavour.metrics.enabled:
        return []
    found = [_exporter(instance, instance.name, plan.members)]
    if plan.sentinels:
        found.append(_exporter(instance, plan.sentinels.statefulset, plan.sentinels.selector))
    return found


def _exporter(instance: Instance, of: str, selector: Mapping[str, str]) -> dict[str, Any]:
    return _headless(instance, names.exporter(of), EXPORTER, selector, _port("redis-exporter", 9121))


def _headless(
    instance: Instance, name: str, component: str, selector: Mapping[str, str], port: dict[str, Any]
) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(instance, name, component),
        "spec": {"type": "ClusterIP", "clusterIP": "None", "selector": dict(selector), "ports": [port]},
    }


def _port(name: str, number: int) -> dict[str, Any]:
    return {"name": name, "port": number, "targetPort": number, "protocol": "TCP"}


def service_monitor(instance: Instance) -> list[dict[str, Any]]:
    """The ServiceMonitor, which finds our exporter Services and none of the operator's Services."""
    monitor = instance.flavour.metrics.service_monitor
    if not monitor.enabled:
        return []
    wanted = labels(instance, EXPORTER)
    ports = ["redis-exporter", *([backup_exporter.PORT_NAME] if instance.flavour.backup.enabled else [])]
    keys = ("app.kubernetes.io/instance", "app.kubernetes.io/component", "app.kubernetes.io/managed-by")
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": {
                "name": names.service_monitor(instance.namespace, instance.name),
                "namespace": monitor.namespace,
                "labels": labels(instance, "monitor"),
            },
            "spec": {
                "namespaceSelector": {"matchNames": [instance.namespace]},
                "selector": {"matchLabels": {key: wanted[key] for key in keys}},
                "endpoints": [{"port": port, "interval": monitor.interval} for port in ports],
            },
        }
    ]
