# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services of our own: for clients that want a type or annotations, and for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import labels, metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_EXPORTER = "exporter"


def client(instance: Instance, primary: Mapping[str, str]) -> list[dict[str, Any]]:
    """The Service with the flavour's type and annotations, to the pod that takes writes.

    The operator's own mixes the roles, and can leak its type to others (operator sheet §2.1, opstree-versions §2).
    """
    if not names.has_client_service(instance):
        return []
    service = instance.flavour.service
    return [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(instance, names.client(instance), "client", dict(service.annotations)),
            "spec": {
                "type": service.type,
                "selector": dict(primary),
                "ports": [{"name": "redis-client", "port": 6379, "targetPort": 6379, "protocol": "TCP"}],
            },
        }
    ]


def exporters(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The headless Services of the exporters, which stand beside every Redis and every sentinel."""
    if not instance.flavour.metrics.enabled:
        return []
    found = [_exporter(instance, instance.name, plan.members)]
    if plan.sentinels:
        found.append(_exporter(instance, plan.sentinels.statefulset, plan.sentinels.selector))
    return found


def _exporter(instance: Instance, of: str, selector: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(instance, names.exporter(of), _EXPORTER),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "selector": dict(selector),
            "ports": [{"name": "redis-exporter", "port": 9121, "targetPort": 9121, "protocol": "TCP"}],
        },
    }


def service_monitor(instance: Instance) -> list[dict[str, Any]]:
    """The ServiceMonitor, which finds our exporter Services and none of the operator's Services."""
    monitor = instance.flavour.metrics.service_monitor
    if not monitor.enabled:
        return []
    wanted = labels(instance, _EXPORTER)
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
                "endpoints": [{"port": "redis-exporter", "interval": monitor.interval}],
            },
        }
    ]
