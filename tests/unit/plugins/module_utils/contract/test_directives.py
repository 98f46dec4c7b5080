"""additionalConfig: what Redis would not start with, what does harm, and what has no effect in a mode."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.directive_values import VALUES
from ansible_collections.eks.redis.plugins.module_utils.contract.directives import DIRECTIVES, MANAGED, TEXTS

from . import bad_directives
from .ruled import CLUSTER, lines, memory, read

MODES = ("standalone", "sentinel", "cluster")


def configured(mode: str, config: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"deployment": {"mode": mode}, "additionalConfig": config, **others}


def root(mode: str) -> dict[str, Any]:
    return CLUSTER if mode == "cluster" else {}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("name", "value", "message"), bad_directives.VALUES)
def test_value_with_which_redis_does_not_start(mode: str, name: str, value: Any, message: str) -> None:
    resolution = read(configured(mode, {name: value}), root(mode))
    assert f"additionalConfig.{name}: {message}" in lines(resolution.errors)
    assert {problem.path for problem in resolution.errors} == {f"additionalConfig.{name}"}


@pytest.mark.parametrize(("mode", "others", "name", "value", "message"), bad_directives.BY_MODE)
def test_refused_in_a_mode(mode: str, others: dict[str, Any], name: str, value: Any, message: str) -> None:
    resolution = read(configured(mode, {name: value}, **others), root(mode))
    assert lines(resolution.errors) == [f"additionalConfig.{name}: {message}"]


WARNED: tuple[tuple[str, dict[str, Any], str, Any, str], ...] = (
    ("standalone", {}, "maxmemory", "2gb", "2gb is too much; the container is killed at its memory limit, 2Gi"),
    ("standalone", {}, "maxmemory", 0, "0 means no limit; the container is killed at its memory limit, 2Gi"),
    # every pod of a RedisReplication has the larger limit
    (
        "sentinel",
        {"master": memory(limit="4Gi"), "replica": memory(limit="4Gi")},
        "maxmemory",
        "4gb",
        "4gb is too much; the container is killed at its memory limit, 4Gi",
    ),
    (
        "standalone",
        {},
        "cluster-node-timeout",
        5000,
        "has no effect in mode standalone; it belongs to mode cluster",
    ),
    (
        "sentinel",
        {},
        "cluster-allow-reads-when-down",
        "yes",
        "has no effect in mode sentinel; it belongs to mode cluster",
    ),
    ("cluster", {}, "databases", 16, "16 has no effect in mode cluster: there is only database 0"),
    ("sentinel", {}, "replica-priority", 50, "50 has no effect: all pods get it, so that no replica is preferred"),
    ("cluster", {}, "slave-priority", 0, "0 has no effect: all pods get it, so that no replica is preferred"),
    (
        "cluster",
        {},
        "cluster-replica-no-failover",
        True,
        "yes: no replica ever takes over a shard, because all pods get it",
    ),
    (
        "sentinel",
        {"replicaCount": 2},
        "min-replicas-to-write",
        2,
        "2 is all replicas of a master: writes stop while one of them restarts",
    ),
    (
        "cluster",
        {},
        "min-slaves-to-write",
        1,
        "1 is all replicas of a master: writes stop while one of them restarts",
    ),
    (
        "sentinel",
        {},
        "repl-timeout",
        10,
        "a replica gives up its master after 10 s of silence, and hears of it every 10 s: while nobody writes, it "
        "starts over and over",
    ),
    (
        "cluster",
        {},
        "repl-ping-slave-period",
        "90",
        "a replica gives up its master after 60 s of silence, and hears of it every 90 s: while nobody writes, it "
        "starts over and over",
    ),
    (
        "standalone",
        {},
        "shutdown-on-sigterm",
        "nosave now",
        "nosave: a pod that stops forgets what has changed since its last snapshot",
    ),
    (
        "sentinel",
        {},
        "replica-read-only",
        False,
        "no: what is written to a replica is lost when it synchronises",
    ),
)


@pytest.mark.parametrize(("mode", "others", "name", "value", "message"), WARNED)
def test_warned_of(mode: str, others: dict[str, Any], name: str, value: Any, message: str) -> None:
    resolution = read(configured(mode, {name: value}, **others), root(mode))
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == [f"additionalConfig.{name}: {message}"]


SILENT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("standalone", {"maxmemory": "1gb", "maxmemory-policy": "allkeys-lru", "hz": '"20"', "timeout": 0}),
    ("standalone", {"rename-command": 'FLUSHALL ""', "databases": 32, "activerehashing": "YES"}),
    ("standalone", {"rename-command": 'ACL ""'}),
    ("standalone", {"notify-keyspace-events": "KEA", "client-output-buffer-limit": "replica 256mb 64mb 60"}),
    ("standalone", {"slowlog-log-slower-than": -1, "maxmemory-clients": "5%", "proc-title-template": "a b"}),
    ("standalone", {"replica-serve-stale-data": "no", "replica-read-only": "no", "loglevel": "NOTICE"}),
    ("standalone", {"enable-debug-command": "local", "latency-tracking-info-percentiles": "50 99.9 100"}),
    ("standalone", {"repl-timeout": 5, "shutdown-on-sigterm": "save", "replica-announced": "no"}),
    ("sentinel", {"repl-timeout": 60, "repl-ping-replica-period": 59, "replica-announced": True}),
    ("sentinel", {"min-replicas-to-write": 1, "min-replicas-max-lag": 10, "repl-backlog-size": "64mb"}),
    ("sentinel", {"min-replicas-to-write": 0, "replica-serve-stale-data": "yes", "databases": 16}),
    ("cluster", {"cluster-node-timeout": 15000, "cluster-replica-no-failover": "no", "databases": 1}),
    ("cluster", {"cluster-require-full-coverage": False, "cluster-migration-barrier": 1}),
)


@pytest.mark.parametrize(("mode", "config"), SILENT)
def test_nothing_to_say(mode: str, config: dict[str, Any]) -> None:
    resolution = read(configured(mode, config), root(mode))
    assert lines((*resolution.errors, *resolution.warnings)) == []


def test_an_image_of_ones_own_may_hold_modules() -> None:
    config = {"loadmodule": "/opt/search.so"}
    assert lines(read({"image": "registry/redis:7", "additionalConfig": config}).errors) == []
    assert lines(read({"additionalConfig": config}, {"version": "8.0.2"}).errors) == []


def test_a_log_needs_no_snapshot_at_the_end() -> None:
    flavour = configured("standalone", {"shutdown-on-sigterm": "nosave"}, persistence={"aof": {"enabled": True}})
    assert lines(read(flavour).warnings) == []


def test_in_a_cluster_the_smaller_limit_counts() -> None:
    flavour = configured("cluster", {"maxmemory": "3gb"}, master=memory(limit="4Gi"), replica=memory(limit="2Gi"))
    assert "additionalConfig.maxmemory: 3gb is too much; the container is killed at its memory limit, 2Gi" in lines(
        read(flavour, CLUSTER).warnings
    )


def test_all_problems_at_once() -> None:
    config = {"save": "900 1", "tiemout": 0, "hz": "fast", "proc-title-template": '"', "a b": 1}
    flavour = configured("sentinel", {**config, "min-replicas-to-write": 9})
    assert [problem.path for problem in read(flavour).errors] == [
        "additionalConfig.save",
        "additionalConfig.proc-title-template",
        "additionalConfig.a b",
        "additionalConfig.tiemout",
        "additionalConfig.hz",
        "additionalConfig.min-replicas-to-write",
    ]


def test_a_broken_mode_does_not_hide_a_broken_directive() -> None:
    flavour = configured("sentinell", {"tiemout": 0})
    assert [problem.path for problem in read(flavour).errors] == ["deployment.mode", "additionalConfig.tiemout"]


def test_every_directive_with_known_values_is_a_directive_of_ours() -> None:
    assert set(VALUES) <= set(DIRECTIVES)
    assert not set(VALUES) & set(MANAGED)
    assert set(DIRECTIVES) - set(MANAGED) >= TEXTS


def test_directives_of_a_release() -> None:
    wanted = {"locale-collate": "C"}
    assert lines(read({"additionalConfig": wanted}, {"version": "7.2.6"}).errors) == []
    assert lines(read({"additionalConfig": wanted}, {"version": "7.0.15"}).errors) == [
        "additionalConfig.locale-collate: needs Redis 7.2; version is 7.0.15"
    ]


def test_from_redis_8_on_nobody_knows_them_all() -> None:
    resolution = read(
        {"additionalConfig": {"search-threads": 4, "maxmemory-policy": "allkeys-lrm"}}, {"version": "8.0.2"}
    )
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == [
        "additionalConfig.search-threads: is not a directive known here; if Redis does not know it, it will not start"
    ]
