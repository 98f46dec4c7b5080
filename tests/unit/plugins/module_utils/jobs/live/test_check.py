"""What keeps a source from being copied, by what both sides say of themselves."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.check import Known, check
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary, Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

INFO = {"redis_version": "7.0.15", "used_memory_dataset": "1000", "maxmemory": "0"}


class Fake:
    """A link to a server that says so. clock: seconds and microseconds."""

    def __init__(self, info: dict[str, str], clock: tuple[int, int], events: str | None) -> None:
        self.what, self._info, self._clock, self._events = "cache", {**INFO, **info}, clock, events

    def fields(self, *_words: str) -> dict[str, str]:
        return self._info

    def ask(self, *words: Any) -> Any:
        if words[0] == "TIME":
            return [str(part).encode() for part in self._clock]
        if self._events is None:
            raise Refusal("unknown command", "ERR")
        return [b"notify-keyspace-events", self._events.encode()]

    def close(self) -> None:
        pass


def primary(run: str, slots: Any = EVERY) -> Primary:
    return Primary(Address(run, 6379), slots, run, "replid")


def checked(
    source: dict[str, str] | None = None,
    target: dict[str, str] | None = None,
    *,
    clocks: tuple[tuple[int, int], tuple[int, int]] = ((10, 0), (10, 0)),
    events: str | None = None,
    sharded: bool = False,
    monkeypatch: pytest.MonkeyPatch,
    **more: Any,
) -> Known:
    links = {"one": Fake(source or {}, clocks[0], events), "other": Fake(target or {}, clocks[1], None)}
    monkeypatch.setattr(Side, "link", lambda _side, one, *_more: links[one.run])
    cache, instance = Side("the cache", (), Login()), Side("the instance", (), Login())
    masters = [primary("other", ((0, 100),) if sharded else EVERY)]
    return check(cache, [primary("one")], instance, masters, **more)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (("7.0.15", "7.0.15"), Known(moments=True, functions=True, skew=0)),
        (("6.2.14", "7.0.15"), Known(moments=False, functions=False, skew=0)),
        (("7.1.0", "7.2.6"), Known(moments=True, functions=True, skew=0)),
    ],
)
def test_what_both_releases_have(versions: tuple[str, str], expected: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = ({"redis_version": version} for version in versions)
    assert checked(source, target, monkeypatch=monkeypatch) == expected


@pytest.mark.parametrize(
    ("clocks", "skew"),
    [(((10, 0), (10, 90_000)), 0), (((10, 0), (40, 500_000)), 30_500), (((40, 0), (10, 0)), -30_000)],
)
def test_clocks_that_differ_are_known(clocks: Any, skew: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(clocks=clocks, monkeypatch=monkeypatch).skew == skew


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"source": {"redis_version": "6.0.9"}}, "the cache is Redis 6.0.9: writes can be held back since 6.2 only"),
        ({"source": {"redis_version": "7.2.6"}}, "the instance does not read what the cache writes: the RDB is of"),
        (
            {"source": {"redis_version": "7.2.4", "valkey_version": "9.0.0"}},
            "the instance does not read what the cache writes: the RDB is of Valkey 9",
        ),
        ({"source": {"db3": "keys=1,expires=0"}, "sharded": True}, "the cache has keys in database 3: a cluster has"),
        (
            {"source": {"used_memory_dataset": "2000"}, "target": {"maxmemory": "1999"}},
            "the cache holds 2000 bytes of data, the instance has room for 1999 (maxmemory)",
        ),
        ({"events": ""}, "cache: notify-keyspace-events is '', it must hold A and E"),
        ({"events": "AK"}, "cache: notify-keyspace-events is 'AK', it must hold A and E"),
        ({"events": "Eg$lshzxe"}, "cache: notify-keyspace-events is '$Eeghlsxz', it must hold A and E"),
    ],
)
def test_what_is_in_the_way_is_said(given: dict[str, Any], problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(JobError) as found:
        checked(monkeypatch=monkeypatch, **given)
    assert str(found.value).startswith(problem)


@pytest.mark.parametrize("events", ["AKE", "EA", "Eg$lshzxet"])
def test_events_of_every_kind_are_enough(events: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(events=events, monkeypatch=monkeypatch)


def test_what_goes_another_way_need_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"source": {"redis_version": "7.2.6", "db3": "keys=1,expires=0"}, "sharded": True, "events": ""}
    assert checked(monkeypatch=monkeypatch, copies=False, **given)
