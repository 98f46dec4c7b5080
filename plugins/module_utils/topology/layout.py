# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs where: the names of StatefulSets, pods, volumes and Services as the operator makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.services import has_client_service

_PLURALS = {
    "Redis": "redis",
    "RedisReplication": "redisreplications",
    "RedisSentinel": "redissentinels",
    "RedisCluster": "redisclusters",
}


@dataclass(frozen=True)
class Workload:
    """One StatefulSet and the custom resource it comes from (operator sheet §2.1 to §2.3)."""

    kind: str
    name: str
    statefulset: str
    replicas: int
    setup: str
    role: str
    port: int = 6379

    @property
    def plural(self) -> str:
        """The resource name of `kind` in API paths."""
        return _PLURALS[self.kind]

    @property
    def container(self) -> str:
        """The container that runs Redis or Sentinel."""
        return self.statefulset

    @property
    def pods(self) -> tuple[str, ...]:
        """Pod names by ordinal."""
        return tuple(f"{self.statefulset}-{ordinal}" for ordinal in range(self.replicas))

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the data volumes' PersistentVolumeClaims, in the order of the pods."""
        return tuple(f"{self.statefulset}-{pod}" for pod in self.pods)

    @property
    def selector(self) -> dict[str, str]:
        """The three labels that pods and PersistentVolumeClaims carry whatever else changes."""
        return {"app": self.statefulset, "redis_setup_type": self.setup, "role": self.role}


@dataclass(frozen=True)
class Endpoint:
    """What a client connects to."""

    name: str
    host: str
    port: int


@dataclass(frozen=True)
class Layout:
    """All of an instance. `members` are the labels that select its Redis pods and nothing else."""

    mode: str
    namespace: str
    workloads: tuple[Workload, ...]
    services: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    members: Mapping[str, str]

    @property
    def pods(self) -> tuple[str, ...]:
        """All pod names."""
        return tuple(pod for workload in self.workloads for pod in workload.pods)


def layout(instance: Instance) -> Layout:
    """The layout of an instance in its mode."""
    return _LAYOUTS[instance.flavour.deployment.mode](instance)


def _standalone(instance: Instance) -> Layout:
    redis = Workload("Redis", instance.name, instance.name, replicas=1, setup="standalone", role="standalone")
    return Layout(
        mode="standalone",
        namespace=instance.namespace,
        workloads=(redis,),
        services=(instance.name, *((names.client(instance),) if has_client_service(instance) else ())),
        endpoints=(Endpoint("redis", f"{instance.name}.{instance.namespace}.svc", redis.port),),
        members=redis.selector,
    )


_LAYOUTS: dict[str, Callable[[Instance], Layout]] = {"standalone": _standalone}
