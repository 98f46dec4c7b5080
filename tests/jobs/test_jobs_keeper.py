"""The keeper as a process: what its probes see, how it begins and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jobs.secured import OF_TESTS, Secured, secured
from jobs.servers import Server, until

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import VARIABLE, Keeping
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import CA_VARIABLE
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.job import keep
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.loop import Loop

MODULE = "ansible_collections.eks.redis.plugins.module_utils.jobs"
Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a Python that has a folder of its own for the files of the probes."""
    running: list[subprocess.Popen[str]] = []

    def run(*words: str, **environment: str) -> subprocess.Popen[str]:
        path = os.pathsep.join(one for one in sys.path if one)
        given = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "TMPDIR": str(tmp_path), **environment}
        process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, env=given)
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def lines(process: subprocess.Popen[str]) -> list[dict[str, str]]:
    """What it has said, at its end."""
    output, _errors = process.communicate()
    return [json.loads(line) for line in output.splitlines()]


def test_it_is_ready_while_all_is_well_and_ends_when_it_is_told_to(run: Run, tmp_path: Path) -> None:
    given: Secured = secured(tmp_path / "tls", "standalone")
    redis = Server(tmp_path / "cache-0", secured=given)
    told = Keeping("apps", "cache", ("cache-0",), (f"{redis.host}:{redis.port}",))
    login = {CA_VARIABLE: str(given.folder / "ca.crt"), "EKS_REDIS_USER": "tests", "REDISCLI_AUTH": OF_TESTS}
    process = run("-m", MODULE, "keeper", **{VARIABLE: told.as_json()}, **login)
    until((tmp_path / "ready").exists)
    until((tmp_path / "alive").exists)
    process.send_signal(signal.SIGTERM)
    assert lines(process) == [{"event": "keeping"}, {"event": "done"}]
    assert process.returncode == 0
    redis.kill()


def test_it_is_not_ready_before_anything_answers(run: Run, tmp_path: Path) -> None:
    given = secured(tmp_path / "tls", "standalone")
    told = Keeping("apps", "cache", ("cache-0",), ("127.0.0.1:1",))
    process = run("-m", MODULE, "keeper", **{VARIABLE: told.as_json(), CA_VARIABLE: str(given.folder / "ca.crt")})
    until((tmp_path / "alive").exists)
    assert not (tmp_path / "ready").exists()
    process.send_signal(signal.SIGTERM)
    assert lines(process)[-1] == {"event": "done"}


def test_where_it_only_mounts_a_store_it_is_ready_at_once(run: Run, tmp_path: Path) -> None:
    process = run("-m", MODULE, "keeper", **{VARIABLE: Keeping("apps", "cache", (), ()).as_json()})
    until((tmp_path / "ready").exists)
    assert process.poll() is None


def test_outside_of_kubernetes_it_says_so(run: Run) -> None:
    told = Keeping("apps", "cache", ("cache-0",), ("127.0.0.1:1",), ("127.0.0.1:2",), "myMaster")
    process = run("-m", MODULE, "keeper", **{VARIABLE: told.as_json()})
    assert lines(process) == [
        {"event": "failed", "reason": "KUBERNETES_SERVICE_HOST is not set: the keeper is no pod of Kubernetes"}
    ]
    assert process.returncode == 1


def test_a_thread_that_ends_by_a_fault_ends_the_program(run: Run) -> None:
    script = f"""
import threading, time
from {MODULE}.keeper import job
threading.excepthook = job._fault
threading.Thread(target=lambda: 1 / 0).start()
time.sleep(600)
"""
    process = run("-c", script)
    assert lines(process) == [
        {"event": "failed", "reason": "a fault of the program: ZeroDivisionError: division by zero"}
    ]
    assert process.returncode == 1


class Turns:
    """A loop whose turns a test lets happen one by one."""

    def __init__(self) -> None:
        self.problem, self.count = "", 0
        self._next = threading.Semaphore(0)
        self.loop = Loop("labels", self._turn, lambda _well: self._wait())
        until(lambda: self.count == 1)

    def let(self, problem: str, turns: int = 1) -> None:
        for _each in range(turns):
            count, self.problem = self.count, problem
            self._next.release()
            until(lambda count=count: self.count > count)

    def _turn(self) -> None:
        if self.problem:
            raise JobError(self.problem)

    def _wait(self) -> None:
        self.count += 1
        self._next.acquire()


def test_what_lasts_is_said_once_and_so_is_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    turns = Turns()
    assert turns.loop.well
    turns.let("only once")
    assert not turns.loop.well
    turns.let("", 3)
    turns.let("for long", 3)
    turns.let("", 3)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [{"event": "problem", "of": "labels", "reason": "for long"}, {"event": "well", "of": "labels"}]


def test_probes_see_what_goes_wrong_and_what_is_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns()
    threading.Thread(target=keep, args=([turns.loop], tmp_path), daemon=True).start()
    ready, alive = tmp_path / "ready", tmp_path / "alive"
    until(lambda: ready.exists() and alive.exists())
    turns.let("something")
    until(lambda: not ready.exists())
    turns.let("")
    until(ready.exists)
    turns.loop.ended = time.monotonic() - 600
    for _each in range(2):  # it may have looked just before
        alive.unlink(missing_ok=True)
        ready.unlink()
        until(ready.exists)
    assert not alive.exists()
