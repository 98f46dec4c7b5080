# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which modes a field counts, and what it does there."""

from __future__ import annotations

from collections.abc import Mapping

MODES = ("standalone", "sentinel", "cluster")

_AS_SENTINEL = "with replicas as in mode sentinel; a single pod gets none"

# a field, or the group that it is in -> what it does in each mode in which it counts.
# A field that is in none of these does the same in all modes.
BY_MODE: Mapping[str, Mapping[str, str]] = {
    "version": {"standalone": "6.0 or newer", "sentinel": "6.2 or newer", "cluster": "7.0 or newer"},
    "authentication": {
        "standalone": "the password of Redis",
        "sentinel": "the password of Redis and of the sentinels",
        "cluster": "the password of Redis",
    },
    "transitEncryption": {
        "standalone": "Redis, its exporter, probes and jobs",
        "sentinel": "Redis and the sentinels, among themselves too",
        "cluster": "Redis and the cluster bus; nodes are announced by name",
    },
    "discovery.nodes": {
        "cluster": "each node is announced as <pod>.<domain>; the Service <name>-nodes gives external-dns these names"
    },
    "discovery": {
        "standalone": "leads to Redis, in the cluster the Service <name>; with replicas as in mode sentinel, and "
        "endpoint as primary",
        "sentinel": "endpoint leads to the sentinels, in the cluster the Service <name>-sentinel, port 26379; primary "
        "to the master, <name>-master; reader to the replicas, <name>-replica",
        "cluster": "leads to any Redis pod, in the cluster the Service <name>-leader",
    },
    "deployment.mode": {
        "standalone": "one Redis; with replicas a RedisReplication, in which nobody fails over",
        "sentinel": "a RedisReplication, and a RedisSentinel that fails it over; master group myMaster",
        "cluster": "a RedisCluster; needs clusterModeEnabled: true in the root",
    },
    "master.resources": {
        "standalone": "the Redis pod; with replicas as in mode sentinel",
        "sentinel": "one StatefulSet holds master and replicas: every Redis pod gets the larger of each amount here "
        "and in replica.resources",
        "cluster": "the pods <name>-leader-*; roles swap at a failover",
    },
    "deployment.config.replica.count": {
        "standalone": "pods beside the first; nobody fails over to them",
        "sentinel": "pods beside the first, at least 1",
    },
    "deployment.config.replica.resources": {
        "standalone": "with replicas as in mode sentinel",
        "sentinel": "see master.resources",
        "cluster": "the pods <name>-follower-*; roles swap at a failover",
    },
    "deployment.config.sentinel": {"sentinel": "the pods <name>-sentinel-*"},
    "sentinelImage": {"sentinel": "the pods <name>-sentinel-*"},
    "deployment.config.numShards": {"cluster": "the pods <name>-leader-*"},
    "deployment.config.replicasPerShard": {"cluster": "the pods <name>-follower-*, so many for each shard"},
    "persistence": {
        "standalone": "each Redis pod",
        "sentinel": "each Redis pod; sentinels keep nothing",
        "cluster": "each Redis pod; nodes.conf has a volume of 1Gi of its own, also without persistence",
    },
    "antiAffinity": {
        "standalone": _AS_SENTINEL,
        "sentinel": "Redis pods keep apart from Redis pods, and sentinels from sentinels",
        "cluster": "all Redis pods keep apart, leaders and followers alike",
    },
    "topologySpreadConstraints": {
        "standalone": _AS_SENTINEL,
        "sentinel": "Redis pods spread, and so do the sentinels",
        "cluster": "all Redis pods spread, leaders and followers together",
    },
    "service": {
        "standalone": "to the Redis pod; with replicas to the master",
        "sentinel": "to the master, whoever it is",
        "cluster": "to any Redis pod, which redirects clients to the pods' own addresses",
    },
    "service.reader": {
        "standalone": "with replicas: to them",
        "sentinel": "to the replicas, whoever they are",
    },
    "acl": {
        "standalone": "Redis",
        "sentinel": "Redis; sentinels know no users",
        "cluster": "each Redis pod",
    },
    "keeper": {
        "standalone": "a pod, for certificates",
        "sentinel": "two pods, for certificates and for the Services of master and replicas",
        "cluster": "a pod, for certificates",
    },
    "metrics": {
        "standalone": "an exporter in each Redis pod",
        "sentinel": "an exporter in each Redis pod and each sentinel",
        "cluster": "an exporter in each Redis pod",
    },
    "backup": {
        "standalone": "the only pod is copied; with replicas as in mode sentinel",
        "sentinel": "a replica is copied, the master only where no replica is fit",
        "cluster": "each shard is copied from a replica of its own, the master only where none is fit; the shards are "
        "not of exactly one moment",
    },
    "networkPolicy": {
        "standalone": "clients reach port 6379",
        "sentinel": "clients reach port 6379 of Redis and 26379 of the sentinels",
        "cluster": "clients reach port 6379; the cluster bus is open between its pods only",
    },
    "podDisruptionBudget": {
        "standalone": _AS_SENTINEL,
        "sentinel": "one over the Redis pods; another keeps as many sentinels as a failover takes",
        "cluster": "one over all Redis pods; it never lets a shard with replicas lose all of its pods",
    },
    "additionalConfig": {
        "standalone": "each Redis pod",
        "sentinel": "each Redis pod, not the sentinels",
        "cluster": "each Redis pod",
    },
}


def group(path: str) -> str | None:
    """The row of BY_MODE that a field's path belongs to."""
    while path and path not in BY_MODE:
        path = path.rpartition(".")[0]
    return path or None


def modes(path: str) -> tuple[str, ...]:
    """The modes in which a field counts."""
    row = group(path)
    return tuple(BY_MODE[row]) if row else MODES
