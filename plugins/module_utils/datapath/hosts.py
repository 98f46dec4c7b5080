# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is who among the Redis pods of an instance, by what they say themselves. Pure.

Labels of Services lag behind, and pods that come back call themselves master until somebody tells them otherwise (data
path sheet §1.5). So all are asked, and where their answers do not fit together there is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, Ranges, cover_problems, shown

CLUSTER = "cluster"  # the mode in which there are shards


@dataclass(frozen=True)
class Host:
    """One Redis pod. address: DNS name, and port where it is not the usual one. info: of INFO; nodes: of CLUSTER NODES.
    error: why it said nothing, then the rest is empty."""

    pod: str
    address: str
    info: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    error: str = ""

    @property
    def role(self) -> str:
        """master or slave, "" where it is not known."""
        return self.info.get("role", "")

    @property
    def replid(self) -> str:
        """The history of writes that it is in."""
        return self.info.get("master_replid", "")

    @property
    def offset(self) -> int:
        """How far it is in that history, in bytes."""
        return int(self.info.get("slave_repl_offset" if self.role == "slave" else "master_repl_offset", 0))

    @property
    def engine(self) -> tuple[str, str]:
        """redis or valkey, and its version."""
        valkey = self.info.get("valkey_version")
        return ("valkey", valkey) if valkey else ("redis", self.info.get("redis_version", ""))

    @property
    def myself(self) -> Node | None:
        """Its own line of CLUSTER NODES, the only one that shows slots on their way."""
        return next((node for node in self.nodes if "myself" in node.flags), None)


@dataclass(frozen=True)
class Group:
    """A shard: the pod that takes its writes, and those that follow it. All there is where there are no shards."""

    slots: Ranges
    master: Host
    replicas: tuple[Host, ...]


def groups(hosts: Sequence[Host], mode: str) -> list[Group]:
    """All shards, in the order of their slots. Errors: DatapathError where it is not clear who has what."""
    found = _shards(hosts) if mode == CLUSTER else [_one(hosts)]
    for group in found:
        if group.master.info.get("loading") == "1":
            raise DatapathError(f"{group.master.pod} is loading its data")
    return found


def _one(hosts: Sequence[Host]) -> Group:
    masters = [host for host in hosts if host.role == "master"]
    if len(masters) > 1:
        names = " and ".join(host.pod for host in masters)
        raise DatapathError(f"{names} both call themselves master: nobody can say whose data is the right one")
    if not masters:
        raise DatapathError(f"there is no master: {_said(hosts)}")
    return Group(EVERY, masters[0], tuple(host for host in hosts if host.role == "slave"))


def _shards(hosts: Sequence[Host]) -> list[Group]:
    members = [host for host in hosts if host.myself]
    if not members:
        raise DatapathError(f"there is no cluster: {_said(hosts)}")
    owners = _owners(members[0])
    for host in members:
        if _owners(host) != owners:
            raise DatapathError(f"{members[0].pod} and {host.pod} do not agree on who owns which slots")
        if moving := host.myself.open if host.myself else ():
            raise DatapathError(f"slots are on their way to another shard, as {host.pod} says: {' '.join(moving)}")
    if problems := list(cover_problems(owners.values())):
        raise DatapathError(f"not all slots are served: {'; '.join(problems)}")
    return sorted((_shard(hosts, owner, ranges) for owner, ranges in owners.items()), key=lambda group: group.slots)


def _owners(host: Host) -> dict[str, Ranges]:
    """Slots by the ID of the node that owns them, as one pod sees it."""
    return {node.id: node.slots for node in host.nodes if "master" in node.flags and node.slots}


def _shard(hosts: Sequence[Host], owner: str, ranges: Ranges) -> Group:
    found = [host for host in hosts if host.myself and host.myself.id == owner]
    if not found:
        raise DatapathError(f"the owner of slots {shown(ranges)} does not answer: {_said(hosts)}")
    replicas = tuple(host for host in hosts if host.myself and host.myself.master == owner)
    return Group(ranges, found[0], replicas)


def _said(hosts: Iterable[Host]) -> str:
    return ", ".join(f"{host.pod} ({host.error or host.role or 'no answer'})" for host in hosts)
