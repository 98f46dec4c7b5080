# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs where: the names of StatefulSets, pods, volumes and Services as the operator makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import names

REDIS_PORT = 6379
SENTINEL_PORT = 26379
_PLURALS = {
    "Redis": "redis",
    "RedisReplication": "redisreplications",
    "RedisSentinel": "redissentinels",
    "RedisCluster": "redisclusters",
}


@dataclass(frozen=True)
class Workload:
    """One StatefulSet and the custom resource it comes from (operator sheet §2.1 to §2.3).

    templates: the names of its claim templates; the data volume's is the StatefulSet's name. section: the key of the
    custom resource's spec that holds this StatefulSet's own settings, "" where the spec is all its own.
    """

    kind: str
    name: str
    statefulset: str
    replicas: int
    setup: str
    role: str
    templates: tuple[str, ...] = ()
    port: int = REDIS_PORT
    section: str = ""

    @property
    def plural(self) -> str:
        """The resource name of `kind` in API paths."""
        return _PLURALS[self.kind]

    @property
    def container(self) -> str:
        """The container that runs Redis or Sentinel."""
        return self.statefulset

    @property
    def holds_data(self) -> bool:
        """Whether its pods are Redis; sentinels hold nothing."""
        return self.kind != "RedisSentinel"

    @property
    def pods(self) -> tuple[str, ...]:
        """Pod names by ordinal."""
        return tuple(self.pod(ordinal) for ordinal in range(self.replicas))

    def pod(self, ordinal: int) -> str:
        """The name of one pod; also of an ordinal that is to come or to go."""
        return f"{self.statefulset}-{ordinal}"

    @property
    def claims(self) -> tuple[str, ...]:
        """Names of the data volumes' PersistentVolumeClaims, in the order of the pods; () without volumes."""
        kept = self.statefulset in self.templates
        return tuple(f"{self.statefulset}-{pod}" for pod in self.pods) if kept else ()

    def claims_of(self, ordinal: int) -> tuple[str, ...]:
        """Names of all PersistentVolumeClaims of one pod (operator sheet §2.2)."""
        return tuple(f"{template}-{self.pod(ordinal)}" for template in self.templates)

    @property
    def selector(self) -> dict[str, str]:
        """The three labels that pods and PersistentVolumeClaims carry whatever else changes."""
        return {"app": self.statefulset, "redis_setup_type": self.setup, "role": self.role}


@dataclass(frozen=True)
class Endpoint:
    """What a client connects to. name: redis, primary, reader, sentinel or cluster."""

    name: str
    host: str
    port: int = REDIS_PORT


@dataclass(frozen=True)
class Layout:
    """All of an instance. `members` are the labels that select its Redis pods and nothing else.

    primary: the labels that select the pod that takes writes; of a cluster any Redis pod, which redirects.
    master_group: the name that clients ask the sentinels for; "" without sentinels. tls: all ports speak TLS only.
    keeper: the Deployment that keeps it in order; "" without.
    """

    mode: str
    namespace: str
    workloads: tuple[Workload, ...]
    services: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    members: Mapping[str, str]
    primary: Mapping[str, str]
    master_group: str = ""
    tls: bool = False
    keeper: str = ""

    @property
    def pods(self) -> tuple[str, ...]:
        """All pod names."""
        return tuple(pod for workload in self.workloads for pod in workload.pods)

    @property
    def redis(self) -> tuple[Workload, ...]:
        """The workloads that hold data."""
        return tuple(workload for workload in self.workloads if workload.holds_data)

    @property
    def redis_pods(self) -> tuple[str, ...]:
        """The names of the Redis pods."""
        return tuple(pod for workload in self.redis for pod in workload.pods)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The DNS name of every Redis pod, by its headless Service (operator sheet §2.1)."""
        return tuple(host for workload in self.redis for host in self._hosts(workload))

    @property
    def sentinel_hosts(self) -> tuple[str, ...]:
        """The DNS name of every sentinel in the same way; () in modes without."""
        return self._hosts(self.sentinels) if self.sentinels else ()

    def _hosts(self, workload: Workload) -> tuple[str, ...]:
        return tuple(f"{pod}.{workload.statefulset}-headless.{self.namespace}.svc" for pod in workload.pods)

    def redis_of(self, pod: str) -> Workload:
        """The workload of a Redis pod; raises StopIteration for another pod."""
        return next(workload for workload in self.redis if pod in workload.pods)

    @property
    def sentinels(self) -> Workload | None:
        """The sentinels, None in modes without."""
        return next((workload for workload in self.workloads if not workload.holds_data), None)


def layout(instance: Instance) -> Layout:
    """The layout of an instance in its mode."""
    plan = _LAYOUTS[instance.flavour.deployment.mode](instance)
    endpoints = (*plan.endpoints, *_outside(instance, plan.endpoints))
    keeper = names.keeper(instance) if instance.flavour.keeper.enabled else ""
    return replace(plan, endpoints=endpoints, tls=instance.transit_encryption.enabled, keeper=keeper)


def _outside(instance: Instance, inside: tuple[Endpoint, ...]) -> Iterator[Endpoint]:
    """The endpoints by the DNS names that they have outside of the cluster."""
    if instance.flavour.service.type == "NodePort":
        return  # the port is the cluster's choice
    for leads_to, hosts in names.clients(instance).items():
        same = next((one for one in inside if one.name == leads_to), inside[0])
        yield from (replace(same, host=host) for host in hosts)


def _standalone(instance: Instance) -> Layout:
    if instance.flavour.deployment.config.replica.count:
        return _replicated(instance)
    redis = Workload("Redis", instance.name, instance.name, 1, "standalone", "standalone", _templates(instance))
    return Layout(
        mode="standalone",
        namespace=instance.namespace,
        workloads=(redis,),
        services=(instance.name, *_client(instance)),
        endpoints=(Endpoint("redis", _host(instance, instance.name)),),
        members=redis.selector,
        primary=redis.selector,
    )


def _replicated(instance: Instance) -> Layout:
    """Standalone with replicas: a RedisReplication, in which nobody fails over."""
    name = instance.name
    pods = 1 + instance.flavour.deployment.config.replica.count
    redis = Workload("RedisReplication", name, name, pods, "replication", "replication", _templates(instance))
    master, replica = f"{name}-master", f"{name}-replica"
    return Layout(
        mode="standalone",
        namespace=instance.namespace,
        workloads=(redis,),
        services=(master, replica, *_client(instance)),
        endpoints=(Endpoint("primary", _host(instance, master)), Endpoint("reader", _host(instance, replica))),
        members=redis.selector,
        primary={**redis.selector, "redis-role": "master"},
    )


def _sentinel(instance: Instance) -> Layout:
    base = _replicated(instance)
    service = f"{instance.name}-sentinel"
    count = instance.flavour.deployment.config.sentinel.replicas
    sentinels = Workload("RedisSentinel", instance.name, service, count, "sentinel", "sentinel", port=SENTINEL_PORT)
    return Layout(
        mode="sentinel",
        namespace=base.namespace,
        workloads=(*base.workloads, sentinels),
        services=(service, *base.services),
        endpoints=(Endpoint("sentinel", _host(instance, service), SENTINEL_PORT), *base.endpoints),
        members=base.members,
        primary=base.primary,
        master_group=names.MASTER_GROUP,
    )


def _cluster(instance: Instance) -> Layout:
    config = instance.flavour.deployment.config
    leaders = _role(instance, "leader", config.num_shards)
    followers = _role(instance, "follower", config.num_shards * config.replicas_per_shard)
    service = leaders.statefulset
    members = {"cluster": instance.name, "redis_setup_type": "cluster"}
    return Layout(
        mode="cluster",
        namespace=instance.namespace,
        # the operator makes the followers' StatefulSet also for none
        workloads=(leaders, followers),
        services=(service, *((followers.statefulset,) if followers.replicas else ()), *_client(instance)),
        endpoints=(Endpoint("cluster", _host(instance, service)),),
        members=members,
        primary=members,
    )


def _role(instance: Instance, role: str, replicas: int) -> Workload:
    """leader and follower name StatefulSets, not what Redis is in their pods: roles swap at a failover."""
    statefulset = f"{instance.name}-{role}"
    # nodes.conf has a volume of its own, also without persistence: a node that forgets who it is never rejoins
    templates = (*((statefulset,) if instance.flavour.persistence.enabled else ()), "node-conf")
    section = f"redis{role.capitalize()}"
    return Workload("RedisCluster", instance.name, statefulset, replicas, "cluster", role, templates, section=section)


def _templates(instance: Instance) -> tuple[str, ...]:
    return (instance.name,) if instance.flavour.persistence.enabled else ()


def _client(instance: Instance) -> tuple[str, ...]:
    return tuple(names.client(instance, leads_to) for leads_to in names.clients(instance))


def _host(instance: Instance, service: str) -> str:
    return f"{service}.{instance.namespace}.svc"


_LAYOUTS: dict[str, Callable[[Instance], Layout]] = {
    "standalone": _standalone,
    "sentinel": _sentinel,
    "cluster": _cluster,
}
