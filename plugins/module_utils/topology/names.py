# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the objects beside the custom resource; none of them is one the operator uses (operator sheet §2.1)."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance

CONFIG_KEY = "redis-additional.conf"
PASSWORD_KEY = "password"


def config(instance: Instance) -> str:
    """The ConfigMap with the additional redis.conf."""
    return f"{instance.name}-config"


def client(instance: Instance) -> str:
    """The Service for clients with a type or annotations of their own."""
    return f"{instance.name}-client"


def exporter(instance: Instance) -> str:
    """The Service of the exporters; -metrics is the operator's from 0.24 on (opstree-versions §2)."""
    return f"{instance.name}-exporter"


def service_monitor(namespace: str, name: str) -> str:
    """ServiceMonitors of all instances live where Prometheus is; no namespace and no instance has a dot in its name."""
    return f"{namespace}.{name}"


def password(instance: Instance) -> tuple[str, str]:
    """Name and key of the Secret that holds the password."""
    existing = instance.authentication.existing_secret
    return (existing.name, existing.key) if existing.name else (f"{instance.name}-auth", PASSWORD_KEY)
