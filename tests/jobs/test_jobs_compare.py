"""Keys of two real servers: what differs is found, whatever its size, and how much is fetched at a time is bounded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from jobs.conftest import Start
from jobs.servers import Server

from ansible_collections.eks.redis.plugins.module_utils.jobs import compare
from ansible_collections.eks.redis.plugins.module_utils.jobs.compare import differing, sample

LARGE = compare._BYTES + 1
Change = Callable[[Server], object]
FILL: dict[str, Change] = {
    "text": lambda redis: redis.ask("SET", "text", "x", "EXAT", 4_102_444_800),
    "list": lambda redis: redis.ask("RPUSH", "list", *range(100)),
    "set": lambda redis: redis.ask("SADD", "set", *range(700)),
    "hash": lambda redis: redis.ask("HSET", "hash", *range(200)),
    "ranks": lambda redis: redis.ask("ZADD", "ranks", *range(200)),
    "stream": lambda redis: redis.ask("XADD", "stream", "1-1", "field", "value"),
    "large": lambda redis: redis.ask("SET", "large", "x" * LARGE),
    "large list": lambda redis: redis.ask("RPUSH", "large list", "x" * LARGE, "x"),
}


@pytest.fixture
def two(start: Start) -> tuple[Server, Server]:
    pair = start("one"), start("other")
    for redis in pair:
        for fill in FILL.values():
            fill(redis)
    return pair


def found(two: tuple[Server, Server]) -> dict[str, str]:
    one, other = two
    return {name.decode(): what for name, what in differing(one.link, lambda _name: other.link, sample(one.link, 1000))}


def test_the_same_data_has_no_difference(two: tuple[Server, Server]) -> None:
    one, other = two
    # in another order
    other.ask("DEL", "set")
    other.ask("SADD", "set", *reversed(range(700)))
    assert found(two) == {}
    assert sample(one.link, 1000) == sorted(name.encode() for name in FILL)


@pytest.mark.parametrize(
    ("change", "name", "what"),
    [
        (("SET", "text", "y", "KEEPTTL"), "text", "has another value"),
        (("PERSIST", "text"), "text", "expires in -1 instead of "),
        (("DEL", "text"), "text", "is missing"),
        (("LSET", "list", 7, "x"), "list", "has another value"),
        (("SREM", "set", 7), "set", "has another value"),
        (("HSET", "hash", 0, "x"), "hash", "has another value"),
        (("ZADD", "ranks", 7, "1"), "ranks", "has another value"),
        (("XGROUP", "CREATE", "stream", "group", "0"), "stream", "has another value"),
        (("APPEND", "large", "x"), "large", "has another value"),
        (("DEL", "large"), "large", "is missing"),
        (("PEXPIRE", "large", 60_000), "large", "expires in "),
        (("RPOP", "large list"), "large list", "has another value"),
    ],
)
def test_a_difference_is_found(two: tuple[Server, Server], change: tuple[str | int, ...], name: str, what: str) -> None:
    two[1].ask(*change)
    ((where, told),) = found(two).items()
    assert where == name
    assert told.startswith(what)


def test_keys_are_fetched_in_batches_that_fit(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    redis = start("one")
    names = [f"key:{number:03}".encode() for number in range(250)]
    for number, name in enumerate(names):
        redis.ask("SET", name, "x" * (300_000 if number < 10 else 10))
    monkeypatch.setattr(compare, "_BYTES", 1_000_000)
    batches = list(compare._batches(redis.link, [*names, b"gone"]))
    assert [name for batch, _large in batches for name in batch] == [*names, b"gone"]
    assert not any(large for _batch, large in batches)
    # three large ones at a time, and no more than a hundred of any size
    assert [len(batch) for batch, _large in batches[:3]] == [3, 3, 3]
    assert max(len(batch) for batch, _large in batches) <= 100
