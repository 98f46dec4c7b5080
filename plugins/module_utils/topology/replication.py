# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A master and its replicas, kind RedisReplication: mode sentinel, and mode standalone with replicas."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import operator, pods, startup
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Workload
from ansible_collections.eks.redis.plugins.module_utils.topology.spread import spread


def resource(instance: Instance, workload: Workload) -> dict[str, Any]:
    """The custom resource; one StatefulSet holds all roles, so every pod gets the larger resources."""
    flavour = instance.flavour
    amounts = pods.larger(flavour.master.resources, flavour.deployment.config.replica.resources)
    return {
        "apiVersion": operator.API_VERSION,
        "kind": workload.kind,
        "metadata": metadata(instance, instance.name, "redis", operator.checksums(instance)),
        "spec": {
            "clusterSize": workload.replicas,
            "kubernetesConfig": operator.kubernetes_config(instance, flavour.image, amounts),
            "redisConfig": operator.redis_config(instance),
            "podSecurityContext": pods.pod_security(flavour),
            "securityContext": pods.container_security(),
            "initContainer": startup.joining_init_container(instance, amounts),
            **pods.placement(instance),
            **spread(flavour, workload.selector),
            **pods.patience(amounts.limits.memory),
            **operator.exporter(instance),
            **operator.tls(instance),
            **operator.acl(instance),
            **operator.storage(flavour),
        },
    }
