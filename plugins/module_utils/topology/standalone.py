# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode standalone: one Redis pod, kind Redis."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import operator, pods, startup
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata


def resources(instance: Instance) -> list[dict[str, Any]]:
    """The custom resources of this mode."""
    flavour = instance.flavour
    spec = {
        "kubernetesConfig": operator.kubernetes_config(instance, flavour.image, flavour.master.resources),
        "redisConfig": operator.redis_config(instance),
        "podSecurityContext": pods.pod_security(flavour),
        "securityContext": pods.container_security(),
        "initContainer": startup.init_container(flavour),
        **pods.placement(flavour),
        **pods.patience(flavour.master.resources.limits.memory),
        **operator.exporter(flavour),
        **operator.storage(flavour),
    }
    annotations = operator.checksums(instance)
    return [
        {
            "apiVersion": operator.API_VERSION,
            "kind": "Redis",
            "metadata": metadata(instance, instance.name, "redis", annotations),
            "spec": spec,
        }
    ]
