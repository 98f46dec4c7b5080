# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode sentinel: a RedisReplication, and a RedisSentinel of its own that fails it over.

The operator also has sentinels inside a RedisReplication: those know no password, no placement and no other quorum
than the majority, and operator 0.23 cannot run them with a plain image (operator sheet §4.4, opstree-versions §1.8).
"""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names, operator, pods, replication
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, Workload
from ansible_collections.eks.redis.plugins.module_utils.topology.spread import spread

# Sentinels write to their working directory, /tmp, and the root file system is read-only
_SCRATCH = {"name": "tmp", "mountPath": "/tmp"}


def resources(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The custom resources of this mode."""
    redis, sentinels = plan.workloads
    return [replication.resource(instance, redis), _sentinels(instance, sentinels)]


def _sentinels(instance: Instance, workload: Workload) -> dict[str, Any]:
    flavour = instance.flavour
    amounts = flavour.deployment.config.sentinel.resources
    return {
        "apiVersion": operator.API_VERSION,
        "kind": workload.kind,
        "metadata": metadata(instance, instance.name, "sentinel", operator.checksum_of_password(instance)),
        "spec": {
            "clusterSize": workload.replicas,
            "kubernetesConfig": operator.kubernetes_config(instance, flavour.sentinel_image, amounts),
            "redisSentinelConfig": _config(instance),
            "podSecurityContext": pods.pod_security(flavour),
            "securityContext": pods.container_security(),
            # never run, but its securityContext is the one that the operator's init-config gets (sheet §3.4)
            "initContainer": {
                "enabled": False,
                "image": flavour.sentinel_image,
                "securityContext": pods.container_security(),
            },
            "volumeMount": {"volume": [{"name": _SCRATCH["name"], "emptyDir": {}}], "mountPath": [_SCRATCH]},
            **pods.placement(instance),
            **spread(flavour, workload.selector),
            **pods.PROBES,
            **operator.exporter(instance, login=False),
            **operator.tls(instance),
        },
    }


def _config(instance: Instance) -> dict[str, Any]:
    """spec.redisSentinelConfig, whose numbers are strings (operator sheet §1.6)."""
    sentinel = instance.flavour.deployment.config.sentinel
    config: dict[str, Any] = {
        "redisReplicationName": instance.name,
        "masterGroupName": names.MASTER_GROUP,
        "quorum": str(sentinel.quorum),
        "downAfterMilliseconds": str(sentinel.down_after_milliseconds),
        "failoverTimeout": str(sentinel.failover_timeout),
        "parallelSyncs": str(sentinel.parallel_syncs),
        # with names instead of addresses sentinels lose their master (operator sheet §4.3)
        "resolveHostnames": "no",
        "announceHostnames": "no",
    }
    if instance.authentication.enabled:
        name, key = names.password(instance)
        config["redisReplicationPassword"] = {"secretKeyRef": {"name": name, "key": key}}
    return config
