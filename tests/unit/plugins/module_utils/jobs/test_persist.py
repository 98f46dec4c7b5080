"""Redis is told to write its files, and what it says of them is understood. The fields are those of Redis 7.0.15."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.jobs import nodes, persist
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal

LOG, SNAPSHOT = "BGREWRITEAOF", "BGSAVE"
FULL = "cache-0 cannot write its .*: is its volume full"


def said(busy: int = 0, scheduled: int = 0, ok: bool = True, failures: int | None = 0) -> dict[str, str]:
    """failures: None of a release that does not count them."""
    status = "ok" if ok else "err"
    counted = {} if failures is None else {"aof_rewrites_consecutive_failures": str(failures)}
    return {
        "aof_rewrite_in_progress": str(busy),
        "aof_rewrite_scheduled": str(scheduled),
        "aof_last_bgrewrite_status": status,
        "rdb_bgsave_in_progress": str(busy),
        "rdb_last_bgsave_status": status,
        **counted,
    }


class Node:
    what = "cache-0"

    def __init__(self, *answers: dict[str, str], log: bool = True, refuses: int = 0) -> None:
        self.answers, self.log, self.refuses = list(answers), log, refuses
        self.asked: list[str] = []

    def setting(self, name: str) -> str:
        return {"appendonly": "yes" if self.log else "no", "save": "3600 1"}[name]

    def fields(self, *_words: str) -> dict[str, str]:
        return self.answers.pop(0)

    def ask(self, *words: Any) -> None:
        if self.refuses:
            self.refuses -= 1
            raise Refusal("cache-0: BGREWRITEAOF: ERR another one is in progress", "ERR")
        self.asked += words


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nodes, "_PAUSE", 0.0)


def run(node: Node) -> list[str]:
    """What it was asked to write; all of its answers were needed."""
    persist.persist([node], lambda _text: None)  # type: ignore[list-item]
    assert node.answers == []
    return node.asked


def test_a_file_is_begun_and_waited_for() -> None:
    assert run(Node(said(), said(busy=1), said())) == [LOG]
    assert run(Node(said(), said(busy=1), said(), log=False)) == [SNAPSHOT]


def test_what_redis_has_begun_by_itself_is_waited_for() -> None:
    assert run(Node(said(scheduled=1), said(busy=1), said())) == []
    assert run(Node(said(), said(busy=1), said(), refuses=1)) == []


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("failures", [0, None])
def test_a_file_that_cannot_be_written_is_told(log: bool, failures: int | None) -> None:
    with pytest.raises(JobError, match=FULL):
        run(Node(said(), said(busy=1), said(ok=False, failures=failures), log=log))


def test_a_log_that_fails_again_and_again_is_told() -> None:
    """Redis is about to try once more as long as it fails, and does so in an hour at last."""
    with pytest.raises(JobError, match=FULL):
        run(Node(said(scheduled=1), said(busy=1), said(scheduled=1, ok=False, failures=1)))


def test_a_log_that_has_failed_before_is_begun_now() -> None:
    failed = said(scheduled=1, ok=False, failures=5)
    assert run(Node(failed, said(busy=1, ok=False, failures=5), said())) == [LOG]
    with pytest.raises(JobError, match=FULL):
        run(Node(failed, said(scheduled=1, ok=False, failures=6)))
