# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copying what the loader holds into a cluster: each key to the master that owns its slot, by the loader itself.

MIGRATE sends the keys from server to server, a thousand at a time; only their names pass here. It sends times as what
is left of them, which on the way grows by as long as that takes, so they are set once more. A copy that is repeated
does no harm, so what is refused is sent again, to whoever owns the slots by then. No refusal is passed over: a copier
that did lost 3 of 100 keys while a cluster was still coming together (data path sheet §3.2).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import USER
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import key_slot
from ansible_collections.eks.redis.plugins.module_utils.jobs.cluster import Cluster
from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import differing, sample
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.loader import Loader
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node
from ansible_collections.eks.redis.plugins.module_utils.jobs.shut import Shutter

_BATCH = 1000  # keys in one MIGRATE; more is not faster
_BYTES = 16 * 2**20  # of them, by the average: the loader writes them into its memory once more
_TIMEOUT = 60_000  # milliseconds in which something of it must go on
_PATIENCE = 60.0  # seconds for which a batch may be refused: a failover takes less
_PAUSE = 0.5  # seconds
_TOLD = 5.0  # seconds between two words about progress
_SAMPLE = 1000  # keys of each file
_FULL = "OOM command not allowed"  # no later attempt changes that
_TIMES = "local found = {} for at, key in ipairs(KEYS) do found[at] = redis.call('PEXPIRETIME', key) end return found"
Tell = Callable[[str], None]


class Copier:
    """From the loader into a cluster that only the restore gets at."""

    def __init__(self, loader: Loader, cluster: Cluster, shutter: Shutter, tell: Tell) -> None:
        self._loader, self._cluster, self._shutter, self._tell = loader, cluster, shutter, tell
        self._owners = cluster.owners()
        self._links: dict[Node, Link] = {}

    def empty(self) -> None:
        """Nothing is left on any master, no functions either."""
        for node in self._cluster.masters():
            link = self._link(node)
            link.ask("FLUSHALL", "SYNC")
            link.ask("FUNCTION", "FLUSH", "SYNC")

    def functions(self) -> None:
        """All that the loader has, on each master; MIGRATE does not carry them."""
        dump = self._loader.link.ask("FUNCTION", "DUMP")
        for node in self._cluster.masters():
            self._link(node).ask("FUNCTION", "RESTORE", dump, "REPLACE")

    def keys(self, count: int) -> None:
        """All keys. count: how many there are, for the progress."""
        done, told = 0, time.monotonic()
        expires = self._loader.expires()
        for names in self._batches(self._size(count)):
            self._send(names, expires)
            done += len(names)
            if time.monotonic() - told > _TOLD:
                told = time.monotonic()
                self._tell(f"{done} of {count} keys are copied")

    def doubts(self) -> Iterator[str]:
        """Keys by chance that are not in the cluster as they are in the loader."""
        owners = self._cluster.owners()
        keys = sample(self._loader.link, _SAMPLE)

        def owner(key: bytes) -> Link:
            return self._link(owners[key_slot(key)])

        wrong = [what for _key, what in differing(self._loader.link, owner, keys)]
        if wrong:
            yield f"{len(wrong)} of {len(keys)} keys differ: the first {wrong[0]}"

    def _batches(self, size: int) -> Iterator[list[bytes]]:
        """Names of one owner each."""
        waiting: dict[Node, list[bytes]] = {}
        for names in self._loader.scan():
            for name in names:
                batch = waiting.setdefault(self._owners[key_slot(name)], [])
                batch.append(name)
                if len(batch) == size:
                    yield batch.copy()
                    batch.clear()
        yield from filter(None, waiting.values())

    def _size(self, count: int) -> int:
        used = int(self._loader.link.fields("INFO", "memory")["used_memory_dataset"])
        return max(1, min(_BATCH, _BYTES * count // max(used, 1)))

    def _send(self, names: list[bytes], expires: bool) -> None:
        """Until all have arrived. expires: whether some of them may. Raises JobError where that does not come."""
        end = time.monotonic() + _PATIENCE
        left = [names]
        while left:
            batch = left.pop()
            try:
                self._migrate(batch)
                if expires:
                    self._set_times(batch)
            except Refusal as error:
                if _FULL in str(error) or time.monotonic() > end:
                    raise
                self._tell(f"a batch is sent again: {error}")
                time.sleep(_PAUSE)
                self._owners = self._cluster.owners()
                left += self._by_owner(batch)

    def _by_owner(self, names: list[bytes]) -> list[list[bytes]]:
        found: dict[Node, list[bytes]] = {}
        for name in names:
            found.setdefault(self._owners[key_slot(name)], []).append(name)
        return list(found.values())

    def _migrate(self, names: list[bytes]) -> None:
        owner = self._owners[key_slot(names[0])]
        login = ("AUTH2", USER, self._shutter.login.password)
        answer = self._loader.link.ask(
            *("MIGRATE", owner.host, owner.port, "", 0, _TIMEOUT, "COPY", "REPLACE"), *login, "KEYS", *names
        )
        # all of them have expired since their names were read
        if answer not in (b"OK", b"NOKEY"):
            raise JobError(f"the loader answers {answer!r} to MIGRATE")

    def _set_times(self, names: list[bytes]) -> None:
        """When each of them expires, to the millisecond."""
        times = self._loader.link.ask("EVAL", _TIMES, len(names), *names)
        expiring = [("PEXPIREAT", name, when) for name, when in zip(names, times, strict=True) if when > 0]
        self._link(self._owners[key_slot(names[0])]).many(expiring)

    def _link(self, node: Node) -> Link:
        if node not in self._links:
            self._links[node] = self._shutter.link(node)
        return self._links[node]
