from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import wait
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unreachable
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import LOGGER
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline, Watched, wait_until

PODS = Watched("Pod", "n", {})


class Cluster:
    """Events as they are set; ``refused`` is what every watch ends with."""

    def __init__(self, refused: Exception | None = None) -> None:
        self.event = threading.Event()
        self.refused = refused
        self.watching = threading.Event()

    def watch(self, kind: str, namespace: str | None, seconds: int, **selectors: str) -> Iterator[dict]:
        self.watching.set()
        if self.refused:
            raise self.refused
        while self.event.wait(seconds):
            self.event.clear()
            yield {"type": "MODIFIED"}


def test_what_is_met_at_once_is_not_waited_for() -> None:
    cluster = Cluster()
    assert wait_until(cluster, lambda: None, [PODS], Deadline(60)) is None
    assert not cluster.watching.is_set()


def test_the_last_answer_is_told_when_the_time_is_up(caplog) -> None:
    caplog.set_level(logging.INFO, LOGGER.name)
    cluster, asked = Cluster(), []

    def unmet() -> str:
        asked.append(1)
        return "Pod a is not ready"

    assert wait_until(cluster, unmet, [PODS], Deadline(0)) == "Pod a is not ready"
    assert len(asked) == 1
    assert not cluster.watching.is_set()
    assert [one.getMessage() for one in caplog.records] == ["Pod a is not ready"]


def test_a_server_that_is_away_when_the_time_is_up() -> None:
    def unmet() -> str | None:
        raise Unreachable("cannot reach the Kubernetes API")

    assert wait_until(Cluster(), unmet, [], Deadline(0)) == "cannot reach the Kubernetes API"


def test_what_cannot_be_judged_ends_the_wait() -> None:
    def unmet() -> str | None:
        raise EngineError("user bob may not list pods")

    with pytest.raises(EngineError, match="^user bob may not list pods$"):
        wait_until(Cluster(), unmet, [PODS], Deadline(60))


def test_what_happens_between_the_judgement_and_the_watch_is_seen() -> None:
    """It is judged once more when the watches are on their way; no event tells of it."""
    answers = iter(["not yet", None])
    assert wait_until(Cluster(), lambda: next(answers), [PODS], Deadline(60)) is None


def test_an_event_wakes() -> None:
    cluster, asked = Cluster(), []

    def unmet() -> str | None:
        asked.append(1)
        if len(asked) == 2:
            cluster.watching.wait()
            cluster.event.set()
        return "not yet" if len(asked) < 3 else None

    assert wait_until(cluster, unmet, [PODS], Deadline(60)) is None
    assert len(asked) == 3


def test_who_may_not_watch_still_waits(monkeypatch) -> None:
    monkeypatch.setattr(wait, "_TICK", 0.01)
    answers = iter(["not yet", "not yet", None])
    assert wait_until(Cluster(EngineError("forbidden")), lambda: next(answers), [PODS], Deadline(60)) is None


def test_a_server_that_is_away_is_waited_for() -> None:
    answers = iter([Unreachable("away"), None])

    def unmet() -> str | None:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert wait_until(Cluster(), unmet, [], Deadline(60)) is None


def test_what_is_waited_for_is_told_when_it_changes(monkeypatch, caplog) -> None:
    monkeypatch.setattr(wait, "_TICK", 0.01)
    answers = iter(["Pod a", "Pod a", "Pod b", "Pod b", None])
    with caplog.at_level(logging.INFO, LOGGER.name):
        wait_until(Cluster(), lambda: next(answers), [], Deadline(60))
    assert caplog.messages == ["Pod a", "Pod b"]
