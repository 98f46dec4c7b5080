"""A live migration beside a plain reader, and the freeze that a writer sees: ``python -m benchmarks.migrations``."""

from __future__ import annotations

import contextlib
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from jobs.living import Door, Living, migration
from jobs.targets import Replicated

from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from benchmarks.measure import Row
from lab import packages
from lab.elasticache import DataPlane

RUNS = 3
KEYS, VALUE = 1_000_000, 64  # bytes
RATE = 2000  # questions of the writer a second
_BATCH = 500
_FILL = "for at = ARGV[1], ARGV[2] do redis.call('SET', 'key:' .. at, ARGV[3] .. at) if at % 3 == 0 then "
_FILL += "redis.call('EXPIRE', 'key:' .. at, 36000) end end"


def rows(work: Path) -> Iterator[Row]:
    """Source and target are servers of this machine, each a process."""
    rates, readers, freezes, deltas, keys = [], [], [], [], []
    with DataPlane(work / "s", events="AKE") as plane:
        source = Link("source", *plane.primaries[0])
        for first in range(0, KEYS, 10_000):
            source.ask("EVAL", _FILL, 0, first, first + 9999, "v" * (VALUE - 6))
        for turn in range(RUNS):
            source.close()  # a cut-over has ended its connection
            readers.append(_read(source))
            with _target(work / f"i{turn}") as target, _moved(plane, target) as job:
                rates.append(_copied(job))
            with _target(work / f"j{turn}") as target:
                found = _cut_over(plane, target)
                freezes.append(found["longest"])
                deltas.append(found["delta"])
                keys.append(found["keys"])
    rate, reader = statistics.median(rates), statistics.median(readers)
    yield Row(
        f"live migration, copy of {KEYS} keys of {VALUE} B by one process, median of {RUNS} runs",
        f"{rate:.0f} keys/s",
        f"{reader:.0f} keys/s, SCAN and DUMP by a plain reader",
        f"{rate / reader:.2f} of it",
        "at least 45000 keys/s, and 0.6 of it",
        rate >= 45_000 and rate >= 0.6 * reader,
    )
    longest, delta = statistics.median(freezes), statistics.median(deltas)
    yield Row(
        f"live migration, cut-over beside {RATE} mixed writes/s, every key compared before, median of {RUNS} runs",
        f"{longest * 1000:.0f} ms without a write, as the writer sees it; {max(freezes) * 1000:.0f} ms at most",
        "",
        f"last delta {delta * 1000:.0f} ms, {statistics.median(keys):.0f} keys; 0 keys differ",
        "at most 1 s, 100 ms for the delta",
        longest <= 1 and delta <= 0.1,
    )


@contextmanager
def _target(folder: Path) -> Iterator[Replicated]:
    one = Replicated(folder)
    try:
        yield one
    finally:
        one.stop()


@contextmanager
def _moved(plane: DataPlane, target: Replicated, **more: Any) -> Iterator[Living]:
    with contextlib.redirect_stdout(io.StringIO()):
        job = Living(migration(plane, target.redis, **more))
        try:
            yield job
        finally:
            job.end()


def _read(source: Link) -> float:
    """Keys a second of SCAN and DUMP, as a short program does it."""
    began, count, cursor = time.monotonic(), 0, b"0"
    while True:
        cursor, names = source.ask("SCAN", cursor, "COUNT", _BATCH)
        count += len(source.many(("DUMP", name) for name in names))
        if cursor == b"0":
            return count / (time.monotonic() - began)


def _copied(job: Living) -> float:
    """Keys a second, from the first to the last."""
    job.followed()
    return float(job.ask("status")["rate"])


def _cut_over(plane: DataPlane, target: Replicated) -> dict[str, float]:
    """Under a writer that knows one address."""
    door = Door(*plane.primaries[0])
    command = [sys.executable, "-m", "benchmarks.mixed_writes", str(door.address.port), str(RATE)]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        with _moved(plane, target, door=door.address) as job:
            job.followed()
            job.ask("verify")
            frozen = job.ask("freeze", budget=30)
            door.leads = (target.redis[0].host, target.redis[0].port)
            job.ask("switched", keep=1)
            time.sleep(1)  # of writes to the target
        said, _error = writer.communicate("", timeout=60)
    finally:
        writer.kill()
    Link("source", *plane.primaries[0]).ask("CLIENT", "UNPAUSE")
    steps = frozen["seconds"]
    return {"longest": json.loads(said)["longest"], "delta": steps["fence"] + steps["copy"], "keys": frozen["keys"]}


def main() -> None:
    packages.require("redis-server", "redis-tools")
    with tempfile.TemporaryDirectory() as scratch, mock.patch.dict("os.environ"):
        for row in rows(Path(scratch)):
            print(row, end="", flush=True)


if __name__ == "__main__":
    main()
