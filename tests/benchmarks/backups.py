"""Backups beside redis-cli alone, their memory, and what clients notice of them: ``python -m benchmarks.backups``.

Everything runs on this machine: Redis, the job, and what stands in for S3, each in processes of its own. Values are
random bytes, as nothing else is as hard to compress as data that is compressed already.
"""

from __future__ import annotations

import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from jobs import bucket as bucket_tests
from jobs import servers
from jobs.bucket import Bucket, Job
from jobs.servers import Server

from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Source
from benchmarks import restores
from benchmarks.measure import Row
from lab import packages
from lab.aws.control import REGION
from lab.aws.stand_in import StandIn
from lab.ports import LOCAL, free_port

RUNS = 3
VALUE = 1000  # bytes
LARGE, SMALL = 1_000_000, 100_000  # keys: 1 GB and 100 MB
LATENCY = 300_000  # keys beside clients
MEBIBYTE = 2**20
RATE = 1000  # questions of clients a second
TURNS = 5  # of clients with and without a backup
_PATIENCE = 900.0  # seconds for one job
_READY = 60.0  # seconds for what stands in for S3
_BATCH = 1000
# a backup waits as long as it takes on a machine that is busy
SOURCE = Source(tries=1, stall=60)


class Sink(Bucket):
    """What sink.py takes for a bucket."""

    def __init__(self, port: int) -> None:
        keys = {"AWS_ACCESS_KEY_ID": "sink", "AWS_SECRET_ACCESS_KEY": "sink", "AWS_EC2_METADATA_DISABLED": "true"}
        self.account = SimpleNamespace(  # type: ignore[assignment]
            environment={**keys, "AWS_ENDPOINT_URL": f"http://{LOCAL}:{port}"}, region=REGION
        )
        self.name = "sink"


@contextmanager
def service(module: str, port: int, *words: str) -> Iterator[int]:
    """A server of ours in a process of its own, from when it takes connections."""
    with subprocess.Popen([sys.executable, "-m", module, *words]) as process:
        try:
            end = time.monotonic() + _READY
            while True:
                try:
                    socket.create_connection((LOCAL, port)).close()
                    break
                except OSError:
                    if time.monotonic() > end or process.poll() is not None:
                        sys.exit(f"bench: {module} does not start")
                    time.sleep(0.1)
            yield port
        finally:
            process.kill()


@contextmanager
def buckets(work: Path) -> Iterator[tuple[Sink, Bucket]]:
    """The sink, and a bucket of the AWS stand-in."""
    os.environ["NO_PROXY"] = "*"
    sink, port = free_port(), free_port()
    words = {
        "host": LOCAL,
        "port": str(port),
        "log": str(work / "calls.jsonl"),
        "cluster": "bench",
        "region": REGION,
        "issuer": "https://localhost",
        "kubernetes-version": "1.34",
    }
    given = [f"--{name}={value}" for name, value in words.items()]
    with service("benchmarks.sink", sink, str(sink)), service("lab.aws.server", port, *given):
        yield Sink(sink), Bucket(StandIn(f"http://{LOCAL}:{port}"))


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Server]:
    server = Server(folder, *words)
    try:
        yield server
    finally:
        server.kill()


def fill(server: Server, count: int) -> None:
    """Strings of random bytes."""
    block = os.urandom(2 * VALUE * _BATCH)
    with socket.create_connection((server.host, server.port)) as connection:
        for start in range(0, count, _BATCH):
            commands = (
                b"*3\r\n$3\r\nSET\r\n$12\r\nkey:%08d\r\n$%d\r\n%b\r\n"
                % (number, VALUE, block[number % _BATCH * VALUE + number // _BATCH % VALUE :][:VALUE])
                for number in range(start, min(start + _BATCH, count))
            )
            connection.sendall(b"".join(commands))
            left = len(b"+OK\r\n") * min(_BATCH, count - start)
            while left:
                left -= len(connection.recv(65536))


def until_said(job: Job, event: str) -> float:
    """When a job says so."""
    end = time.monotonic() + _PATIENCE
    while f'"event": "{event}"' not in job.text:
        if job.process.poll() is not None or time.monotonic() > end:
            sys.exit(f"bench: a backup does not say {event}:\n{job.text}")
        time.sleep(0.01)
    return time.monotonic()


def seconds(job: Job) -> float:
    """Of the copies: from when the sources are known until all of it is stored."""
    began = until_said(job, "source")
    ended = until_said(job, "stored")
    job.done()
    return ended - began


def redis_cli(server: Server) -> float:
    started = time.monotonic()
    command = ["redis-cli", "-h", server.host, "-p", str(server.port), "--rdb", "-"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def cpu(way: Callable[[], float]) -> tuple[float, float]:
    """What it gives, and the CPU seconds of the programs that it runs."""

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    taken = way()
    return taken, used() - before


def streams(server: Server, sink: Sink, bucket: Bucket) -> Iterator[Row]:
    """A backup beside redis-cli that writes to /dev/null."""
    ways: tuple[Callable[[], float], ...] = (
        lambda: redis_cli(server),
        lambda: seconds(Job(sink, "backup", sink.settings(server, source=SOURCE))),
        lambda: seconds(Job(bucket, "backup", bucket.settings(server, source=SOURCE))),
    )
    taken: list[list[tuple[float, float]]] = [[] for _way in ways]
    for _turn in range(RUNS):
        for way, times in zip(ways, taken, strict=True):
            times.append(cpu(way))
    (other, its), *ours = [
        tuple(statistics.median(column) for column in zip(*times, strict=True)) for times in taken
    ]  # fmt: skip
    for (mine, used), where in zip(
        ours,
        ("a sink that checks what it gets and stores nothing", "the stand-in for S3, which needs cores of its own"),
        strict=True,
    ):
        yield Row(
            f"backup of 1 GB to {where}, median of {RUNS} runs",
            f"{mine:.1f} s, {used:.1f} s of CPU with its start",
            f"{other:.1f} s, {its:.1f} s of CPU, `redis-cli --rdb - > /dev/null`",
            f"{other / mine:.2f} of its speed",
            "at least 0.9",
            other >= 0.9 * mine,
        )


def memory(large: Server, small: Server, sink: Sink) -> Row:
    """The most that a backup has, of much and of little data."""
    much, little = (
        statistics.median(
            Job(sink, "backup", sink.settings(server, source=SOURCE)).peak() / MEBIBYTE for _turn in range(RUNS)
        )
        for server in (large, small)
    )
    return Row(
        f"memory of a backup of 1 GB, without redis-cli, median of {RUNS} runs",
        f"{much:.0f} MiB",
        f"{little:.0f} MiB, of 100 MB",
        f"{much / little:.2f} times as much",
        "the same (at most 1.1 times), less than 200 MiB",
        much <= 1.1 * little and much < 200,
    )


@contextmanager
def on(core: int) -> Iterator[None]:
    """What is started here stays on one core, as if it were a machine of its own."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(before)[core % len(before)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def latency(work: Path) -> Row:
    """What clients of a master notice of a backup of its replica, each side with a core of its own."""
    port = free_port()
    found: dict[bool, list[float]] = {False: [], True: []}
    with ExitStack() as started:
        with on(0):
            master = started.enter_context(running(work / "clients-0"))
            fill(master, LATENCY)
        with on(1):
            started.enter_context(service("benchmarks.sink", port, str(port)))
            follow = ("--replicaof", f"{master.host} {master.port}")
            replica = started.enter_context(running(work / "clients-1", *follow))
        while replica.info()["master_link_status"] != "up":
            time.sleep(0.1)
        sink = Sink(port)
        settings = sink.settings(master, replica, source=SOURCE)
        lasts = 0.0
        for turn in range(2 * TURNS):
            backup = turn % 2 == 0
            with on(0):
                clients = subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.open_loop", str(master.port), str(RATE)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            if backup:
                with on(1):
                    job = Job(sink, "backup", settings)
                begun = time.monotonic()
                job.process.wait(_PATIENCE)
                lasts = time.monotonic() - begun
                job.done()
                if job.said("source")[0]["role"] != "slave":
                    sys.exit("bench: the backup is not from the replica")
            else:
                time.sleep(lasts)
            found[backup].append(float(clients.communicate()[0]))
    during, none = (statistics.median(found[backup]) for backup in (True, False))
    return Row(
        f"p99 of clients of a master during a backup of its replica, each side on a core of its own, {RATE} "
        f"questions/s, median of {TURNS} turns",
        f"{during:.2f} ms",
        f"{none:.2f} ms, without a backup",
        f"{during / none:.2f} times as long",
        "at most 1.2 times",
        during <= 1.2 * none,
    )


def rows(work: Path) -> Iterator[Row]:
    """All of backups and restores."""
    packages.require("redis-server", "redis-tools")
    # what tests wait for is smaller
    servers.PATIENCE = bucket_tests.PATIENCE = _PATIENCE
    with mock.patch.dict(os.environ), buckets(work) as (sink, bucket):
        with running(work / "large") as large:
            fill(large, LARGE)
            with running(work / "small") as small:
                fill(small, SMALL)
                yield from streams(large, sink, bucket)
                yield memory(large, small, sink)
            yield latency(work)
            yield from restores.of_one(work, bucket, large)
        yield from restores.of_a_cluster(work, bucket)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for row in rows(Path(scratch)):
            print(row, end="", flush=True)


if __name__ == "__main__":
    main()
