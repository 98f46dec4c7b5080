# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading keys of one primary as DUMP has them, many at a time, and no more than a job and the source bear.

Before a key is dumped it is known how large it is: the source makes every answer in its own memory. What is asked for
in one go is the values of some keys, the sizes of the next and the names of those after them, so that neither side
waits for the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import sample
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import wire

_BATCH = 500  # keys; more is not faster
_BYTES = 8 * 2**20  # of them, as the server estimates its memory


class Copy(NamedTuple):  # a dataclass takes several times as long to make
    """A key. payload: as DUMP has it, None for a key that is gone. expires: milliseconds since 1970, below 0 never."""

    name: bytes
    payload: bytes | None
    expires: int


Put = Callable[[int, Sequence[Copy]], None]  # number of the database, keys


class Reader:
    """moments: whether the release knows PEXPIRETIME (7.0). skew: milliseconds that the target's clock is ahead."""

    def __init__(self, link: Link, *, moments: bool, largest: int, skew: int) -> None:
        self._link, self._moments, self._largest, self._skew = link, moments, largest, skew
        self._database = 0

    def databases(self) -> dict[int, int]:
        """Keys by number of the database."""
        return {int(number): count for number, count in self._link.keys().items()}

    def all(self, database: int, put: Put) -> None:
        """Every key, some of them twice."""
        self._pass(database, _Scan(), put)

    def some(self, database: int, names: Iterable[bytes], put: Put) -> None:
        """Those keys. put: is given them, some at a time, while the next are on their way."""
        self._pass(database, _Given(names), put)

    def names(self, database: int) -> Iterator[bytes]:
        """Of all keys, some of them twice; other questions may be asked between two."""
        cursor = b"0"
        while True:
            cursor, found = self.link(database).ask("SCAN", cursor, "COUNT", _BATCH)
            yield from found
            if cursor == b"0":
                return

    def chance(self, database: int, count: int) -> list[bytes]:
        """At most so many names, by chance."""
        return sample(self.link(database), count)

    def missing(self, database: int, names: Sequence[bytes]) -> list[bytes]:
        """Those that are not there."""
        link = self.link(database)
        link.transmit(wire.each(wire.EXISTS, names), "EXISTS", len(names))
        found = link.accepted(link.answers(len(names)), "EXISTS")
        return [name for name, there in zip(names, found, strict=True) if not there]

    def ping(self) -> None:
        """So that the connection stays."""
        self._link.ask("PING")

    def link(self, database: int) -> Link:
        """To ask whatever else there is to ask."""
        if self._database != database:
            self._link.ask("SELECT", database)
            self._database = database
        return self._link

    def _pass(self, database: int, source: _Scan | _Given, put: Put) -> None:
        link = self.link(database)
        batches, unknown, ready = deque[list[bytes]](), list[bytes](), list[Copy]()
        while batches or unknown or source.more:
            batch, names = batches.popleft() if batches else [], unknown
            asks = source.more and len(batches) < 2
            request = self._values(batch) + wire.each(wire.MEMORY_USAGE, names) + (source.ask() if asks else b"")
            counts = [len(batch) * 2 + self._times(batch), len(names), int(asks and source.answers)]
            link.transmit(request, "DUMP", sum(counts))
            put(database, ready)
            ready = self._copies(batch, link.accepted(link.answers(counts[0]), "DUMP"))
            batches += self._batches(names, link.accepted(link.answers(counts[1]), "MEMORY USAGE"))
            unknown = source.take(link.accepted(link.answers(counts[2]), "SCAN")) if asks else []
        put(database, ready)

    def _times(self, batch: Sequence[bytes]) -> int:
        """Questions for what time it is: without moments there is only what is left."""
        return int(bool(batch) and not self._moments)

    def _values(self, batch: Sequence[bytes]) -> bytes:
        if self._moments:
            return wire.both(wire.DUMP, wire.PEXPIRETIME, batch)
        return wire.TIME * self._times(batch) + wire.both(wire.DUMP, wire.PTTL, batch)

    def _copies(self, names: Sequence[bytes], answers: list[Any]) -> list[Copy]:
        base = self._skew
        if self._times(names):
            (seconds, micros), *answers = answers
            base += int(seconds) * 1000 + int(micros) // 1000
        times = [when + base if when >= 0 else -1 for when in answers[1::2]]
        return list(map(Copy, names, answers[::2], times))

    def _batches(self, names: Sequence[bytes], sizes: Sequence[int | None]) -> Iterator[list[bytes]]:
        """Names whose values fit into the memory together. Raises JobError for one that alone does not."""
        batch, total = list[bytes](), 0
        for name, size in zip(names, sizes, strict=True):
            if (size or 0) > self._largest:  # None of a key that is gone
                raise JobError(
                    f"{self._link.what}: key {name.decode(errors='replace')!r} takes {size} bytes, {self._largest} are "
                    "copied at most: split it, delete it, or move by snapshot"
                )
            if batch and total + (size or 0) > _BYTES:
                yield batch
                batch, total = [], 0
            batch.append(name)
            total += size or 0
        if batch:
            yield batch


class _Scan:
    """Names as SCAN gives them."""

    answers = 1

    def __init__(self) -> None:
        self.more, self._cursor = True, b"0"

    def ask(self) -> bytes:
        return wire.scan(self._cursor, _BATCH)

    def take(self, answers: list[Any]) -> list[bytes]:
        ((self._cursor, names),) = answers
        self.more = self._cursor != b"0"
        return names


class _Given:
    """Names that are known."""

    answers = 0

    def __init__(self, names: Iterable[bytes]) -> None:
        self._left = iter(names)
        self._next = list(islice(self._left, _BATCH))

    @property
    def more(self) -> bool:
        return bool(self._next)

    def ask(self) -> bytes:
        return b""

    def take(self, _answers: list[Any]) -> list[bytes]:
        names, self._next = self._next, list(islice(self._left, _BATCH))
        return names
