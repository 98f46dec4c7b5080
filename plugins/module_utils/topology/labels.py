# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of our objects, and the names of the objects beside the custom resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance

MANAGED_BY = "eks.redis"
# component of Services that Prometheus finds
EXPORTER = "exporter"
# components of the pods of jobs
BACKUP, RESTORE_TEST, RESTORE, BACKUP_EXPORTER = "backup", "restore-test", "restore", "backup-exporter"
MIGRATION = "migration"
CERTIFICATE = "certificate"
KEEPER = "keeper"
# component of the Service by which applications find first a cache and then the instance
DOOR = "client-service"
# Changing this annotation makes the operator look again and restarts nothing (opstree-versions §4)
TOUCH = "eks.redis/touch"
# On the ConfigMap: what else was made for the instance, so that a later run knows what to take away
OBJECTS = "eks.redis/objects"


def labels(instance: Instance, component: str) -> dict[str, str]:
    """The labels of one object: the user's, and ours. On the custom resource they reach pods, volumes and selectors."""
    return {
        **instance.labels,
        "app.kubernetes.io/name": "redis",
        "app.kubernetes.io/instance": instance.name,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": instance.name,
        "app.kubernetes.io/managed-by": MANAGED_BY,
    }


def job_labels(instance: Instance, component: str) -> dict[str, str]:
    """The labels of a Job and its pods. They come and go by themselves, and so are not among what we manage."""
    managed = labels(instance, component)
    return {key: value for key, value in managed.items() if key != "app.kubernetes.io/managed-by"}


def job_selector(name: str, component: str) -> dict[str, str]:
    """The labels that select such pods of an instance, whatever labels of the user's they have."""
    return {"app.kubernetes.io/instance": name, "app.kubernetes.io/component": component}


def as_selector(labels: Mapping[str, str]) -> str:
    """A labelSelector for what has all of these."""
    return ",".join(f"{key}={value}" for key, value in labels.items())


def metadata(
    instance: Instance, name: str, component: str, annotations: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """metadata of an object in the instance's namespace."""
    result: dict[str, Any] = {"name": name, "namespace": instance.namespace, "labels": labels(instance, component)}
    return {**result, "annotations": dict(annotations)} if annotations else result
