# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RDB of a Redis, streamed by ``redis-cli --rdb -``: to its end, or not at all.

What comes is right only when redis-cli says so at its end. So the last bytes are held back until then, among them the
40-byte mark of the diskless protocol behind the RDB (data path sheet §1.2, §1.3). redis-cli waits for ever for a server
that hangs; here a silence, or a copy that lasts too long, ends it.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import select
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, cast

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb_head
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.jobs.buffers import Buffers
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, CalledOff
from ansible_collections.eks.redis.plugins.module_utils.jobs.refusals import explained

MARK = 40  # bytes
_PIPE = 2**20  # bytes; the least waiting for each other
_SIP = 2**18  # bytes; redis-cli writes 4 KiB at a time, and reading each of them costs more than all else
_BREATH = 0.001  # seconds in which more comes
_HEAD = 2**20  # bytes in which the head of an RDB must end; libraries of functions are in it
_GLANCE = 0.5  # seconds between two looks at whether to go on
_ENDING = 10.0  # seconds that redis-cli may take to end
_WITH_MARK = re.compile(r"Transfer finished with success after (\d+) bytes")
_WITHOUT_MARK = re.compile(r"writing (\d+) bytes to .*Transfer finished with success\.", re.DOTALL)


@dataclass(frozen=True)
class Server:
    """Which Redis. environment: of redis-cli; has the password, if there is one. words: with which it gets in, too."""

    pod: str
    host: str
    port: int
    environment: Mapping[str, str]
    words: Sequence[str] = ()


@dataclass(frozen=True)
class Patience:
    """Seconds: without a byte, and for all of it."""

    stall: float
    timeout: float


@dataclass(frozen=True)
class Streamed:
    """size, sha256: of the RDB, without the mark. head: what it says of itself."""

    size: int
    sha256: str
    head: rdb_head.Head


class Stream:
    """deliver: is given each buffer that is full, and the last, with how many bytes of it count; the buffer is its from
    then on. begun: is called once, when the RDB begins to come. alive: whether the server still answers."""

    def __init__(
        self,
        server: Server,
        patience: Patience,
        buffers: Buffers,
        stop: threading.Event,
        *,
        deliver: Callable[[bytearray, int], None],
        begun: Callable[[], None],
        alive: Callable[[], bool],
    ) -> None:
        self._server, self._patience, self._buffers, self._stop = server, patience, buffers, stop
        self._deliver, self._begun, self._alive = deliver, begun, alive
        self._digest = hashlib.sha256()
        self._head: rdb_head.Head | None = None
        self._started = time.monotonic()
        self.read = 0  # bytes so far, the mark among them

    def run(self) -> Streamed:
        """Errors: JobError, Again where another try may go better, CalledOff."""
        self._started = time.monotonic()
        with self._redis_cli() as process:
            buffer, filled, over = self._read(cast("IO[bytes]", process.stdout))
            try:
                code = process.wait(_ENDING)
            except subprocess.TimeoutExpired:
                raise self._again(f"redis-cli does not end within {_ENDING:.0f} s") from None
            said = cast("IO[bytes]", process.stderr).read().decode(errors="replace")
        if code:
            raise explained(self._server.pod, said, code)
        size = self._size(said)
        self._last(buffer, filled, over, size - (self.read - filled - len(over)))
        if self._head is None:
            raise self._again(f"the RDB of {size} bytes ends before its first key")
        return Streamed(size, self._digest.hexdigest(), self._head)

    @contextlib.contextmanager
    def _redis_cli(self) -> Iterator[subprocess.Popen[bytes]]:
        words = ["redis-cli", "-h", self._server.host, "-p", str(self._server.port), *self._server.words, "--rdb", "-"]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            words, env=self._server.environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _read(self, output: IO[bytes]) -> tuple[bytearray, int, bytes]:
        """To the end of the output. What is not delivered: a buffer, how much of it is filled, and what came behind it
        when it was full, no more than a mark.

        A full buffer is delivered when as much as a mark has come behind it: so what is in it is no mark.
        """
        fcntl.fcntl(output, fcntl.F_SETPIPE_SZ, _PIPE)
        poll = select.poll()
        poll.register(output, select.POLLIN)
        buffer, filled, over, beyond = self._room(), 0, bytearray(MARK), 0
        while True:
            self._wait(poll)
            got = os.readv(output.fileno(), [memoryview(buffer)[filled:], memoryview(over)[beyond:]])
            if not got:
                return buffer, filled, bytes(over[:beyond])
            if not self.read:
                self._begun()
            self.read += got
            into = min(got, len(buffer) - filled)
            filled, beyond = filled + into, beyond + got - into
            if self._head is None:
                self._look(buffer, filled)
            if beyond == MARK:
                self._pass(buffer, len(buffer))
                buffer = self._room()
                buffer[:MARK] = over
                filled, beyond = MARK, 0
            elif got < _SIP:
                time.sleep(_BREATH)

    def _last(self, buffer: bytearray, filled: int, over: bytes, length: int) -> None:
        """length: how much of what is in the buffer and behind it belongs to the RDB."""
        if length > filled:
            self._pass(buffer, filled)
            buffer, length = self._room(), length - filled
            buffer[:length] = over[:length]
        self._pass(buffer, length)

    def _pass(self, buffer: bytearray, length: int) -> None:
        if not length:
            self._buffers.give(buffer)
            return
        self._digest.update(memoryview(buffer)[:length])
        self._deliver(buffer, length)

    def _look(self, buffer: bytearray, filled: int) -> None:
        """For the head, in the first buffer."""
        try:
            self._head = rdb_head.parse(bytes(buffer[: min(filled, _HEAD)]), whole=filled >= _HEAD)
        except DatapathError as error:
            raise self._again(str(error)) from None

    def _size(self, said: str) -> int:
        """Of the RDB, by what redis-cli says of a copy that went well."""
        marked, plain = _WITH_MARK.search(said), _WITHOUT_MARK.search(said)
        if not marked and not plain:
            raise self._again("redis-cli ended without a word of how much it has got")
        size, mark = (int(marked[1]), MARK) if marked else (int(plain[1]) if plain else 0, 0)
        if self.read != size + mark:
            raise self._again(f"{self.read} bytes came, redis-cli speaks of {size} and a mark of {mark}")
        return size

    def _room(self) -> bytearray:
        while True:
            buffer = self._buffers.take(_GLANCE)
            self._go_on()
            if buffer is not None:
                return buffer

    def _wait(self, poll: select.poll) -> None:
        """Until there is something to read."""
        quiet = time.monotonic()
        while True:
            self._go_on()
            if poll.poll(_GLANCE * 1000):
                return
            if time.monotonic() - quiet > self._patience.stall:
                # before the first byte the server may be busy with another copy, or write this one to its disk
                if self.read or not self._alive():
                    after = f" after {self.read}" if self.read else ""
                    raise self._again(f"no byte came for {self._patience.stall:.0f} s{after}: it hangs, or the network")
                quiet = time.monotonic()

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise CalledOff(f"{self._server.pod}: called off")
        if time.monotonic() - self._started > self._patience.timeout:
            raise self._again(f"the copy was not finished within {self._patience.timeout:.0f} s")

    def _again(self, reason: str) -> Again:
        return Again(f"{self._server.pod}: {reason}")
