"""Jobs with real Redis servers and the AWS stand-in: a server of it for all tests, an account and a bucket for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import steady
from jobs.bucket import Bucket
from jobs.servers import Server

from lab import packages
from lab.aws.stand_in import StandIn, stand_in

Start = Callable[..., Server]
steady.load()


@pytest.fixture(scope="session", autouse=True)
def redis_is_installed() -> None:
    packages.require("redis-server", "redis-tools")


@pytest.fixture(scope="session")
def aws() -> Iterator[StandIn]:
    with pytest.MonkeyPatch.context() as patch:
        # a proxy of the caller does not lead to servers of this machine
        patch.setenv("NO_PROXY", "*")
        with stand_in() as running:
            yield running


@pytest.fixture
def bucket(aws: StandIn) -> Bucket:
    return Bucket(aws)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers: ``start("cache-0", "--appendonly", "yes", password="…")``; they end with the test."""
    running: list[Server] = []

    def start(name: str, *words: str, **options: str) -> Server:
        server = Server(tmp_path / name, *words, **options)  # type: ignore[arg-type]
        running.append(server)
        return server

    yield start
    for server in running:
        server.kill()
