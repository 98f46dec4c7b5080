# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping writers away from the source, and knowing that none got through.

``CLIENT PAUSE … WRITE`` (redis.io, since 6.2) lets reads go on and makes writes wait; it ends by itself, so that a job
that dies half-way leaves the source as it was. What waits is cut off once applications are led elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import NAME, Primary, Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.watch import calls

T = TypeVar("T")
_SENTINEL = "sentinel-"  # how sentinels name their connections (sentinel.c, sentinelSetClientName)


class Gate:
    """Before all primaries of a side, each by a connection of its own."""

    def __init__(self, side: Side, primaries: Sequence[Primary]) -> None:
        self._links = [side.link(one, 10.0) for one in primaries]
        self._pool = ThreadPoolExecutor(len(primaries))
        self._writing = tuple(sorted(_writing(self._links[0].ask("COMMAND"))))

    def close(self, seconds: float) -> None:
        """Writes wait, for so long at most."""
        self._each(lambda link: link.ask("CLIENT", "PAUSE", int(seconds * 1000), "WRITE"))

    def open(self) -> None:
        """Writes go on."""
        self._each(lambda link: link.ask("CLIENT", "UNPAUSE"))

    def writes(self) -> list[tuple[str, str, int]]:
        """Of each primary: its life, its role, how often anything was written."""

        def counted(link: Link) -> tuple[str, str, int]:
            info = link.fields("INFO", "all")
            return info["run_id"], info["role"], calls(info, self._writing)

        return self._each(counted)

    def infos(self) -> list[dict[str, str]]:
        """What each says of itself."""
        return self._each(lambda link: link.fields("INFO"))

    def numbers(self, field: str) -> list[int]:
        """A field of INFO, of each."""
        return [int(info[field]) for info in self.infos()]

    def publish(self) -> None:
        """Events of keys, from now on, until the process restarts."""
        self._each(lambda link: link.ask("CONFIG", "SET", "notify-keyspace-events", "AKE"))

    def cut(self) -> int:
        """Ends all connections but this one: whose they are connects again. How many of them were of others."""
        return sum(self._each(_cut))

    def cut_late(self) -> None:
        """Those of clients who came back since. Sentinels stay: they take a master that cuts them off for lost."""
        self._each(_cut_late)

    def _each(self, action: Callable[[Link], T]) -> list[T]:
        return list(self._pool.map(lambda link: _sure(action, link), self._links))


def _sure(action: Callable[[Link], T], link: Link) -> T:
    """Once more where the connection was closed, as servers do with idle ones: all of it may be done twice."""
    try:
        return action(link)
    except Lost:
        return action(link)


def _cut(link: Link) -> int:
    others = len(_others(link))
    for kind in ("normal", "pubsub"):
        link.ask("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
    return others


def _cut_late(link: Link) -> None:
    late = [one["id"] for one in _others(link) if not one["name"].startswith(_SENTINEL)]
    link.many([("CLIENT", "KILL", "ID", number) for number in late])


def _others(link: Link) -> list[dict[str, str]]:
    """Connections of clients, as CLIENT LIST has them, without ours and those of replicas."""
    lines = link.text("CLIENT", "LIST").splitlines()
    found = [dict(word.partition("=")[::2] for word in line.split(" ")) for line in lines]
    return [one for one in found if one["name"] != NAME and not {"S", "M"} & {*one["flags"]}]


def _writing(commands: Sequence[Any]) -> set[str]:
    """Names under which INFO counts commands that write (redis.io, "COMMAND"), such as set and xgroup|create."""
    found = set[str]()
    for name, _arity, flags, *more in commands:
        if b"write" in flags:
            found.add(name.decode().lower())
        for subcommand in more[6:7]:  # since 7.0
            found |= _writing(subcommand)
    return found
