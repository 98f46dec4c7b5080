"""The Python program of mode sentinel, and a master that hangs: the worst that can happen to a connection in use."""

from __future__ import annotations

import os
import signal
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs.servers import until
from jobs.targets import GROUP, Replicated
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry

from ansible_collections.eks.redis.plugins.module_utils.topology.snippets import python
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.weave import weave

PASSWORD = "hanging-4-clients"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Replicated]:
    made = Replicated(tmp_path / "redis", replicas=1, sentinels=3, password=PASSWORD)
    yield made
    os.kill(made.redis[0].process.pid, signal.SIGCONT)
    made.stop()


@pytest.fixture
def program(redis: Replicated, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The module that it is."""
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    values = {
        "host": redis.sentinels[0].host,
        "port": "26379",
        "reader_host": "",
        "reader_port": "",
        "group": GROUP,
        "prefix": "",
        "asked": "REDIS_PASSWORD",
    }
    made = types.ModuleType("snippet")
    exec(weave(python.TEXT, {"sentinel", "reader", "password", "environment"}, values), made.__dict__)
    return made


def test_a_command_on_its_way_is_done_by_the_new_master(
    redis: Replicated, program: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program.connect()
    client.set("greeting", "before")
    old, new = redis.redis
    # votes that are split, and sentinels that a busy machine stalls, take longer than it tries
    patient = Retry(ExponentialWithJitterBackoff(base=0.1, cap=1), retries=200)
    monkeypatch.setattr(program, "RETRY", patient)
    for sentinel in redis.sentinels:
        sentinel.ask("SENTINEL", "DEBUG", "tilt-trigger", 3_600_000)
    redis.fail_over_soon()
    os.kill(old.process.pid, signal.SIGSTOP)
    client.set("greeting", "after")
    # who becomes a master closes its connections
    until(new.answers)
    assert new.info()["role"] == "master"
    assert new.ask("GET", "greeting") == b"after"
    assert program.connect_reader().get("greeting") == "after"
