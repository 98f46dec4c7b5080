# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Redis and the sentinels say of themselves, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node, parse_info, parse_nodes

INFO = "INFO"
CLUSTER_INFO = "CLUSTER INFO"
CLUSTER_NODES = "CLUSTER NODES"
_LATE = "no answer"  # of what was asked in time; survey.py says it, too


def sentinel_master(group: str) -> str:
    """The command that asks a sentinel for its view of the master."""
    return f"SENTINEL MASTER {group}"


def check_quorum(group: str) -> str:
    """The command that asks a sentinel whether a failover could be agreed on."""
    return f"SENTINEL CKQUORUM {group}"


@dataclass(frozen=True)
class Member:
    """One Redis pod by its own INFO. error: why it said nothing, then the rest is empty."""

    pod: str
    ip: str
    info: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    cluster: Mapping[str, str] = field(default_factory=dict)
    nodes: tuple[Node, ...] = ()

    @property
    def late(self) -> bool:
        """Whether it took longer to answer than it was waited for; otherwise its error is an answer, or a refusal."""
        return self.error.startswith(_LATE)

    @property
    def role(self) -> str:
        """master or slave, "" when it is not known."""
        return self.info.get("role", "")

    @property
    def loading(self) -> bool:
        return self.info.get("loading") == "1"

    @property
    def linked(self) -> bool:
        """Whether a replica follows its master and is not busy with its first copy of the data."""
        return self.info.get("master_link_status") == "up" and self.info.get("master_sync_in_progress") == "0"

    @property
    def offset(self) -> int:
        """How far it is in the stream of writes, in bytes of its master's history."""
        return int(self.info.get("master_repl_offset" if self.role == "master" else "slave_repl_offset", 0))

    @property
    def replicas(self) -> dict[str, dict[str, str]]:
        """A master's replicas by IP: state, offset, lag. Port 0 is a backup that streams, no replica."""
        lines = (value for key, value in self.info.items() if key.startswith("slave") and value.startswith("ip="))
        found = (dict(part.split("=", 1) for part in line.split(",")) for line in lines)
        return {one["ip"]: one for one in found if one.get("port") != "0"}

    @property
    def myself(self) -> Node | None:
        """Its own line of CLUSTER NODES, the only one that shows slots on the way."""
        return next((node for node in self.nodes if "myself" in node.flags), None)


@dataclass(frozen=True)
class Watcher:
    """One sentinel by its view of the master. error: why it has none; quorum: what CKQUORUM said."""

    pod: str
    ip: str
    master: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    quorum: str = ""


@dataclass(frozen=True)
class State:
    """All pods that were asked, by name."""

    members: Mapping[str, Member] = field(default_factory=dict)
    watchers: Mapping[str, Watcher] = field(default_factory=dict)

    @property
    def masters(self) -> list[Member]:
        return [member for member in self.members.values() if member.role == "master"]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The cluster as the first pod that answered sees it."""
        return next((member.nodes for member in self.members.values() if member.nodes), ())

    @property
    def by_id(self) -> dict[str, Member]:
        """The nodes of a cluster that have answered, by their own id."""
        return {member.myself.id: member for member in self.members.values() if member.myself}

    def by_ip(self, ip: str) -> Member | None:
        return next((member for member in self.members.values() if member.ip == ip), None)


def parse_pairs(text: str) -> dict[str, str]:
    """The answer of ``SENTINEL MASTER``: a field and its value on two lines."""
    lines = text.splitlines()
    return dict(zip(lines[::2], lines[1::2], strict=False))


def member(pod: str, ip: str, said: Mapping[str, str]) -> Member:
    """said: the pod's answers by command. What is no INFO is an error message, or nothing at all."""
    info = said.get(INFO, _LATE)
    if not info.lstrip().startswith("#"):
        return Member(pod, ip, error=_first_line(info))
    return Member(
        pod,
        ip,
        info=parse_info(info),
        cluster=parse_info(said.get(CLUSTER_INFO, "")),
        nodes=parse_nodes(said.get(CLUSTER_NODES, "")),
    )


def watcher(pod: str, ip: str, group: str, said: Mapping[str, str]) -> Watcher:
    """As ``member``, for a sentinel and the group that it watches."""
    master = said.get(sentinel_master(group), _LATE)
    if not master.startswith("name"):
        return Watcher(pod, ip, error=_first_line(master))
    return Watcher(pod, ip, master=parse_pairs(master), quorum=_first_line(said.get(check_quorum(group), _LATE)))


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), _LATE)
