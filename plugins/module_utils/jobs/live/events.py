# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys of a primary have changed, as it publishes it (redis.io, "Redis keyspace notifications").

Every event of ``notify-keyspace-events AE`` names a key; what happened to it is found when it is copied. Events that
nobody reads are lost with their connection, so a connection that ends ends the copy (data path sheet §4.3).
"""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import wire

_PATTERN = "__keyevent@*__:*"
_FENCE = b"eks-redis"
Key = tuple[int, bytes]  # number of the database, and name


class Events:
    """link: of its own, which is used for nothing else."""

    def __init__(self, link: Link) -> None:
        self._link, self.keys, self.seen = link, set[Key](), 0
        link.ask("PSUBSCRIBE", _PATTERN)

    def take(self) -> set[Key]:
        """Keys that have changed since the last time."""
        self.read()
        taken, self.keys = self.keys, set()
        return taken

    def read(self) -> None:
        """All that has arrived. Raises Again where something may have been lost."""
        while self._link.answered(0):
            self._note(self._next())

    def fileno(self) -> int:
        """What something arrives at."""
        return self._link.fileno()

    def fence(self) -> None:
        """Until every event of what was done before has arrived: the answer to PING comes behind them. A PUBLISH would
        wait while writes are paused."""
        self._link.transmit(wire.ping(_FENCE), "PING", 0)
        while (message := self._next()) != [b"pong", _FENCE]:
            self._note(message)

    def _next(self) -> list[bytes]:
        try:
            message: list[bytes] = self._link.message()
            return message
        except Lost as error:
            raise Again(f"changes were missed: {error}; was the source too fast for its pub/sub buffer?") from None

    def _note(self, message: list[bytes]) -> None:
        kind, *rest = message
        if kind != b"pmessage":
            raise JobError(f"{self._link.what}: {kind!r} instead of an event")
        _pattern, channel, name = rest
        self.seen += 1
        # __keyevent@0__:set
        self.keys.add((int(channel[len(b"__keyevent@") : channel.index(b"__:")]), name))
