# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that is known of one instance: what Kubernetes holds and what Redis says, no flavour file. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.defaults import filled
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import build
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout

Object = dict[str, Any]

# The custom resources that hold an instance's data; a RedisSentinel stands beside one of them
HEADS = ("Redis", "RedisReplication", "RedisCluster")
_ZONE = "topology.kubernetes.io/zone"


@dataclass(frozen=True)
class Shard:
    """A master and who follows it, by the names of their pods; an IP address for a node that no pod answers for.

    master: "" when it is not known. slots: ranges, both ends included; () outside of mode cluster.
    """

    master: str
    replicas: tuple[str, ...]
    slots: tuple[tuple[int, int], ...] = ()

    @property
    def pods(self) -> tuple[str, ...]:
        return (self.master, *self.replicas) if self.master else self.replicas


@dataclass(frozen=True)
class View:
    """resources: the custom resources by kind. nodes: by name, {} for who may not list them.

    unasked: why Redis could not be asked, then ``state`` is empty; "" when it was.
    """

    plan: Layout
    resources: Mapping[str, Object]
    seen: Snapshot
    services: Sequence[Object]
    budgets: Sequence[Object]
    nodes: Mapping[str, Object]
    state: State
    unasked: str
    cron_jobs: Sequence[Object] = ()

    @property
    def head(self) -> Object:
        """The custom resource that holds the data."""
        return head_of(self.resources)

    @property
    def members(self) -> list[Member]:
        """The Redis pods that have answered."""
        return [member for member in self.state.members.values() if not member.error]

    def node(self, pod: str) -> str | None:
        """Where a pod runs, None while it runs nowhere."""
        live = self.seen.pods.get(pod)
        return live["spec"].get("nodeName") if live else None

    def zone(self, pod: str) -> str | None:
        """The zone of its node, None when it is not known."""
        return zone(self.nodes.get(self.node(pod) or ""))

    def master_of(self, member: Member) -> Member | None:
        """The pod that a replica follows; None for a master, and for an address that is no pod's."""
        return self.state.by_ip(member.info.get("master_host", "")) if member.role == "slave" else None

    @cached_property
    def owners(self) -> dict[str, str]:
        """Pods by the names of their claims: those that are there, and those that are to come."""
        planned = {
            claim: workload.pod(ordinal)
            for workload in self.plan.workloads
            for ordinal in range(workload.replicas)
            for claim in workload.claims_of(ordinal)
        }
        mounted = {
            volume["persistentVolumeClaim"]["claimName"]: name
            for name, pod in self.seen.pods.items()
            for volume in pod["spec"].get("volumes") or ()
            if "persistentVolumeClaim" in volume
        }
        return {**planned, **mounted}

    @cached_property
    def shards(self) -> list[Shard]:
        """Who follows whom: by the pods' names in a RedisReplication, by slots in a cluster; [] for a single Redis."""
        if self.plan.mode == "cluster":
            return _cluster_shards(self.state)
        names = self.plan.redis[0].pods
        masters = [member.pod for member in self.state.masters]
        master = masters[0] if len(masters) == 1 else ""
        return [Shard(master, tuple(name for name in names if name != master))] if len(names) > 1 else []


def zone(node: Object | None) -> str | None:
    """The zone that a Node says it is in."""
    return (node["metadata"].get("labels") or {}).get(_ZONE) if node else None


def head_of(resources: Mapping[str, Object]) -> Object:
    """The custom resource that holds the data, of those of one instance, by kind."""
    return next(resources[kind] for kind in HEADS if kind in resources)


def layout_of(resources: Mapping[str, Object]) -> Layout:
    """The layout of live custom resources of one instance, by kind.

    Nothing is checked against the contract: what is there is told, also what this release would refuse.
    """
    meta = head_of(resources)["metadata"]
    return layout(build(meta["name"], meta["namespace"], {}, filled(shape_of(resources))))


def shape_of(resources: Mapping[str, Object]) -> dict[str, Any]:
    """The fields of the flavour that decide the layout, by canonical path."""
    head = head_of(resources)
    spec = head["spec"]
    config: dict[str, Any] = {
        "persistence.enabled": "volumeClaimTemplate" in (spec.get("storage") or {}),
        "transitEncryption.enabled": "TLS" in spec,
    }
    if head["kind"] == "RedisCluster":
        leaders, followers = (int(spec[role].get("replicas", 0)) for role in ("redisLeader", "redisFollower"))
        config |= {
            "deployment.mode": "cluster",
            "deployment.config.numShards": leaders,
            "deployment.config.replicasPerShard": followers // max(leaders, 1),
        }
    elif head["kind"] == "RedisReplication":
        config["deployment.config.replica.count"] = int(spec["clusterSize"]) - 1
        if "RedisSentinel" in resources:
            config["deployment.mode"] = "sentinel"
            config["deployment.config.sentinel.replicas"] = int(resources["RedisSentinel"]["spec"]["clusterSize"])
    return config


def _cluster_shards(state: State) -> list[Shard]:
    """In the order of the slots; masters without any come last."""
    pods = state.by_id
    # an address may be an old one; of a pod that has not answered it is all that is known
    found = {node.id: pods.get(node.id) or state.by_ip(node.ip) for node in state.nodes}
    names = {node.id: member.pod if (member := found[node.id]) else node.ip for node in state.nodes}
    masters = (node for node in state.nodes if "master" in node.flags)
    return [
        Shard(
            master=names[master.id],
            replicas=tuple(sorted(names[node.id] for node in state.nodes if node.master == master.id)),
            slots=master.slots,
        )
        for master in sorted(masters, key=lambda node: (not node.slots, node.slots))
    ]
