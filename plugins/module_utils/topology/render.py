# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one entry point: an Instance becomes the list of its objects, in apply order. Same input, same list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import (
    backup,
    backup_exporter,
    certificates,
    cluster,
    configuration,
    disruption,
    keeper,
    network,
    secrets_manager,
    sentinel,
    services,
    standalone,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout

_MODES: dict[str, Callable[[Instance, Layout], list[dict[str, Any]]]] = {
    "standalone": standalone.resources,
    "sentinel": sentinel.resources,
    "cluster": cluster.resources,
}


def manifests(instance: Instance) -> list[dict[str, Any]]:
    """Namespace, Secret, ConfigMap, Services, policies and backups, then the custom resources."""
    plan = layout(instance)
    companions = [
        *configuration.service_account(instance),
        *certificates.request(instance, plan),
        *secrets_manager.objects(instance),
        *services.clients(instance, plan),
        *services.nodes(instance, plan),
        *services.exporters(instance, plan),
        *services.service_monitor(instance),
        *network.policies(instance, plan),
        *disruption.budgets(instance, plan),
        *backup.objects(instance, plan),
        *backup_exporter.objects(instance, plan),
        *keeper.objects(instance, plan),
    ]
    return [
        configuration.namespace(instance),
        *configuration.secret(instance),
        configuration.config_map(instance, companions),
        *companions,
        *_MODES[plan.mode](instance, plan),
    ]
