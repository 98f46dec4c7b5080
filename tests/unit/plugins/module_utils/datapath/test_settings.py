"""What a job is told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import (
    Before,
    RestoreTest,
    Retention,
    Settings,
    Source,
    Store,
    from_json,
)

from .made import START, TIMES

MADE = Settings(
    namespace="apps",
    name="cache",
    mode="sentinel",
    version="7.0.15",
    hosts=("cache-0.cache-headless.apps.svc", "cache-1.cache-headless.apps.svc"),
    store=Store("backups", "us-east-1", "redis", ""),
    retention=Retention(7, 3, 24),
    schedule="0 2 * * *",
    restore_test=RestoreTest("0 5 * * *"),
)


def test_defaults() -> None:
    assert (MADE.source, MADE.wanted) == (Source(16 * 1024 * 1024, 12, 60, 3600, 3), "latest")
    assert MADE.base == "redis/apps/cache/"
    data = json.loads(MADE.as_json())
    del data["source"], data["set"]
    assert from_json(json.dumps(data)) == MADE


def test_a_time_that_the_data_has_to_be_before() -> None:
    data = {**json.loads(MADE.as_json()), "set": {"before": "2026-11-29T02:15:00Z"}}
    assert from_json(json.dumps(data)).wanted == START


@given(
    st.one_of(st.text(), TIMES.map(Before)),
    st.builds(Source, *[st.integers(0, 10**12)] * 5),
    st.text(),
)
def test_they_are_read_as_they_were_written(wanted, source, schedule) -> None:
    made = replace(MADE, set=wanted, source=source, schedule=schedule)
    assert from_json(made.as_json()) == made
    assert "\n" not in made.as_json()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "EKS_REDIS_JOB: is no valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{}", "EKS_REDIS_JOB.namespace: is missing"),
        (
            json.dumps({**json.loads(MADE.as_json()), "store": {"bucket": 5}}),
            "EKS_REDIS_JOB.store.bucket: must be a text, not 5",
        ),
        (
            json.dumps({**json.loads(MADE.as_json()), "hosts": ["a", None]}),
            "EKS_REDIS_JOB.hosts[1]: must be a text, not nothing (null)",
        ),
        (
            json.dumps({**json.loads(MADE.as_json()), "set": {"before": "yesterday"}}),
            "EKS_REDIS_JOB.set.before: 'yesterday' is no time in UTC such as 2026-11-29T02:15:00Z",
        ),
        (json.dumps({**json.loads(MADE.as_json()), "set": 5}), "EKS_REDIS_JOB.set: must be a text, not 5"),
    ],
)
def test_refusals(text: str, line: str) -> None:
    with pytest.raises(DatapathError) as error:
        from_json(text)
    assert str(error.value) == line
