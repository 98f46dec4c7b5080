# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of the uploads: as much as was planned for the number of shards, however much is stored."""

from __future__ import annotations

import queue
from math import ceil

PARTS = 10_000  # that S3 takes of one object
_LEAST, _MOST = 5 * 2**20, 8 * 2**20  # bytes of a part: S3's least; more is not faster
_MEMORY = 64 * 2**20  # bytes for all shards that are copied side by side
_AHEAD = 4  # buffers of one shard: one that fills, the others on their way
_GROWN = 1.5  # how much larger than the memory of its server an RDB may be


class Buffers:
    """A fixed number of buffers of one size, in bytes."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size
        self._free: queue.Queue[bytearray] = queue.Queue()
        for _number in range(count):
            self._free.put(bytearray(size))

    def take(self, timeout: float) -> bytearray | None:
        """A free one, None where there is none for so many seconds."""
        try:
            return self._free.get(timeout=timeout)
        except queue.Empty:
            return None

    def give(self, buffer: bytearray) -> None:
        """Who took it is done with it."""
        self._free.put(buffer)


def plan(shards: int, memory: int) -> tuple[int, int]:
    """Number and size of the buffers of each shard. shards: copied side by side. memory: bytes that the largest of
    their servers uses, which says how large a part must be that S3's number of them is enough."""
    size = max(_LEAST, min(_MOST, _MEMORY // (2 * shards)), ceil(memory * _GROWN / PARTS))
    return max(1, min(_AHEAD, _MEMORY // (shards * size))), size
