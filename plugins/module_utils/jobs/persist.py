# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having what a Redis holds written to its volume, so that a restart finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, wait

_PATIENCE = 3600.0  # seconds for one file; nothing tells how far it is


@dataclass(frozen=True)
class _Kind:
    """A file that Redis writes: the command that begins it, and the fields of INFO that tell of it.

    scheduled: whether Redis is about to begin it by itself. failures: how often it has failed in a row; the releases
    that count them wait longer after each, up to an hour.
    """

    what: str
    command: str
    busy: str
    status: str
    scheduled: str = ""
    failures: str = ""


_LOG = _Kind(
    "append-only file",
    "BGREWRITEAOF",
    "aof_rewrite_in_progress",
    "aof_last_bgrewrite_status",
    scheduled="aof_rewrite_scheduled",
    failures="aof_rewrites_consecutive_failures",
)
_SNAPSHOT = _Kind("snapshot", "BGSAVE", "rdb_bgsave_in_progress", "rdb_last_bgsave_status")


class _File:
    """One of them on its way. Who has just copied all data has begun it himself."""

    def __init__(self, node: Node, kind: _Kind) -> None:
        self._node, self._kind = node, kind
        self._begun = False
        self._failures: int | None = None  # before this

    def missing(self) -> str | None:
        """What is not done yet. Raises JobError when it cannot be written."""
        info = self._node.fields("INFO", "persistence")
        failures = int(info.get(self._kind.failures, 0))
        before = self._failures = failures if self._failures is None else self._failures
        if failures > before:
            raise self._failed()
        # who has failed does not begin by himself for a while
        if info[self._kind.busy] == "1" or (info.get(self._kind.scheduled) == "1" and not failures):
            self._begun = True
        elif not self._begun:
            self._begun = self._begin()
        elif info[self._kind.status] == "ok":
            return None
        else:
            raise self._failed()
        return f"{self._node.what} writes its {self._kind.what}"

    def _begin(self) -> bool:
        try:
            self._node.ask(self._kind.command)
        except Refusal as error:
            if error.code != "ERR":
                raise
            return False  # something else is being written: the next turn sees it
        return True

    def _failed(self) -> JobError:
        return JobError(f"{self._node.what} cannot write its {self._kind.what}: is its volume full? see its log")


def persist(nodes: Iterable[Node], tell: Callable[[str], None]) -> None:
    """Log and snapshot of each node, where its configuration has them."""
    files = [_File(node, kind) for node in nodes for kind in _kinds(node)]

    def missing() -> str | None:
        return next((reason for reason in [file.missing() for file in files] if reason), None)

    wait(missing, tell, _PATIENCE)


def _kinds(node: Node) -> list[_Kind]:
    """The log alone where there is one: it is what a start reads."""
    if node.setting("appendonly") == "yes":
        return [_LOG]
    return [_SNAPSHOT] if node.setting("save") else []
