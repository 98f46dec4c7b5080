# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode standalone: one Redis pod, kind Redis; with replicas a RedisReplication, in which nobody fails over."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import operator, pods, replication, startup
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout


def resources(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The custom resources of this mode."""
    (workload,) = plan.workloads
    if workload.kind == "RedisReplication":
        return [replication.resource(instance, workload)]
    flavour = instance.flavour
    amounts = flavour.master.resources
    spec = {
        "kubernetesConfig": operator.kubernetes_config(instance, flavour.image, amounts),
        "redisConfig": operator.redis_config(instance),
        "podSecurityContext": pods.pod_security(flavour),
        "securityContext": pods.container_security(),
        "initContainer": startup.init_container(instance, amounts),
        **pods.placement(instance),
        **pods.patience(amounts.limits.memory),
        **operator.exporter(instance),
        **operator.tls(instance),
        **operator.acl(instance),
        **operator.storage(flavour),
    }
    return [
        {
            "apiVersion": operator.API_VERSION,
            "kind": workload.kind,
            "metadata": metadata(instance, instance.name, "redis", operator.checksums(instance)),
            "spec": spec,
        }
    ]
