"""Memory of a backup: the same for ten times the data, which is several times what it may have."""

from __future__ import annotations

from conftest import Start
from jobs.bucket import Bucket, Job

MEBIBYTE = 2**20
BOUND = 150 * MEBIBYTE


def test_memory_does_not_grow_with_the_data(start: Start, bucket: Bucket) -> None:
    server = start("cache-0", "--rdbcompression", "no", "--enable-debug-command", "yes")
    peaks = []
    # the first, too, is more than all buffers hold
    for count in (40_000, 400_000):
        server.ask("DEBUG", "POPULATE", count, "key", 2500)
        job = Job(bucket, "backup", bucket.settings(server))
        peaks.append(job.peak())
    assert job.said("done")[0]["bytes"] > 3 * BOUND
    print(f"peaks: {[peak // MEBIBYTE for peak in peaks]} MiB")
    assert max(peaks) < BOUND
    assert peaks[1] - peaks[0] < 16 * MEBIBYTE
