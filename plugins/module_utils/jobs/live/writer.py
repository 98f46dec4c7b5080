# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing copies of keys into the target: one master, or all of a cluster, each key to the one that owns its slot.

No refusal is passed over: what does not arrive ends the copy. After a failover of the target, whose last writes may be
gone with the old master, everything is copied anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, expand, key_slot
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import wire
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.reader import Copy
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side

# what no other try changes, and what to do about it
_FATAL = {
    "OOM": "it is full: give it more memory",
    "MISCONF": "it cannot write to its volume: is that full?",
    "NOPERM": "its user may not write",
    "NOAUTH": "it asks for a password",
}
_SCANNED = 1000  # names at a time
_WAIT = 3000  # milliseconds
_PAYLOAD = "DUMP payload version or checksum are wrong"


class Writer:
    """Connections to all masters of the target."""

    def __init__(self, side: Side, masters: Sequence[Primary]) -> None:
        self._links = [side.link(one) for one in masters]
        self._owner: dict[int, int] = {}
        if masters[0].slots != EVERY:
            self._owner = {slot: at for at, one in enumerate(masters) for slot in expand(one.slots)}
        self._pending = [0] * len(masters)
        self._database: dict[Link, int] = {}

    def put(self, database: int, copies: Iterable[Copy]) -> None:
        """Some keys, once those before have arrived. Raises JobError; Again, or Lost, where another try may go well."""
        self.flush()
        words: list[list[bytes]] = [[] for _link in self._links]
        for name, payload, expires in copies:
            words[self._at(name)].append(wire.unlink(name) if payload is None else wire.restore(name, payload, expires))
        for at, some in enumerate(words):
            if some:
                self._select(self._links[at], database)
                self._links[at].transmit(b"".join(some), "RESTORE", len(some))
                self._pending[at] = len(some)

    def flush(self) -> None:
        """Until all that was put has arrived."""
        for at, link in enumerate(self._links):
            count, self._pending[at] = self._pending[at], 0
            try:
                link.accepted(link.answers(count), "RESTORE")
            except Refusal as error:
                raise _judged(error) from None

    def replicated(self) -> None:
        """Until a replica of each master has it too, where there are any; a few seconds, as far as it comes."""
        self.flush()
        for link in self._links:
            if int(link.fields("INFO", "replication").get("connected_slaves", 0)):
                link.ask("WAIT", 1, _WAIT)

    def ping(self) -> None:
        """So that connections stay."""
        self.flush()
        for link in self._links:
            link.ask("PING")

    def databases(self) -> list[int]:
        """Those with keys."""
        held = [link.keys() for link in self._links]
        return sorted({int(number) for found in held for number in found})

    def link(self, database: int, name: bytes) -> Link:
        """To who has a key; nothing that was put may be on its way."""
        link = self._links[self._at(name)]
        self._select(link, database)
        return link

    def names(self, database: int) -> Iterator[bytes]:
        """Of all keys, some of them twice; keys may be put between two, and must have arrived."""
        for link in self._links:
            cursor = b"0"
            while True:
                self._select(link, database)
                cursor, found = link.ask("SCAN", cursor, "COUNT", _SCANNED)
                yield from found
                if cursor == b"0":
                    break

    def _at(self, name: bytes) -> int:
        return self._owner[key_slot(name)] if self._owner else 0

    def _select(self, link: Link, database: int) -> None:
        if self._database.get(link, 0) != database:
            link.ask("SELECT", database)
            self._database[link] = database


def _judged(error: Refusal) -> JobError:
    """Whether another try may go well."""
    if error.code in _FATAL:
        return JobError(f"{error}; {_FATAL[error.code]}")
    if _PAYLOAD in str(error):
        return JobError(f"{error}: its release does not read what the source writes")
    return Again(str(error))
