"""The exporter, as Prometheus sees it."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from jobs.bucket import Bucket
from jobs.servers import until
from jobs.stored import lay, now

from ansible_collections.eks.redis.plugins.module_utils.datapath import prometheus
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.jobs import exporter
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Stopped
from lab.ports import LOCAL, free_port

DAY = timedelta(days=1)


@contextmanager
def serving(bucket: Bucket) -> Iterator[str]:
    port = free_port()
    arguments = (bucket.settings(), bucket.store(), port)
    threading.Thread(target=exporter.serve, args=arguments, daemon=True).start()
    address = f"http://{LOCAL}:{port}"
    until(lambda: "bucket_readable" in scraped(address))
    yield address


def scraped(address: str) -> str:
    try:
        with urllib.request.urlopen(f"{address}{exporter.PATH}") as answer:
            assert answer.headers["Content-Type"] == prometheus.CONTENT_TYPE
            return str(answer.read().decode())
    except urllib.error.URLError:
        return ""


def test_metrics_of_the_bucket(bucket: Bucket) -> None:
    lay(bucket, now() - DAY * 2, "verified")
    newest = lay(bucket, now() - DAY, "complete")
    with serving(bucket) as address:
        until(lambda: "bucket_readable{" in scraped(address) and "} 1" in scraped(address))
        until(lambda: 'state="verified"' in scraped(address))
        text = scraped(address)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/other")
    labels = 'namespace="apps",instance="cache"'
    assert f'eks_redis_backup_sets{{{labels},state="verified"}} 1' in text
    assert f"eks_redis_backup_verified{{{labels}}} 0" in text
    (one,) = [each for each in bucket.store().sets() if each.name == newest]
    assert f"eks_redis_backup_size_bytes{{{labels}}} {one.bytes}" in text


def test_a_bucket_that_cannot_be_read_any_more(bucket: Bucket) -> None:
    lay(bucket, now() - DAY, "verified")
    one = exporter.Exporter(bucket.settings(), bucket.store())
    assert "bucket_readable" in one.text() and "sets" not in one.text()
    one.read()
    assert 'state="verified"} 1' in one.text()
    bucket.account.fail("s3", "ListObjectsV2", "AccessDenied")
    one.read()
    assert 'eks_redis_backup_bucket_readable{namespace="apps",instance="cache"} 0' in one.text()
    assert 'state="verified"} 1' in one.text()


def test_a_schedule_that_is_none_is_refused(bucket: Bucket) -> None:
    with pytest.raises(DatapathError, match="'daily' is no schedule"):
        exporter.serve(replace(bucket.settings(), schedule="daily"), bucket.store(), free_port())


def test_it_is_told_to_end_and_that_is_no_failure(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_given: object) -> None:
        raise Stopped

    monkeypatch.setattr(exporter, "serve", told)
    assert exporter.main(bucket.settings()) == {}
