"""Several servers that belong together: a master with replicas, a cluster."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from jobs.servers import STALL, Server, until

from ansible_collections.eks.redis.plugins.module_utils.datapath import slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes


def replicated(start: Callable[..., Server], replicas: int, *words: str, password: str = "") -> list[Server]:
    """The master, then its replicas, which follow it."""
    master = start("cache-0", *words, password=password)
    follow = ("--replicaof", f"{master.host} {master.port}")
    others = [start(f"cache-{number + 1}", *words, *follow, password=password) for number in range(replicas)]
    for other in others:
        until(lambda other=other: other.info()["master_link_status"] == "up")
    return [master, *others]


@dataclass(frozen=True)
class Pod:
    """A node of a cluster. slots: ranges, of a master."""

    server: Server
    id: str
    slots: slots.Ranges


def cluster(start: Callable[..., Server], shards: int, *words: str, replicas: int = 0) -> list[Pod]:
    """Formed and agreed on by all; replicas: of each shard. Its masters come first."""
    settings = ("--cluster-enabled", "yes", "--cluster-node-timeout", "5000", *words)
    servers = [start(f"cache-{number}", *settings) for number in range(shards * (1 + replicas))]
    addresses = [f"{server.host}:{server.port}" for server in servers]
    command = ("redis-cli", "--cluster", "create", *addresses, "--cluster-replicas", str(replicas), "--cluster-yes")
    subprocess.run(command, check=True, capture_output=True)
    for server in servers:
        until(lambda server=server: server.link.fields("CLUSTER", "INFO")["cluster_state"] == "ok")
        until(lambda server=server: server.info()["role"] == "master" or server.info()["master_link_status"] == "up")
    nodes = parse_nodes(servers[0].link.text("CLUSTER", "NODES"))
    # every one of them has to know who follows whom
    until(lambda: all(known_replicas(server) == shards * replicas for server in servers))
    for server in servers:
        server.ask("CONFIG", "SET", "cluster-node-timeout", STALL)
    made = []
    for server in servers:
        name = server.link.text("CLUSTER", "MYID")
        made.append(Pod(server, name, next(node.slots for node in nodes if node.id == name)))
    return sorted(made, key=lambda pod: pod.slots or ((slots.SLOTS, slots.SLOTS),))


def known_replicas(server: Server) -> int:
    """Of all masters, as a node of a cluster knows it."""
    return sum("slave" in node.flags for node in parse_nodes(server.link.text("CLUSTER", "NODES")))
