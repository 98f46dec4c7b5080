# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One shard: from its source into its object, and what the manifest says of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Encryption, Shard, Source
from ansible_collections.eks.redis.plugins.module_utils.datapath.rdb_head import Head
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import keyspace
from ansible_collections.eks.redis.plugins.module_utils.datapath.sources import Chosen
from ansible_collections.eks.redis.plugins.module_utils.jobs import login, survey
from ansible_collections.eks.redis.plugins.module_utils.jobs.buffers import Buffers
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store
from ansible_collections.eks.redis.plugins.module_utils.jobs.stream import Patience, Server, Stream, Streamed
from ansible_collections.eks.redis.plugins.module_utils.jobs.upload import Upload


@dataclass(frozen=True)
class Copied:
    """A shard that is stored, and how S3 has encrypted it."""

    shard: Shard
    encryption: Encryption


class Transfer:
    """stop: set when all is to end. Methods may raise JobError; ``undo`` then leaves nothing in the bucket."""

    def __init__(
        self, store: Store, set_name: str, chosen: Chosen, buffers: Buffers, patience: Patience, stop: threading.Event
    ) -> None:
        self.file = keys.shard_file(chosen.group.slots[0][0])
        self._chosen = chosen
        known = login.to_redis()
        self._link = survey.link(chosen.host.address, known)
        self._upload = Upload(store, set_name, self.file, buffers)
        self._info: Mapping[str, str] = {}
        self._stream = Stream(
            Server(chosen.host.pod, *survey.split(chosen.host.address), os.environ, known.redis_cli()),
            patience,
            buffers,
            stop,
            deliver=self._deliver,
            begun=self._begun,
            alive=self._alive,
        )

    @property
    def read(self) -> int:
        """Bytes so far."""
        return self._stream.read

    def begin(self) -> None:
        """Makes sure that the bucket can be written to."""
        self._upload.begin()

    def run(self) -> Copied:
        """Copies the shard."""
        started = now()
        try:
            streamed = self._stream.run()
            stored = self._upload.complete(streamed.size)
        finally:
            self._link.close()
        finished = now()
        tell("stored", shard=self.file, bytes=streamed.size, seconds=(finished - started).total_seconds())
        aux, host = streamed.head.aux, self._chosen.host
        counts, exact = _counts(streamed.head, self._info)
        return Copied(
            Shard(
                file=self.file,
                slots=self._chosen.group.slots,
                bytes=streamed.size,
                sha256=streamed.sha256,
                rdb_magic=streamed.head.magic,
                keys={database: count for database, (count, _expire) in counts.items()},
                expires={database: expire for database, (_count, expire) in counts.items() if expire},
                keys_exact=exact,
                functions=_libraries(streamed.head, self._info),
                source=Source(host.pod, host.role, self._chosen.lag),
                replid=aux.get("repl-id") or host.replid,
                offset=int(aux.get("repl-offset") or host.offset),
                ctime=_ctime(streamed),
                started=started,
                finished=finished,
                checksum=stored.checksum,
                version_id=stored.version_id,
            ),
            stored.encryption,
        )

    def undo(self) -> None:
        """Leaves nothing in the bucket."""
        self._upload.undo()

    def _deliver(self, buffer: bytearray, length: int) -> None:
        self._upload.check()
        self._upload.part(buffer, length)

    def _begun(self) -> None:
        """The server has forked a moment ago: what it has now is what it had then, but for what was written since."""
        self._info = self._link.fields("INFO")

    def _alive(self) -> bool:
        try:
            return bool(self._link.ask("PING") == b"PONG")
        except JobError:
            return False


_BEGUN = datetime.now(UTC) - timedelta(seconds=time.monotonic())


def now() -> datetime:
    """As manifests write it. It never goes back, whatever is done to the clock of the node meanwhile."""
    return (_BEGUN + timedelta(seconds=time.monotonic())).replace(microsecond=0)


def _counts(head: Head, info: Mapping[str, str]) -> tuple[dict[str, tuple[int, int]], bool]:
    """Keys and those that expire by database, and whether the RDB itself says all of it: it does of its first
    database, and so of those before; of others the server does."""
    said = keyspace(info)
    if not head.counted:
        return said, False
    if not head.databases:
        return {}, True
    (first,) = map(int, head.databases)
    others = {database: counts for database, counts in said.items() if int(database) > first}
    return {**head.databases, **others}, not others


def _libraries(head: Head, info: Mapping[str, str]) -> int:
    return head.libraries if head.counted else int(info.get("number_of_libraries", 0))


def _ctime(streamed: Streamed) -> int:
    try:
        return int(streamed.head.aux["ctime"])
    except (KeyError, ValueError):
        raise JobError("the RDB does not say when it was made") from None
