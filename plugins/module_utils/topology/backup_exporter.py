# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells Prometheus of an instance's backups: a pod that looks into the bucket now and then, and its Service."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import backup, jobs, names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import (
    BACKUP_EXPORTER,
    EXPORTER,
    job_labels,
    job_selector,
    metadata,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

PORT = 9122
PORT_NAME = "backup-exporter"
_RESOURCES = {"requests": {"cpu": "20m", "memory": "96Mi"}, "limits": {"cpu": "200m", "memory": "256Mi"}}


def objects(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """None without backups, or without metrics."""
    if not (instance.flavour.backup.enabled and instance.flavour.metrics.enabled):
        return []
    return [_service(instance), _deployment(instance, plan)]


def _service(instance: Instance) -> dict[str, Any]:
    """Of the component that the ServiceMonitor looks for."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(instance, names.backup_exporter(instance.name), EXPORTER),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "selector": job_selector(instance.name, BACKUP_EXPORTER),
            "ports": [{"name": PORT_NAME, "port": PORT, "targetPort": PORT, "protocol": "TCP"}],
        },
    }


def _deployment(instance: Instance, plan: Layout) -> dict[str, Any]:
    container = jobs.toolbox(
        instance, "exporter", backup.settings(instance, plan), asks_redis=False, resources=_RESOURCES
    )
    container["ports"] = [{"name": PORT_NAME, "containerPort": PORT, "protocol": "TCP"}]
    container["readinessProbe"] = {"httpGet": {"path": "/metrics", "port": PORT}, "periodSeconds": 10}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(instance, names.backup_exporter(instance.name), BACKUP_EXPORTER),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": job_selector(instance.name, BACKUP_EXPORTER)},
            "template": {
                "metadata": {"labels": job_labels(instance, BACKUP_EXPORTER)},
                "spec": jobs.pod(instance, container),
            },
        },
    }
