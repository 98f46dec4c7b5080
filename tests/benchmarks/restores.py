"""Restores beside bare servers that load the same files, and into another number of shards."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import redis
from clients import dataset
from jobs.bucket import BASE, Bucket, Job
from jobs.servers import Server, Sidecar
from jobs.targets import Clustered, Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, restoring, selection
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Source
from ansible_collections.eks.redis.plugins.module_utils.jobs import restore
from ansible_collections.eks.redis.plugins.module_utils.jobs.copy import Copier
from benchmarks.measure import Row

RUNS = 3
FIXED = 30  # seconds that a restore may take for all but the data
EACH, ODD = 25_000, 1000  # eight keys of every type; and five of what is less usual
SHARDS = 3
GOAL = 45_000  # keys a second
_BATCH = 500
_SOURCE = Source(tries=1, stall=60)
Target = Replicated | Clustered


@dataclass(frozen=True)
class Restored:
    """seconds: of the job, and of those that copied keys from server to server."""

    seconds: float
    copied: float
    keys: int


def of_one(work: Path, bucket: Bucket, large: Server) -> Iterator[Row]:
    """large: holds 1 GB. Changes the environment: to that of a job's pod."""
    os.environ.update(bucket.account.environment)
    made = _backed_up(bucket, large)
    yield _same_slots("one master, 1 GB", bucket, made, work, lambda folder: Replicated(folder, *_LOG))


def of_a_cluster(work: Path, bucket: Bucket) -> Iterator[Row]:
    """A set with keys of all types, into the same number of shards and others."""
    os.environ.update(bucket.account.environment)
    cluster = Clustered(work / "cluster", masters=SHARDS)
    try:
        with redis.RedisCluster(host=cluster.masters[0].host, port=6379, socket_timeout=60) as client:
            every_type(client)
        made = _backed_up(bucket, *cluster.redis)
        total = cluster.keys()
    finally:
        cluster.stop()
    yield _same_slots(
        f"a cluster of {SHARDS} shards, {total} keys of all types",
        bucket,
        made,
        work,
        lambda folder: Clustered(folder, *_LOG, masters=SHARDS),
    )
    for shards in (SHARDS - 1, SHARDS + 2):
        yield _other_shards(bucket, made, work, shards)


_LOG = ("--appendonly", "yes")


def _same_slots(what: str, bucket: Bucket, made: str, work: Path, target: Callable[[Path], Target]) -> Row:
    """From the bucket until the target takes writes, with the new data on its disk too."""
    ours, bare = [], []
    for turn in range(RUNS):
        ours.append(_restored(bucket, made, work / f"restore-{turn}", target).seconds)
        bare.append(_loaded(bucket, made, work / f"bare-{turn}"))
    mine, other = statistics.median(ours), statistics.median(bare)
    return Row(
        f"restore into {what}, same slots, append-only file written, median of {RUNS} runs",
        f"{mine:.1f} s",
        f"{other:.1f} s, bare `redis-server`s that load the same files",
        f"{mine / other:.1f} times as long, {mine - other:.1f} s more",
        f"at most 1.25 times and {FIXED} s",
        mine <= 1.25 * other + FIXED,
    )


def _other_shards(bucket: Bucket, made: str, work: Path, shards: int) -> Row:
    """Keys a second of the copy, in one process."""
    found = [
        _restored(
            bucket, made, work / f"shards-{shards}-{turn}", lambda folder: Clustered(folder, *_LOG, masters=shards)
        )
        for turn in range(RUNS)
    ]
    rate = statistics.median(one.keys / one.copied for one in found)
    whole = statistics.median(one.keys / one.seconds for one in found)
    return Row(
        f"restore of {SHARDS} shards into {shards}, {found[0].keys} keys of all types, functions too, median of "
        f"{RUNS} runs",
        f"{rate:.0f} keys/s while they are copied, {whole:.0f} keys/s of the whole job with the loads and the proofs",
        "",
        f"{rate:.0f} keys/s",
        f"at least {GOAL} keys/s in one process",
        rate >= GOAL,
    )


def _backed_up(bucket: Bucket, *servers: Server) -> str:
    """The name of a set of theirs."""
    mode = "cluster" if len(servers) > 1 else "standalone"
    job = Job(bucket, "backup", bucket.settings(*servers, mode=mode, source=_SOURCE))
    job.process.wait()
    return str(job.done()["set"])


def _restored(bucket: Bucket, made: str, folder: Path, make: Callable[[Path], Target]) -> Restored:
    """Into a target that is empty."""
    target, sidecar = make(folder / "target"), Sidecar(folder / "work", reachable=True)
    mode = "cluster" if isinstance(target, Clustered) else "standalone"
    chosen = selection.choose(bucket.store().sets(), made)
    assert chosen.manifest
    files = loading.files(chosen.manifest, bucket.name, BASE)
    given = Restore("bench", "a set", files, target.target, force=False, safety_backup=False)
    os.environ[restoring.ADDRESS] = sidecar.server.host
    try:
        started = time.monotonic()
        with contextlib.redirect_stdout(io.StringIO()), _copies() as copies:
            done = restore.run(bucket.settings(*target.redis, mode=mode), given, sidecar.loader)
        taken = time.monotonic() - started
    finally:
        for one in (target, sidecar):
            one.stop()
        shutil.rmtree(folder)
    if sum(done["keys"].values()) != chosen.manifest.total_keys:
        sys.exit(f"bench: restored are {done['keys']} instead of {chosen.manifest.total_keys} keys")
    return Restored(taken, sum(copies), sum(done["keys"].values()))


@contextmanager
def _copies() -> Iterator[list[float]]:
    """Seconds that each copy of a file's keys takes, from server to server."""
    taken: list[float] = []
    keys = Copier.keys

    def timed(copier: Copier, count: int) -> None:
        started = time.monotonic()
        keys(copier, count)
        taken.append(time.monotonic() - started)

    with mock.patch.object(Copier, "keys", timed):
        yield taken


def _loaded(bucket: Bucket, made: str, folder: Path) -> float:
    """Seconds until bare servers have loaded the files of a set, side by side."""
    folders = []
    for number, file in enumerate(one for one in bucket.files() if one.startswith(made) and one.endswith(".rdb")):
        folders.append(folder / str(number))
        folders[-1].mkdir(parents=True)
        bucket.s3.download_file(bucket.name, BASE + file, str(folders[-1] / "dump.rdb"))
    started = time.monotonic()
    with ThreadPoolExecutor(len(folders)) as pool:
        servers = list(pool.map(Server, folders))
    taken = time.monotonic() - started
    for server in servers:
        server.kill()
    shutil.rmtree(folder)
    return taken


def every_type(client: redis.Redis | redis.RedisCluster) -> None:
    """Small values of all types, a quarter of them with a time at which they expire, and a few of every odd kind."""
    dataset.fill(client, ODD)
    for start in range(0, EACH, _BATCH):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, start + _BATCH):
                _of_each_type(pipeline, number)
            pipeline.execute()


def _of_each_type(pipeline: Any, number: int) -> None:
    words = [f"word {number} {each}" for each in range(10)]
    for name, size in (("short", 100), ("long", 1000)):
        pipeline.set(f"{name}:{number}", os.urandom(size))
        pipeline.set(f"{name} expires:{number}", os.urandom(size), exat=dataset.EXPIRES + number)
    pipeline.rpush(f"list:{number}", *words)
    pipeline.sadd(f"set:{number}", *words)
    pipeline.hset(f"hash:{number}", mapping=dict(zip(words[:5], words[5:], strict=True)))
    pipeline.zadd(f"ranks:{number}", dict(zip(words, range(10), strict=True)))
