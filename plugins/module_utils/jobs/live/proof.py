# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what was copied is what the source has: key by key, while it is written.

A key that was written between two looks at it differs, and is no difference: it is in the events then, which are all
there when the answer to PING is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import differing
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.events import Events, Key
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.reader import Reader
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.writer import Writer

_BATCH = 1000  # names
_COMPARED = 2000  # keys between two rounds: a busy source must not wait for it
_SHOWN = 10


class Proof:
    """unproven: keys that were copied, and not compared since. mine: whether a key belongs to the source's primary."""

    def __init__(self, reader: Reader, writer: Writer, events: Events, mine: Callable[[bytes], bool]) -> None:
        self._reader, self._writer, self._events, self._mine = reader, writer, events, mine
        self.unproven = set[Key]()
        self._wrong: dict[Key, str] = {}

    def compare(self, *, every: bool = False) -> None:
        """Some of the unproven keys, or every one."""
        keys = set(self.unproven if every else islice(self.unproven, _COMPARED))
        self.unproven -= keys
        self._judge(keys)

    def verify(self, sample: int, between: Callable[[], None]) -> dict[str, Any]:
        """``{compared, names, differing}``: keys by value, names that were looked for, differences in words.

        sample: keys of each database that are compared by value, by chance; 0 for all. between: is called between
        batches, to keep up with the source.
        """
        compared = Counter[str]()
        for database in self._reader.databases():
            names = self._reader.chance(database, sample) if sample else self._reader.names(database)
            for batch in _some(names):
                self._judge({(database, name) for name in batch})
                compared["compared"] += len(batch)
                between()
            if sample:
                for batch in _some(self._reader.names(database)):
                    absent = {
                        (database, name) for name in batch if not self._writer.link(database, name).ask("EXISTS", name)
                    }
                    self._judge(absent)
                    compared["names"] += len(batch)
                    between()
        self._judge(set(self.foreign(between)))
        return {"compared": compared["compared"], "names": compared["names"], "differing": list(self.words())}

    def foreign(self, between: Callable[[], None] = lambda: None) -> Iterator[Key]:
        """Keys of the target that the source does not have."""
        for database in self._writer.databases():
            for batch in _some(filter(self._mine, self._writer.names(database))):
                yield from ((database, name) for name in self._reader.missing(database, batch))
                between()

    def words(self) -> tuple[str, ...]:
        """Some of the differences that nothing explains."""
        found = islice(self._wrong.items(), _SHOWN)
        return tuple(f"key {name.decode(errors='replace')!r} of database {at} {what}" for (at, name), what in found)

    def _judge(self, keys: set[Key]) -> None:
        found: dict[Key, str] = {}
        for database in {at for at, _name in keys}:
            names = [name for at, name in keys if at == database]
            here = self._reader.link(database)
            wrong = differing(here, partial(self._writer.link, database), names)
            found |= {(database, name): what for name, what in wrong}
        if found:
            self._events.fence()
        kept = {key: what for key, what in self._wrong.items() if key not in keys}
        self._wrong = kept | {key: what for key, what in found.items() if key not in self._events.keys}


def _some(names: Iterable[bytes]) -> Iterator[list[bytes]]:
    left = iter(names)
    while batch := list(islice(left, _BATCH)):
        yield batch
