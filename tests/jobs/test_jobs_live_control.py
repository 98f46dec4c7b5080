"""How the controller asks a migration: by a program in its pod, whose input stays open."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jobs.living import Group, fill, migration
from jobs.servers import until
from jobs.targets import Replicated

from ansible_collections.eks.redis.plugins.module_utils import jobs
from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import (
    CACHE_PASSWORD,
    VARIABLE,
    Cache,
    Migration,
)
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from lab.elasticache import DataPlane

TOKEN = "a-token-of-16-letters"


class Pod:
    """The job, and who asks it."""

    def __init__(self, folder: Path, given: str) -> None:
        self._environment = {**os.environ, VARIABLE: given, CACHE_PASSWORD: TOKEN, "TMPDIR": str(folder)}
        self._socket = folder / "migrate.sock"
        self.log = folder / "log"
        self.job = self._run("migrate", self.log.open("wb"))

    def ask(self, **request: Any) -> list[dict[str, Any]]:
        until(self._socket.exists)
        asking = self._run("migrate-control", subprocess.PIPE)
        said, _nothing = asking.communicate(json.dumps(request).encode() + b"\n", timeout=120)
        lines = [json.loads(line) for line in said.splitlines()]
        # the last one is of the program itself
        assert lines.pop() == {"event": "done"}
        return lines

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def _run(self, command: str, out: Any) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", jobs.__name__, command]
        return subprocess.Popen(words, env=self._environment, stdin=subprocess.PIPE, stdout=out)


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[DataPlane]:
    with DataPlane(tmp_path / "s", token=TOKEN, events="AKE") as one:
        fill(Group(one.primaries, TOKEN), 100)
        yield one


@pytest.fixture
def pod(plane: DataPlane, tmp_path: Path) -> Iterator[Pod]:
    instance = Replicated(tmp_path / "i")
    folder = tmp_path / "p"
    folder.mkdir()
    one = Pod(folder, migration(plane, instance.redis).as_json())
    yield one
    one.job.kill()
    one.job.wait()
    instance.stop()


def test_it_is_asked_for_all_there_is_and_ends(pod: Pod) -> None:
    assert pod.ask(do="follow")[-1]["keys"] >= 100
    assert pod.ask(do="verify")[-1]["compared"] >= 100
    *steps, done = pod.ask(do="freeze", budget=120)
    assert [step["text"] for step in steps] == ["close", "fence", "copy", "compare", "count", "prove"]
    assert done["event"] == "done" and done["lease"] > 0
    assert pod.ask(do="switched", keep=1)[-1]["killed"] == 0
    assert pod.ask(do="stop") == [{"event": "done"}]
    assert pod.job.wait(60) == 0
    assert pod.said()[-1]["event"] == "done"
    assert TOKEN not in pod.log.read_text()


@pytest.mark.parametrize("asked", ['{"do": "dance"}', "no json", "{}", "[]"])
def test_what_cannot_be_asked_is_said(asked: str, pod: Pod) -> None:
    until(pod._socket.exists)
    asking = pod._run("migrate-control", subprocess.PIPE)
    said, _nothing = asking.communicate(asked.encode() + b"\n", timeout=60)
    reason = json.loads(said.splitlines()[0])["reason"]
    assert reason == f"one of status, follow, verify, freeze, switched, back, stop is needed; given: {asked}"


def test_where_no_job_runs_that_is_said(tmp_path: Path) -> None:
    given = Migration("x1", Cache("the cache", ()), "standalone", (), "7.0.15").as_json()
    environment = {**os.environ, VARIABLE: given, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", jobs.__name__, "migrate-control"]
    done = subprocess.run(command, env=environment, input=b"", capture_output=True, check=False)
    reason = json.loads(done.stdout)["reason"]
    assert done.returncode == 1
    assert reason == "the migration does not answer in this pod: No such file or directory"


def test_a_pod_that_is_taken_away_while_writers_wait_lets_them_go_on(pod: Pod, plane: DataPlane) -> None:
    pod.ask(do="follow")
    pod.ask(do="verify")
    pod.ask(do="freeze", budget=300)
    pod.job.send_signal(signal.SIGTERM)
    assert pod.job.wait(60) == 143
    host, port = plane.primaries[0]
    assert Link("client", host, port, TOKEN, timeout=60).ask("SET", "after", 1) == b"OK"


def test_a_pod_that_dies_while_writers_wait_lets_them_go_on_in_the_end(pod: Pod, plane: DataPlane) -> None:
    pod.ask(do="follow")
    pod.ask(do="verify")
    pod.ask(do="freeze", budget=1)
    pod.job.kill()
    host, port = plane.primaries[0]
    assert Link("client", host, port, TOKEN, timeout=60).ask("SET", "after", 1) == b"OK"
