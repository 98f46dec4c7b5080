# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading keys of one primary as DUMP has them, many at a time, and no more than fit into the memory of a job."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import sample
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import wire

BATCH = 500  # keys; more is not faster
_BYTES = 8 * 2**20  # of them, as the server estimates its memory


@dataclass(frozen=True)
class Copy:
    """A key. payload: as DUMP has it, None for a key that is gone. expires: milliseconds since 1970, below 0 never."""

    name: bytes
    payload: bytes | None
    expires: int


class Reader:
    """names, data: two connections to one primary, so that the next names are asked for while values arrive.

    moments: whether the release knows PEXPIRETIME (7.0). skew: milliseconds that the target's clock is ahead.
    """

    def __init__(self, names: Link, data: Link, *, moments: bool, largest: int, skew: int) -> None:
        self._names, self._data, self._moments, self._largest = names, data, moments, largest
        self._database = {names: 0, data: 0}
        self._skew = skew

    def databases(self) -> dict[int, int]:
        """Keys by number of the database."""
        return {int(number): count for number, count in self._names.keys().items()}

    def scan(self, database: int) -> Iterator[list[bytes]]:
        """All names, some of them twice."""
        cursor = b"0"
        while True:
            self._select(self._names, database)
            cursor, names = self._names.ask("SCAN", cursor, "COUNT", BATCH)
            yield names
            if cursor == b"0":
                return

    def chance(self, database: int, count: int) -> list[bytes]:
        """At most so many names, by chance."""
        return sample(self.link(database), count)

    def link(self, database: int) -> Link:
        """To ask whatever else there is to ask."""
        self._select(self._names, database)
        return self._names

    def batches(self, database: int, names: Iterable[bytes]) -> Iterator[list[bytes]]:
        """Names whose values fit into the memory together. Raises JobError for one that alone does not."""
        left = iter(names)
        while some := list(islice(left, BATCH)):
            self._select(self._names, database)
            self._names.transmit(wire.each(wire.MEMORY_USAGE, some), "MEMORY USAGE", len(some))
            # None of a key that is gone
            sizes = [self._names.checked(size, "MEMORY USAGE") or 0 for size in self._names.answers(len(some))]
            if sum(sizes) <= min(_BYTES, self._largest):
                yield some
                continue
            batch, total = list[bytes](), 0
            for name, size in zip(some, sizes, strict=True):
                if size > self._largest:
                    raise JobError(
                        f"{self._names.what}: key {name.decode(errors='replace')!r} takes {size} bytes, "
                        f"{self._largest} are copied at most: split it, delete it, or move by snapshot"
                    )
                if batch and total + size > _BYTES:
                    yield batch
                    batch, total = [], 0
                batch.append(name)
                total += size
            if batch:
                yield batch

    def ask(self, database: int, names: Sequence[bytes]) -> None:
        """For some keys, whose values are read by ``read``."""
        self._select(self._data, database)
        if self._moments:
            self._data.transmit(wire.both(wire.DUMP, wire.PEXPIRETIME, names), "DUMP", 2 * len(names))
        else:
            self._data.send("TIME")
            self._data.transmit(wire.both(wire.DUMP, wire.PTTL, names), "DUMP", 2 * len(names))

    def read(self, names: Sequence[bytes]) -> list[Copy]:
        """What was asked for, in that order. Raises Refusal for a server that does not let us."""
        base = self._skew
        if not self._moments:
            seconds, micros = self._data.answer()
            base += int(seconds) * 1000 + int(micros) // 1000
        found = self._data.answers(2 * len(names))
        payloads, times = found[::2], found[1::2]
        copies = []
        for name, payload, when in zip(names, payloads, times, strict=True):
            self._data.checked(payload, "DUMP")
            self._data.checked(when, "PTTL")
            copies.append(Copy(name, payload, when + base if when >= 0 else -1))
        return copies

    def missing(self, database: int, names: Sequence[bytes]) -> list[bytes]:
        """Those that are not there."""
        self._select(self._data, database)
        self._data.transmit(wire.each(wire.EXISTS, names), "EXISTS", len(names))
        return [name for name, there in zip(names, self._data.answers(len(names)), strict=True) if there == 0]

    def _select(self, link: Link, database: int) -> None:
        if self._database[link] != database:
            link.ask("SELECT", database)
            self._database[link] = database
