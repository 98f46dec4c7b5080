"""Redis Cluster: how nodes become one, and how a shard of one fails over."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import redis

from lab.elasticache.nodes import NODE_TIMEOUT, PORT, Node
from lab.elasticache.waiting import until

SLOTS = 16384
AGAIN = 6.0  # seconds; a primary that lives has five to let a replica take over
Ask = Callable[..., Any]  # a node, then the words


def ranges(shards: int) -> list[tuple[int, int]]:
    """The first and last slot of each shard, as ElastiCache spreads them."""
    edges = [number * SLOTS // shards for number in range(shards + 1)]
    return [(first, end - 1) for first, end in zip(edges, edges[1:], strict=False)]


def form(shards: Sequence[Sequence[Node]], ask: Ask) -> None:
    """Nodes that have slots already are left as they are."""
    nodes = [node for shard in shards for node in shard]
    if all("cluster_slots_assigned:0" in ask(node, "CLUSTER", "INFO") for node in nodes):
        for epoch, (shard, (first, last)) in enumerate(zip(shards, ranges(len(shards)), strict=True), start=1):
            ask(shard[0], "CLUSTER", "ADDSLOTS", *range(first, last + 1))
            ask(shard[0], "CLUSTER", "SET-CONFIG-EPOCH", epoch)
        for node, other in itertools.combinations(nodes, 2):
            ask(node, "CLUSTER", "MEET", other.host, PORT)
        until(lambda: all(len(_hosts(node, ask)) == len(nodes) for node in nodes), "the nodes do not meet")
        for shard in shards:
            primary = ask(shard[0], "CLUSTER", "MYID")
            for replica in shard[1:]:
                ask(replica, "CLUSTER", "REPLICATE", primary)
    until(lambda: _is_one(nodes, ask), "the nodes do not become one cluster")
    for node in nodes:
        ask(node, "config", "set", "cluster-node-timeout", NODE_TIMEOUT)


def failover(replica: Node, primary_lives: bool, ask: Ask) -> None:
    """Asked for again where one of the two is so slow that Redis gives up."""
    words = ("CLUSTER", "FAILOVER", *(() if primary_lives else ("TAKEOVER",)))
    ask(replica, *words)
    asked = time.monotonic()

    def has_taken_over() -> bool:
        nonlocal asked
        if ask(replica, "ROLE")[0] == "master":
            return True
        if time.monotonic() - asked > AGAIN:
            asked = time.monotonic()
            with contextlib.suppress(redis.ResponseError):  # it may be the primary by now
                ask(replica, *words)
        return False

    until(has_taken_over, f"{replica.name}: does not become primary")


def _is_one(nodes: Sequence[Node], ask: Ask) -> bool:
    """Whether all that live know of all slots, and of each other's roles."""
    views = []
    for node in nodes:
        try:
            known = _known(node, ask)
            if "cluster_state:ok" not in ask(node, "CLUSTER", "INFO"):
                return False
        except redis.ConnectionError:
            continue
        views.append(sorted((name, flags.replace("myself,", "")) for name, _host, flags in known))
    return len(views[0]) == len(nodes) and all(view == views[0] for view in views)


def _hosts(node: Node, ask: Ask) -> set[str]:
    return {host for _name, host, flags in _known(node, ask) if "handshake" not in flags}


def _known(node: Node, ask: Ask) -> list[tuple[str, str, str]]:
    """(id, address, flags) of every node that it knows."""
    lines = [line.split() for line in ask(node, "CLUSTER", "NODES").splitlines()]
    return [(words[0], words[1], words[2]) for words in lines]
