"""Pods as they describe themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import Host
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import Ranges

HISTORY = "c" * 40
SILENT = Host("cache-9", "cache-9", error="INFO: timed out")


def master(pod: str, **info: str) -> Host:
    known = {
        "role": "master",
        "redis_version": "7.0.15",
        "loading": "0",
        "master_replid": HISTORY,
        "master_repl_offset": "1000",
    }
    return Host(pod, pod, {**known, **info})


def replica(pod: str, **info: str) -> Host:
    known = {
        "role": "slave",
        "redis_version": "7.0.15",
        "loading": "0",
        "master_link_status": "up",
        "master_sync_in_progress": "0",
        "master_last_io_seconds_ago": "3",
        "master_replid": HISTORY,
        "master_repl_offset": "990",
        "slave_repl_offset": "990",
    }
    return Host(pod, pod, {**known, **info})


def cluster(shares: Sequence[Ranges]) -> list[Host]:
    """A leader for each share, then a follower of each; all of them see the same."""
    leaders = [
        Node(f"id-leader-{number}", "10.0.0.1", frozenset({"master"}), "", True, share, ())
        for number, share in enumerate(shares)
    ]
    followers = [
        Node(f"id-follower-{number}", "10.0.0.2", frozenset({"slave"}), leader.id, True, (), ())
        for number, leader in enumerate(leaders)
    ]
    nodes = [*leaders, *followers]
    made = []
    for own in nodes:
        seen = tuple(replace(node, flags=node.flags | {"myself"}) if node is own else node for node in nodes)
        pod = f"cache-{own.id.removeprefix('id-')}"
        made.append(replace(master(pod) if own in leaders else replica(pod), nodes=seen))
    return made
