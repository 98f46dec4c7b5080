# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster by its own words: who owns which slots, and whether all nodes agree that all is well."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import SLOTS, Ranges, expand
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node


class Cluster:
    """All nodes of a cluster."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self._at = {node.host: node for node in nodes}

    def unwell(self) -> str | None:
        """What keeps it from taking keys; None when every node sees all slots served, and none on its way."""
        for node in self.nodes:
            info = node.fields("CLUSTER", "INFO")
            if info["cluster_state"] != "ok":
                return f"{node.what} sees the cluster as {info['cluster_state']}"
            if info["cluster_slots_ok"] != str(SLOTS):
                return f"{node.what} sees {info['cluster_slots_ok']} of {SLOTS} slots served"
            moving = next(one.open for one in parse_nodes(node.text("CLUSTER", "NODES")) if "myself" in one.flags)
            if moving:
                return f"{node.what}: slots are on their way to another shard: {' '.join(moving)}"
        return None

    def masters(self) -> dict[Node, Ranges]:
        """Who owns slots, and which. Raises JobError where an owner is none of the nodes that are known."""
        found: dict[Node, Ranges] = {}
        for one in parse_nodes(self._first("CLUSTER", "NODES")):
            if "master" in one.flags and one.slots:
                if one.ip not in self._at:
                    raise JobError(f"slots are owned by a node at {one.ip}, which is none of the instance's pods")
                found[self._at[one.ip]] = one.slots
        return found

    def owners(self) -> list[Node]:
        """The master of each slot. Raises JobError where a slot has none."""
        owners: list[Node | None] = [None] * SLOTS
        for node, ranges in self.masters().items():
            for slot in expand(ranges):
                owners[slot] = node
        found = [owner for owner in owners if owner is not None]
        if len(found) < SLOTS:
            raise JobError(f"{SLOTS - len(found)} slots have no owner")
        return found

    def _first(self, *words: str) -> str:
        """What the first node says that says anything: one may be on its way back."""
        reason: JobError = JobError("there are no pods")
        for node in self.nodes:
            try:
                return node.text(*words)
            except Lost as error:
                reason = error
        raise reason

    def strays(self) -> dict[str, int]:
        """Keys that nobody finds, by the master that holds them: of slots that it does not own (sheet §5.1)."""
        found = {}
        for node, ranges in self.masters().items():
            counted = sum(node.many(("CLUSTER", "COUNTKEYSINSLOT", slot) for slot in expand(ranges)))
            # what expires meanwhile is missed by the second count only
            total = sum(node.keys().values())
            if total > counted:
                found[node.what] = total - counted
        return found
