# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping writers out of a Redis while its data is replaced: refused with an error, never lost in silence.

A master that asks for more replicas than anybody has refuses each write, be it a command's, a script's or a function's,
of whatever user (NOREPLICAS), and goes on to be read. As writers wait, a Redis begins each copy of itself at once
meanwhile, and not when other replicas may have come too. Nothing but these two numbers has to be put back.

Another number, of which any large one means the same to Redis, says how far the restore is. So whoever goes on with it
finds the truth where it matters: a process that has restarted, and may have taken writes, has forgotten both.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node

REPLICAS, LAG = "min-replicas-to-write", "min-replicas-max-lag"
SYNC_DELAY = "repl-diskless-sync-delay"
_CLOSED = "1000"
_SHUT = {REPLICAS: _CLOSED, SYNC_DELAY: "0"}
# The mark: this, and by ten more for each restore that there may be, and how far it is
_MARK, _RESTORES = 1_000_000_000, 100_000_000


class Phase(IntEnum):
    """How far a restore is. OPEN: nothing is known, writes are taken. CLOSED: they are refused. SAVED: what is there is
    in a set. REPLACING: anything may be there. PROVEN: the new data is there, and nothing is left but to open."""

    OPEN = 0
    CLOSED = 1
    SAVED = 2
    REPLACING = 3
    PROVEN = 4


def close(nodes: Iterable[Node], restore: str) -> None:
    """From now on each of them refuses writes; restore: its id. What a node has got to in it stays."""
    for node in nodes:
        if phase(node, restore) is Phase.OPEN:
            # the mark first: without the other numbers it means nothing
            mark([node], restore, Phase.CLOSED)
            node.set(_SHUT)


def mark(nodes: Iterable[Node], restore: str, reached: Phase) -> None:
    """Notes how far the restore is."""
    for node in nodes:
        node.set({LAG: str(_number(restore) + reached)})


def begin_again(nodes: Sequence[Node], restore: str) -> None:
    """Whatever they have got to: they refuse writes, and anything may be there."""
    for node in nodes:
        node.set(_SHUT)
    mark(nodes, restore, Phase.REPLACING)


def is_closed(node: Node) -> bool:
    """Whether it refuses writes because of a restore."""
    return int(node.setting(LAG)) >= _MARK and node.setting(REPLICAS) == _CLOSED


def phase(node: Node, restore: str, closed: Callable[[Node], bool] = is_closed) -> Phase:
    """How far the restore is there. closed: whether it refuses writes. Raises JobError where another one has begun."""
    lag = int(node.setting(LAG))
    if lag < _MARK:
        return Phase.OPEN
    if not 0 <= lag - _number(restore) < len(Phase):
        raise JobError(f"{node.what} is in the middle of another restore: complete that one, or roll it back")
    reached = Phase(lag - _number(restore))
    # who ends while he opens has opened
    return reached if reached is Phase.PROVEN or closed(node) else Phase.OPEN


def let_write(nodes: Iterable[Node], settings: Mapping[str, str]) -> None:
    """They take writes; how far the restore is they remember. settings: of the instance's configuration."""
    for node in nodes:
        node.set({name: settings[name] for name in _SHUT})


def forget(nodes: Iterable[Node], settings: Mapping[str, str]) -> None:
    """They know of no restore. The last one has to be one that counts: as long as it remembers, that is not over."""
    for node in nodes:
        node.set({LAG: settings[LAG]})


def _number(restore: str) -> int:
    return _MARK + zlib.crc32(restore.encode()) % _RESTORES * 10
