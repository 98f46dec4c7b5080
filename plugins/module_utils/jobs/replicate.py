# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing the data of a master by that of the loader: the master copies it as a replica does, and is a master again.

Redis itself then serves either the old data or the whole new data: as a replica it takes no writes, and while it reads
the copy into its memory it refuses all commands. Its own replicas copy anew from it. Where the memory holds both, the
old data stays until the new is whole; the copy is then never on the disk before it is in the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import differing, sample
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, counts
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, wait

DISKLESS = "repl-diskless-load"
_PATIENCE = 300.0  # seconds without any progress
_SAMPLE = 1000  # keys of each database
Tell = Callable[[str], None]


class Exchange:
    """One master, and the address under which it reaches the loader."""

    def __init__(self, master: Node, loader: Link, address: tuple[str, int], tell: Tell) -> None:
        self.master, self.loader, self._tell = master, loader, tell
        self._host, self._port = address
        self._before = _Held(master)
        self._life = loader.fields("INFO", "server")["run_id"]
        # of the loader's data; it gets another one when it is first copied
        self._identity = ""

    def copy(self, both: bool) -> None:
        """Until the master holds what the loader holds. both: its memory has room for the old data and the new."""
        self.master.set({DISKLESS: "swapdb" if both else "disabled"})
        self.master.ask("REPLICAOF", self._host, self._port)
        wait(self._missing, self._tell, _PATIENCE)

    def end(self, settings: Mapping[str, str]) -> None:
        """It is a master again, with what it holds."""
        self.master.ask("REPLICAOF", "NO", "ONE")
        self.master.set({DISKLESS: settings[DISKLESS]})

    @property
    def done(self) -> bool:
        """Whether the master has taken over the loader's data, as a whole."""
        info = self.master.fields("INFO", "replication")
        return self._identity in (info["master_replid"], info.get("master_replid2"))

    @property
    def intact(self) -> bool:
        """Whether the master still holds what it held before; to be asked where it is not ``done``."""
        return _Held(self.master).follows(self._before)

    def doubts(self, names: Sequence[str]) -> list[str]:
        """Where the master differs from the loader: counts, and keys by chance. names: of databases."""
        mine, its = self.master.keys(), self.loader.keys()
        if mine != its:
            return [f"{self.master.what} holds {_counts(mine)} instead of {_counts(its)}"]
        found = []
        for name in names:
            for link in (self.master, self.loader):
                link.ask("SELECT", name)
            keys = sample(self.loader, _SAMPLE)
            wrong = [what for _key, what in differing(self.loader, lambda key: self.master, keys)]
            if wrong:
                found.append(f"{len(wrong)} of {len(keys)} keys in database {name} differ: the first {wrong[0]}")
        return found

    def _missing(self) -> str | None:
        its = self.loader.fields("INFO")
        if its["run_id"] != self._life:
            raise JobError("the loader has restarted, most likely because it needs more memory than its limit")
        self._identity = its["master_replid"]
        info = self.master.fields("INFO")
        if info["role"] != "slave" or info["master_host"] != self._host:
            raise JobError(f"{self.master.what} was made to follow another master while it copied the data")
        if info["loading"] == "1":
            return f"{self.master.what} loads the data, {info.get('loading_loaded_bytes', 0)} bytes"
        if info["master_sync_in_progress"] == "1":
            return f"{self.master.what} copies the data, {info.get('master_sync_read_bytes', 0)} bytes"
        if info["master_link_status"] != "up":
            return f"{self.master.what} connects to the loader; if it cannot, the log of its Redis says why"
        sent = int(its["master_repl_offset"])
        return None if int(info["slave_repl_offset"]) >= sent else f"{self.master.what} reads the last bytes"


class _Held:
    """What a server holds, and how much of it has gone by itself since it started."""

    def __init__(self, node: Node) -> None:
        info = node.fields("INFO")
        self.run, self.keys = info["run_id"], counts(info)
        self.gone = int(info["expired_keys"]) + int(info["evicted_keys"])

    def follows(self, before: _Held) -> bool:
        """Whether nothing but what has gone by itself is missing."""
        missing = [count - self.keys.get(name, 0) for name, count in before.keys.items()]
        return (
            self.run == before.run
            and not self.keys.keys() - before.keys.keys()
            and all(count >= 0 for count in missing)
            and sum(missing) <= self.gone - before.gone
        )


def _counts(keys: Mapping[str, int]) -> str:
    """``1000 keys in database 0, 1 in database 3``."""
    return ", ".join(f"{count} keys in database {name}" for name, count in keys.items()) or "no keys"
