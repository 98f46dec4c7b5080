# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode cluster: shards of a master and its replicas, kind RedisCluster."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance, Resources
from ansible_collections.eks.redis.plugins.module_utils.topology import names, operator, pods, startup
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout
from ansible_collections.eks.redis.plugins.module_utils.topology.spread import spread

# nodes.conf is a few hundred bytes a node; 1 GiB is the least that EBS has
_NODES_CONF_SIZE = "1Gi"


def resources(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """The custom resources of this mode."""
    flavour = instance.flavour
    config = flavour.deployment.config
    leaders = plan.workloads[0]
    followers = config.num_shards * config.replicas_per_shard
    replica = config.replica.resources
    amounts = pods.larger(flavour.master.resources, replica)
    placement = pods.placement(instance)
    # these two stand at the top, the others in each role (operator sheet §1.1)
    shared: dict[str, Any] = {
        key: placement.pop(key) for key in ("priorityClassName", "serviceAccountName") if key in placement
    }
    spec: dict[str, Any] = {
        "clusterSize": leaders.replicas,
        # also right for newer releases of Redis: the operator asks for exactly this word (operator sheet §1.1)
        "clusterVersion": "v7",
        "persistenceEnabled": flavour.persistence.enabled,
        "kubernetesConfig": operator.kubernetes_config(instance, flavour.image, amounts),
        # the ConfigMap counts in the roles only, the percentage only here (operator sheet §0.9)
        **_percentage(instance),
        "podSecurityContext": pods.pod_security(flavour),
        "initContainer": startup.init_container(instance, amounts),
        "redisLeader": _role(instance, leaders.replicas, flavour.master.resources, plan, placement),
        "redisFollower": _role(instance, followers, replica, plan, placement),
        **shared,
        **operator.exporter(instance),
        **operator.tls(instance),
        **operator.acl(instance),
        **_storage(instance),
    }
    return [
        {
            "apiVersion": operator.API_VERSION,
            "kind": leaders.kind,
            "metadata": metadata(instance, instance.name, "redis", operator.checksums(instance)),
            "spec": spec,
        }
    ]


def _role(
    instance: Instance, replicas: int, amounts: Resources, plan: Layout, placement: dict[str, Any]
) -> dict[str, Any]:
    return {
        "replicas": replicas,
        "resources": pods.resources(amounts),
        "redisConfig": {"additionalRedisConfig": names.config(instance)},
        "securityContext": pods.container_security(),
        **placement,
        # over both roles: a master and its replica are one of each
        **spread(instance.flavour, plan.members),
        **pods.patience(amounts.limits.memory),
    }


def _percentage(instance: Instance) -> dict[str, Any]:
    percentage = operator.max_memory(instance)
    return {"redisConfig": percentage} if percentage else {}


def _storage(instance: Instance) -> dict[str, Any]:
    """spec.storage: the data volumes as in the other modes, and one for nodes.conf in any case."""
    storage = operator.storage(instance.flavour).get("storage", {"keepAfterDelete": True})
    claim = operator.claim(instance.flavour, _NODES_CONF_SIZE)
    return {
        "storage": {**storage, "nodeConfVolume": True, "nodeConfVolumeClaimTemplate": {"spec": claim}},
    }
