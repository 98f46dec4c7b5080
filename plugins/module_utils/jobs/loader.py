# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Having RDB files loaded by the Redis beside a job (topology/loader.py), and looking at what came of it.

DEBUG RELOAD reads the file of the configured name, into an empty server or beside what is there already. What it cannot
read is an error reply since 7.0, and the end of the server before.
"""

from __future__ import annotations

import os
import re
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File, Loaded
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost, Refusal, counts
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

_START = 120.0  # seconds until the container of the loader has to be there
_TOLD = 5.0  # seconds between two words about progress
_BATCH = 5000  # keys a SCAN; more is not faster
# a line of a server's log that is a warning: process:role date # text
_WARNING = re.compile(rb"^\d+:\S+ [^*#]* # (?P<text>.*)$", re.MULTILINE)
_LIMIT = "killed while it loaded, most likely because it needs more memory than its limit"

_NOBODY = Login()  # to one that asks for no log-in and speaks no TLS


class Loader:
    """folder: what it shares with this process. login: as pods of the instance log in that are to copy from it."""

    def __init__(
        self,
        folder: str = loading.FOLDER,
        host: str = "127.0.0.1",
        port: int = loading.PORT,
        login: Login = _NOBODY,
    ) -> None:
        self.folder = Path(folder)
        self.link = login.link("the loader", host, port)
        self._aside = login.link("the loader", host, port)
        self._slots = _none()

    def wait(self) -> None:
        """Until it answers. A key then stays until somebody asks for it, whatever its time: its keys can be counted."""
        end = time.monotonic() + _START
        while True:
            try:
                self.link.ask("DEBUG", "SET-ACTIVE-EXPIRE", "0")
                return
            except Lost as error:
                if time.monotonic() > end:
                    raise JobError(f"{error}; its container did not start within {_START:.0f} s") from None
            time.sleep(0.2)

    @property
    def engine(self) -> tuple[str, str]:
        """redis or valkey, and its version."""
        info = self.link.fields("INFO", "server")
        valkey = info.get("valkey_version")
        return ("valkey", valkey) if valkey else ("redis", info["redis_version"])

    def load(self, file: File, *, beside: bool = False, tell: Callable[[float], None] = lambda percent: None) -> Loaded:
        """Loads a file that lies in the folder under its name; beside: what is loaded already stays.

        tell: is given the percentage that is loaded, now and then. Raises JobError for what is no sound RDB.
        """
        link, log = self.folder / loading.RDB, self.folder / loading.LOG
        link.unlink(missing_ok=True)
        os.symlink(self.folder / file.name, link)
        before = self.link.keys() if beside else {}
        seen = log.stat().st_size if log.exists() else 0
        started = time.monotonic()
        try:
            self._reload(beside, tell)
        except (Lost, Refusal) as error:
            raise JobError(f"{file.name} cannot be loaded: {_why(log, seen) or self._died(error)}") from None
        finally:
            link.unlink(missing_ok=True)
        seconds = time.monotonic() - started
        info = self.link.fields("INFO")
        after = counts(info)
        keys = {name: count - before.get(name, 0) for name, count in after.items() if count > before.get(name, 0)}
        expired = info.get("rdb_last_load_keys_expired")
        return Loaded(
            name=file.name,
            keys=keys,
            expired=None if expired is None else int(expired),
            repeated=int(info.get("rdb_last_load_keys_loaded", sum(keys.values()))) - sum(keys.values()),
            foreign=self._foreign(file, beside) if loading.is_part(file) else 0,
            functions=self.functions(),
            memory=int(info["used_memory"]),
            seconds=seconds,
        )

    def offer(self) -> None:
        """Others may copy what it holds. One that restarts lets nobody in: it is empty."""
        self.link.ask("ACL", "SETUSER", "default", "+psync", "+sync")

    def databases(self) -> dict[str, int]:
        """Keys by number of the database, of all that is loaded."""
        return self.link.keys()

    def expires(self) -> bool:
        """Whether it holds any key that expires."""
        return any(count for _keys, count in keyspace(self.link.fields("INFO", "keyspace")).values())

    def scan(self) -> Iterator[list[bytes]]:
        """The names of all keys of the selected database; nobody writes, so none is missed."""
        cursor: bytes | int = 0
        while True:
            cursor, names = self.link.ask("SCAN", cursor, "COUNT", _BATCH)
            if names:
                yield names
            if cursor == b"0":
                return

    def functions(self) -> int:
        """How many libraries of functions there are; none before 7.0."""
        try:
            return len(self.link.ask("FUNCTION", "LIST"))
        except Refusal:
            return 0

    def per_slot(self) -> array[int]:
        """How many keys each slot holds."""
        counts = _none()
        for names in self.scan():
            for name in names:
                counts[slots.key_slot(name)] += 1
        return counts

    def _foreign(self, file: File, beside: bool) -> int:
        """By the names: a server that knows slots could take no file with several databases, nor be copied from."""
        before = self._slots if beside else _none()
        self._slots = self.per_slot()
        own = set(slots.expand(file.expected.slots if file.expected else ()))
        return sum(self._slots[slot] - before[slot] for slot in range(slots.SLOTS) if slot not in own)

    def _reload(self, beside: bool, tell: Callable[[float], None]) -> None:
        self.link.send("DEBUG", "RELOAD", "NOSAVE", *(("NOFLUSH", "MERGE") if beside else ()))
        while not self.link.answered(_TOLD):
            info = self._aside.fields("INFO", "persistence")
            tell(float(info.get("loading_loaded_perc", 0)))
        self.link.answer()

    def _died(self, error: JobError) -> str:
        return f"the loader was {_LIMIT}" if isinstance(error, Lost) else str(error)


def _none() -> array[int]:
    """No keys in any slot."""
    return array("q", bytes(8 * slots.SLOTS))


def _why(log: Path, seen: int) -> str:
    """The first warning that the server has written since."""
    try:
        with log.open("rb") as file:
            file.seek(seen)
            found = _WARNING.search(file.read(65536))
    except OSError:
        return ""
    return found["text"].decode(errors="replace").strip() if found else ""
