# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Redis answers of itself, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import Ranges


@dataclass(frozen=True)
class Node:
    """A line of CLUSTER NODES (redis.io, "CLUSTER NODES").

    slots: ranges, both ends included. open: slots on the way in or out, as the line has them.
    """

    id: str
    ip: str
    flags: frozenset[str]
    master: str
    linked: bool
    slots: Ranges
    open: tuple[str, ...]

    @property
    def failed(self) -> bool:
        return bool(self.flags & {"fail", "fail?", "noaddr", "handshake"})

    @property
    def count(self) -> int:
        """Slots that the node owns."""
        return sum(last - first + 1 for first, last in self.slots)


def parse_info(text: str) -> dict[str, str]:
    """``INFO``'s and ``CLUSTER INFO``'s ``field:value`` lines as a mapping."""
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line and not line.startswith("#"))


def parse_nodes(text: str) -> tuple[Node, ...]:
    """The answer of ``CLUSTER NODES``."""
    return tuple(_node(line.split()) for line in text.splitlines() if len(line.split()) >= 8)


def _node(words: Sequence[str]) -> Node:
    name, address, flags, master, _sent, _received, _epoch, link, *slots = words
    return Node(
        id=name,
        ip=address.partition(",")[0].partition("@")[0].rpartition(":")[0],
        flags=frozenset(flags.split(",")),
        master="" if master == "-" else master,
        linked=link == "connected",
        slots=tuple(_range(one) for one in slots if not one.startswith("[")),
        open=tuple(one for one in slots if one.startswith("[")),
    )


def _range(text: str) -> tuple[int, int]:
    first, _dash, last = text.partition("-")
    return int(first), int(last or first)


def keyspace(info: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Keys, and how many of them expire, by number of the database, from INFO."""
    lines = {name.removeprefix("db"): value for name, value in info.items() if name.startswith("db")}
    pairs = {name: dict(part.split("=", 1) for part in lines[name].split(",")) for name in lines if name.isdigit()}
    return {name: (int(numbers["keys"]), int(numbers["expires"])) for name, numbers in pairs.items()}
