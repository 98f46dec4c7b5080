"""Whose word about the master is waited for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod, Target
from ansible_collections.eks.redis.plugins.module_utils.jobs import sentinels
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

MASTER, GONE = "198.51.100.1", "198.51.100.9"
PODS = (Pod("cache-0", MASTER, 6379), Pod("cache-1", "198.51.100.2", 6379))
TARGET = Target(PODS, 0, {}, (Pod("cache-sentinel-0", "198.51.100.3", 26379),), "myMaster", 2000)


class Sentinel:
    """What it says of the master, one answer after the other; what it was told."""

    what = "cache-sentinel-0"

    def __init__(self, *answers: tuple[str, str] | None) -> None:
        self.answers: Iterator[tuple[str, str] | None] = iter(answers)
        self.told: list[tuple[str | int, ...]] = []

    def ask(self, *words: str | int) -> list[bytes] | None:
        if words[1] != "MASTER":
            self.told.append(words[1:])
            return None
        answer = next(self.answers)
        if answer is None:
            raise Refusal("cache-sentinel-0: SENTINEL: ERR No such master with that name", "ERR")
        return [b"ip", answer[0].encode(), b"role-reported", answer[1].encode()]


@pytest.mark.parametrize(
    ("answers", "waited"),
    [
        ([(MASTER, "master")], []),
        ([(MASTER, "slave"), (MASTER, "master")], ["cache-sentinel-0 still sees the master as a slave"]),
        # the pod was replaced meanwhile
        ([(GONE, "slave")], []),
        # as the operator names masters where it speaks TLS
        (
            [("cache-0.cache-headless.apps.svc", "slave"), (MASTER, "master")],
            ["cache-sentinel-0 still sees the master as a slave"],
        ),
        ([None], []),
    ],
)
def test_it_fails_over_again_once_it_sees_the_master_as_one(
    monkeypatch: pytest.MonkeyPatch, answers: list[tuple[str, str] | None], waited: list[str]
) -> None:
    one = Sentinel(*answers)
    monkeypatch.setattr(Login, "link", lambda *_words: one)
    told: list[str] = []
    sentinels.Sentinels(TARGET, Login()).wake(told.append)
    assert told == waited
    assert one.told == [("SET", "myMaster", "down-after-milliseconds", 2000)]
