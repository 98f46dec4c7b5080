"""Facts that come from a file, and what is said of those that cannot be."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit import facts
from ansible_collections.eks.redis.plugins.module_utils.exit.reading import FactsError

from .made import ONE, load, usage


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ONE.as_dict().items() if key != name}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("text", "the input is not a result of eks.redis.replication_group_info"),
        ({"group": []}, "the input is not a result of eks.redis.replication_group_info"),
        (
            _without("port"),
            "group.port: it is missing; the facts are not those of eks.redis.replication_group_info",
        ),
        ({**ONE.as_dict(), "port": "6379"}, "group.port: it is not a whole number, 0 or more"),
        ({**ONE.as_dict(), "port": -1}, "group.port: it is not a whole number, 0 or more"),
        ({**ONE.as_dict(), "port": True}, "group.port: it is not a whole number, 0 or more"),
        ({**ONE.as_dict(), "multi_az": "yes"}, "group.multi_az: it is not true or false"),
        ({**ONE.as_dict(), "status": None}, "group.status: it is not a text"),
        ({**ONE.as_dict(), "shards": {}}, "group.shards: it is not a list"),
        ({**ONE.as_dict(), "shards": [{}]}, "group.shards[0].id: it is missing; the facts are not those of eks.redis."),
        ({**ONE.as_dict(), "memory": []}, "group.memory: it is not a mapping"),
        (
            {**ONE.as_dict(), "usage": {"days": 1, "hours": 1, "shards": {"1": {"bytes": {"maximum": float("nan")}}}}},
            "group.usage.shards.1.bytes.maximum: it is not a number, 0 or more",
        ),
        (
            {**ONE.as_dict(), "engine": "memcached"},
            "group.engine: 'memcached' is no engine to move from; allowed: redis",
        ),
    ],
)
def test_what_is_wrong_is_named(given: Any, problem: str) -> None:
    with pytest.raises(FactsError) as error:
        facts.group(given)
    assert str(error.value).startswith(problem)


def test_figures_are_of_the_shards_that_have_them() -> None:
    group = facts.group({**ONE.as_dict(), "usage": asdict(usage(load(bytes=1.0), load(bytes=3.0), load(items=7)))})
    assert group.largest(lambda one: one.bytes) == 3.0
    assert group.total(lambda one: one.bytes) == 4.0
    assert group.largest(lambda one: one.items) == 7
    assert group.total(lambda one: one.writes) is None
