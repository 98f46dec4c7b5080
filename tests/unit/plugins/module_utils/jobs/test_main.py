"""The program: what it is asked, and how it ends."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils import jobs
from ansible_collections.eks.redis.plugins.module_utils.datapath import settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.jobs import __main__ as program
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

from ..datapath.test_settings import MADE


@pytest.fixture(autouse=True)
def signals() -> Any:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a function in place of a command's."""
    monkeypatch.setenv(settings.VARIABLE, MADE.as_json())

    def command(main: Any) -> None:
        module = ModuleType(f"{jobs.__name__}.backup")
        module.main = main  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return command


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_it_does_what_it_is_asked(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    given = []
    command(lambda asked: given.append(asked) or {"set": "x"})
    assert program.main(["backup"]) == 0
    assert given == [MADE]
    assert said(capsys) == [{"event": "done", "set": "x"}]


@pytest.mark.parametrize("words", [[], ["dump"], ["backup", "now"]])
def test_what_it_does_not_know(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(words) == 2
    (line,) = said(capsys)
    assert line["reason"].startswith("one command is needed, one of backup, prune, list, exporter, restore-test, ")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (JobError("no bucket"), "no bucket"),
        (DatapathError("no set"), "no set"),
        (KeyError("x\ny"), "a fault of the program: KeyError: 'x\\ny' at test_main.py:"),
    ],
)
def test_a_failure_is_one_line(error: Exception, reason: str, command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_asked: Any) -> None:
        raise error

    command(fail)
    assert program.main(["backup"]) == 1
    (line,) = said(capsys)
    assert line["event"] == "failed" and line["reason"].startswith(reason)


def test_it_may_be_told_to_end(command: Any, capsys: pytest.CaptureFixture[str]) -> None:
    command(lambda _asked: os.kill(os.getpid(), signal.SIGTERM))
    assert program.main(["backup"]) == 128 + signal.SIGTERM
    (line,) = said(capsys)
    assert line["reason"] == "the job was told to end (SIGTERM): its time was up, or it was deleted"


def test_without_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv(settings.VARIABLE, raising=False)
    assert program.main(["backup"]) == 1
    assert said(capsys)[0]["reason"].startswith("EKS_REDIS_JOB is not set: ")


@pytest.mark.parametrize("module", sorted({module for module, _told in program.COMMANDS.values()}))
def test_every_command_has_its_module(module: str) -> None:
    assert callable(importlib.import_module(f"{jobs.__name__}.{module}").main)
