"""Waiting for a pod: as long as something moves, and not for one that has gone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.eks.redis.plugins.module_utils.jobs import nodes
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost


class Clock:
    """Passes by being slept on."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(nodes, "time", made)
    return made


def saying(answers: Iterator[str | Lost | None]) -> Callable[[], str | None]:
    def missing() -> str | None:
        answer = next(answers)
        if isinstance(answer, Lost):
            raise answer
        return answer

    return missing


def test_it_ends_when_nothing_is_missing(clock: Clock) -> None:
    told: list[str] = []
    nodes.wait(saying(iter(["1 byte", "1 byte", Lost("cache-0: closed"), None])), told.append, 10)
    assert told == ["1 byte", "cache-0: closed"]


def test_the_same_is_waited_for_as_long_as_patience_lasts(clock: Clock) -> None:
    with pytest.raises(JobError, match="^cache-0 copies, for 600 s$"):
        nodes.wait(lambda: "cache-0 copies", lambda _text: None, 600)
    assert 600 < clock.now < 601


def test_what_goes_on_is_waited_for(clock: Clock) -> None:
    answers = itertools.chain((f"{number} bytes" for number in range(10_000)), [None])
    nodes.wait(saying(answers), lambda _text: None, 600)
    assert clock.now > 600


def test_a_pod_that_is_away_is_given_up_whatever_the_network_says_of_it(clock: Clock) -> None:
    said = itertools.cycle([Lost("cache-0: timeout"), Lost("cache-0: no route to host")])
    with pytest.raises(JobError, match="^cache-0: .*, for 180 s$"):
        nodes.wait(saying(said), lambda _text: None, 3600)
    assert 180 < clock.now < 181
