"""The stream of an RDB: all of it and nothing behind it, or an error."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Start
from jobs.servers import until

from ansible_collections.eks.redis.plugins.module_utils.jobs.buffers import Buffers
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, CalledOff, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.stream import MARK, Patience, Server, Stream
from lab.ports import LOCAL

SIZE = 100  # of a buffer
EMPTY = b"REDIS0010\xff"  # the shortest head: no keys


class Sink:
    """Takes what is delivered, and gives the buffers back."""

    def __init__(self, size: int = SIZE) -> None:
        self.buffers = Buffers(2, size)
        self.data = b""
        self.begun = 0

    def deliver(self, buffer: bytearray, length: int) -> None:
        self.data += bytes(buffer[:length])
        self.buffers.give(buffer)

    def begin(self) -> None:
        self.begun += 1


def stream(port: int, sink: Sink, *, environment: dict[str, str] | None = None, **given: Any) -> Stream:
    return Stream(
        Server("cache-0", LOCAL, port, environment or dict(os.environ)),
        Patience(given.pop("stall", 60), given.pop("timeout", 600)),
        sink.buffers,
        given.pop("stop", threading.Event()),
        deliver=given.pop("deliver", sink.deliver),
        begun=sink.begin,
        alive=given.pop("alive", lambda: True),
    )


@pytest.fixture
def pretended(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """An environment in which redis-cli is a script."""

    def pretended(script: str) -> dict[str, str]:
        (tmp_path / "redis-cli").write_text(f"#!/bin/sh\ncd {tmp_path}\n{script}\n")
        (tmp_path / "redis-cli").chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin"}

    return pretended


@pytest.mark.parametrize("mark", [MARK, 0], ids=["marked", "plain"])
def test_nothing_but_the_rdb_is_delivered_whatever_its_size(
    mark: int, pretended: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    says = {
        MARK: "Transfer finished with success after $SIZE bytes",
        0: "SYNC sent to master, writing $SIZE bytes to '-'\\nTransfer finished with success.",
    }[mark]
    environment = pretended(f'cat data; printf "{says}\\n" >&2')
    for size in range(len(EMPTY), 3 * SIZE + 10):
        rdb = EMPTY + os.urandom(size - len(EMPTY))
        (tmp_path / "data").write_bytes(rdb + b"m" * mark)
        sink = Sink()
        done = stream(1, sink, environment={**environment, "SIZE": str(size)}).run()
        assert sink.data == rdb, size
        assert (done.size, done.sha256, done.head.counted) == (size, hashlib.sha256(rdb).hexdigest(), True)
        assert sink.begun == 1


RDB = r"printf 'REDIS0010\377'; head -c 90 /dev/zero"  # EMPTY, and what follows


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (f"{RDB}; echo 'Transfer finished with success after 99 bytes' >&2", "100 bytes came, redis-cli speaks of 99"),
        (f"{RDB}; echo 'Transfer finished with success after 60 bytes' >&2", None),
        (RDB, "redis-cli ended without a word of how much it has got"),
        (f"{RDB}; exit 3", "redis-cli failed with exit code 3: exit code 3"),
        (f"{RDB}; kill -9 $$", "redis-cli was killed (SIGKILL): is backup.resources.limits.memory enough?"),
        ("printf 'HTTP/1.1 400 Bad Request'", "it begins with b'HTTP/1.1 ', which is no RDB"),
        ("printf REDIS0010; echo 'writing 9 bytes to -Transfer finished with success.' >&2", "the RDB of 9 bytes ends"),
        ("echo 'AUTH failed: WRONGPASS invalid' >&2; exit 1", "it refuses the password that the job has"),
    ],
)
def test_what_redis_cli_may_do(script: str, reason: str | None, pretended: Callable[[str], dict[str, str]]) -> None:
    environment = {**pretended(script), "LC_ALL": "C"}
    if reason is None:
        assert stream(1, Sink(), environment=environment).run().size == 60
        return
    with pytest.raises(JobError) as error:
        stream(1, Sink(), environment=environment).run()
    (line,) = str(error.value).splitlines()
    assert line.startswith("cache-0: ") and reason in line


def test_a_server_may_take_its_time_before_the_first_byte(start: Start) -> None:
    """It waits for other replicas, or for another copy to end."""
    server = start("cache-0", "--repl-diskless-sync-delay", "3600")
    asked = []

    def alive() -> bool:
        asked.append(server.ask("CONFIG", "SET", "repl-diskless-sync-delay", 0))
        one._patience = Patience(60, 600)  # a busy machine may have it pause between two bytes
        return True

    one = stream(server.port, Sink(2**20), stall=1, alive=alive)
    one.run()
    assert asked


def test_but_not_when_it_answers_nothing_else_either(start: Start) -> None:
    server = start("cache-0", "--repl-diskless-sync-delay", "60")
    with pytest.raises(Again, match="no byte came for 1 s: it hangs, or the network"):
        stream(server.port, Sink(2**20), stall=1, alive=lambda: False).run()


def test_it_may_not_take_for_ever(start: Start) -> None:
    server = start("cache-0", "--repl-diskless-sync-delay", "60")
    with pytest.raises(Again, match="the copy was not finished within 2 s"):
        stream(server.port, Sink(2**20), stall=1, timeout=2).run()


def test_a_replica_without_its_master(start: Start) -> None:
    replica = start("cache-1", "--replicaof", "127.0.0.1 1")
    with pytest.raises(
        Again, match="its link to the master is down .redis-cli: SYNC with master failed: -NOMASTERLINK"
    ):
        stream(replica.port, Sink(2**20)).run()


def test_nobody_there() -> None:
    with pytest.raises(Again, match="nobody answers there"):
        stream(1, Sink(2**20)).run()


def test_it_can_be_called_off_and_redis_cli_ends(pretended: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    stop = threading.Event()
    environment = pretended("echo $$ > pid; exec sleep 600")
    one = stream(1, Sink(), environment=environment, stop=stop, stall=600)
    failures: list[JobError] = []

    def run() -> None:
        try:
            one.run()
        except JobError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    stop.set()
    thread.join(60)
    assert [type(error) for error in failures] == [CalledOff]
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


def test_what_the_receiver_says_ends_it(start: Start) -> None:
    server = start("cache-0")

    def refuse(buffer: bytearray, length: int) -> None:
        raise JobError("no")

    with pytest.raises(JobError, match="^no$"):
        stream(server.port, Sink(2**20), deliver=refuse).run()
