"""Which parameters become directives, and why the others do not."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit.facts import Parameter, Parameters
from ansible_collections.eks.redis.plugins.module_utils.exit.parameters import carried, renamed

from .made import EMPTY, parameters

OWN = {"maxmemory-policy": "volatile-lru", "maxclients": "65000"}  # ElastiCache's, other than those of Redis


@pytest.mark.parametrize(
    ("name", "value", "cluster", "directives"),
    [
        ("maxmemory-policy", "allkeys-lfu", False, {**OWN, "maxmemory-policy": "allkeys-lfu"}),
        ("timeout", "300", False, {**OWN, "timeout": "300"}),
        ("databases", "32", False, {**OWN, "databases": "32"}),
        ("cluster-require-full-coverage", "yes", True, {**OWN, "cluster-require-full-coverage": "yes"}),
        ("rename-commands", "FLUSHALL gone", False, {**OWN, "rename-command": "FLUSHALL gone"}),
        # those that are elsewhere
        ("reserved-memory-percent", "10", False, OWN),
        ("cluster-enabled", "yes", True, OWN),
        ("appendonly", "yes", False, OWN),
        (
            "client-output-buffer-limit-pubsub-soft-limit",
            "1000",
            False,
            {**OWN, "client-output-buffer-limit": "pubsub 33554432 1000 60"},
        ),
    ],
)
def test_directives(name: str, value: str, cluster: bool, directives: dict[str, str]) -> None:
    given = Parameters("own", "redis7", (Parameter(name, value, "", "string", "immediate"),), {**OWN, name: value})
    found = carried(given, "7.0.15", cluster=cluster)
    assert found.directives == directives
    assert found.dropped == {}
    assert found.origins.keys() == directives.keys()


@pytest.mark.parametrize(
    ("name", "value", "release", "cluster", "reason"),
    [
        ("close-on-replica-write", "no", "7.0.15", False, "ElastiCache's own; a write to a replica is answered with"),
        ("replica-allow-chaining", "yes", "7.0.15", False, "ElastiCache's own; the operator decides"),
        ("rename-commands", "flushall a keys b", "7.0.15", False, "additionalConfig holds one rename-command"),
        ("unheard-of", "1", "7.0.15", False, "no directive of Redis 7.0.15"),
        ("set-max-listpack-entries", "1", "7.0.15", False, "needs Redis 7.2; this will be 7.0.15"),
        ("databases", "32", "7.0.15", True, "a cluster has database 0 alone"),
        ("cluster-allow-reads-when-down", "yes", "7.0.15", False, "it is for clusters"),
        ("maxmemory-samples", "0", "7.0.15", False, "'0' is not a value that Redis takes for it"),
        ("save", "900 1", "7.0.15", False, "use persistence.rdb.enabled"),
    ],
)
def test_reasons(name: str, value: str, release: str, cluster: bool, reason: str) -> None:
    given = Parameters("own", "redis7", (Parameter(name, value, "", "string", "immediate"),), {name: value})
    found = carried(given, release, cluster=cluster)
    assert found.dropped[name].startswith(reason)
    assert name not in found.directives


def test_defaults_of_elasticache_that_are_not_those_of_redis_are_kept() -> None:
    values = {
        **EMPTY.values,
        "cluster-require-full-coverage": "no",
        "lazyfree-lazy-expire": "yes",
        "lazyfree-lazy-eviction": "no",
    }
    given = Parameters("default.redis7", "redis7", (), values)
    assert carried(given, "7.0.15", cluster=False).directives == {**OWN, "lazyfree-lazy-expire": "yes"}
    of_cluster = carried(given, "7.0.15", cluster=True)
    assert of_cluster.directives["cluster-require-full-coverage"] == "no"
    assert of_cluster.origins["maxmemory-policy"] == "ElastiCache's default; that of Redis is noeviction"
    assert of_cluster.dropped == {}


def test_renamed_commands_by_their_names() -> None:
    assert renamed(parameters(rename_commands="FLUSHALL gone DUMP other")) == {"flushall": "gone", "dump": "other"}
    assert renamed(EMPTY) == renamed(None) == {}
