"""Nodes of ElastiCache: what they refuse, how they follow and fail over, what a snapshot of them holds."""

from __future__ import annotations

import pytest
import redis

from lab.elasticache import DataPlane, clusters, engines, plane, restricted
from lab.elasticache.nodes import Node
from lab.model import LabError

TOKEN = "correct-horse-battery"
REFUSED = (
    *[(command,) for command in (*restricted.HIDDEN, *restricted.GONE, "sync")],
    ("psync", "?", "-1"),
    ("acl", "setuser", "x"),
    ("acl", "deluser", "x"),
    ("acl", "load"),
    ("cluster", "addslots", "1"),
    ("cluster", "delslots", "1"),
    ("cluster", "failover"),
    ("cluster", "flushslots"),
    ("cluster", "forget", "x"),
    ("cluster", "meet", "198.18.0.1", "6379"),
    ("cluster", "replicate", "x"),
    ("cluster", "reset"),
    ("cluster", "setslot", "1", "stable"),
)
SHAPES = (
    {"replicas": 1},
    {"replicas": 1, "tls": True, "token": TOKEN, "events": "AKE"},
    {"shards": 2, "replicas": 1, "tls": True, "token": TOKEN},
    {"engine": "6.2", "replicas": 1, "token": TOKEN},
    {"engine": "6.2", "shards": 2, "replicas": 1},
)


def client(running, shard=0, host=""):
    options = {"ssl": True, "ssl_ca_certs": str(running.ca)} if running.ca else {}
    address, port = running.primaries[shard]
    password = running.settings.token or None
    return redis.Redis(host or address, port, password=password, decode_responses=True, **options)


@pytest.fixture(params=SHAPES, ids=lambda shape: "-".join(map(str, shape.values())))
def running(request, tmp_path):
    with DataPlane(tmp_path, **request.param) as started:
        yield started


def test_it_refuses_what_aws_refuses_and_fails_over_with_its_data(running):
    user = client(running)
    for words in REFUSED:
        with pytest.raises((redis.ResponseError, redis.exceptions.NoPermissionError), match="unknown|permission"):
            user.execute_command(*words)
    for words in (("client", "pause", "1", "write"), ("client", "unpause"), ("acl", "whoami"), ("info",)):
        assert user.execute_command(*words)
    assert user.info()["redis_version"].startswith(running.settings.engine)

    key = _in_first_shard(running)
    user.set(key, "kept")
    assert user.wait(1, 120_000) == 1
    assert _strings(running.snapshot(0)) >= {key, "kept"}

    old = running.primary(0)
    chosen = running.failover(0)
    assert (running.role(old), running.role(chosen)) == ("replica", "primary")
    assert client(running).get(key) == "kept"

    running.kill(chosen)
    assert running.role(chosen) == ""
    assert running.failover(0) == old
    running.replace(chosen)
    assert (running.role(old), running.role(chosen)) == ("primary", "replica")
    assert client(running).get(key) == "kept"


def _in_first_shard(running):
    if not running.settings.clustered:
        return "key"
    first, last = clusters.ranges(len(running.shards))[0]
    slot = client(running).execute_command
    return next(f"key{n}" for n in range(1000) if first <= slot("CLUSTER", "KEYSLOT", f"key{n}") <= last)


def _strings(rdb):
    """Short strings follow the byte of their length."""
    return {rdb[at + 1 : at + 1 + rdb[at]].decode("latin-1") for at in range(len(rdb)) if rdb[at] < 64}


def test_nobody_is_let_in_without_the_token(tmp_path):
    with DataPlane(tmp_path, token=TOKEN) as running:
        host, port = running.primaries[0]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host, port).ping()
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host, port, password="wrong").ping()


def test_without_tls_nobody_is_let_in_where_it_is_required(tmp_path):
    with DataPlane(tmp_path, tls=True) as running:
        host, port = running.primaries[0]
        with pytest.raises(redis.ConnectionError):
            redis.Redis(host, port).ping()
        with pytest.raises(redis.ConnectionError, match="certificate"):
            redis.Redis(host, port, ssl=True).ping()


def test_keyspace_events_are_told_as_asked_for(tmp_path):
    with DataPlane(tmp_path, events="AKE") as running, client(running).pubsub() as heard:
        heard.psubscribe("__keyevent@0__:*")
        assert heard.get_message(timeout=30)["type"] == "psubscribe"
        client(running).set("key", "value")
        assert heard.get_message(timeout=30)["data"] == "key"


def test_a_plane_is_known_again_by_its_folder(tmp_path):
    with DataPlane(tmp_path, shards=2, token=TOKEN) as running:
        again = plane.load(tmp_path)
        assert again.primaries == running.primaries
        assert again.snapshot(1).startswith(b"REDIS")


def test_it_may_lie_as_deep_as_it_likes(tmp_path):
    with DataPlane(tmp_path / ("deep" * 30), replicas=1) as running:
        assert running.snapshot(0).startswith(b"REDIS")


def test_its_secrets_are_for_its_owner_alone(tmp_path):
    with DataPlane(tmp_path, tls=True, token=TOKEN) as running:
        holding = [tmp_path / plane.FILE, *(node.configuration for node in running.nodes), *tmp_path.glob("pki/*.key")]
        assert {path.stat().st_mode & 0o777 for path in holding} == {0o600}


def test_it_has_one_primary_only_if_nobody_can_take_over(tmp_path):
    with DataPlane(tmp_path) as running, pytest.raises(LabError, match="shard 0 has no replica to fail over to"):
        running.failover(0)


def test_a_failover_that_redis_gives_up_is_asked_for_again(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "AGAIN", 0)
    roles, asked = ["slave", "slave", "master"], []

    def ask(node, *words):
        if words == ("ROLE",):
            return [roles.pop(0)]
        asked.append(words)
        if len(asked) == 3:
            raise redis.ResponseError("ERR You should send CLUSTER FAILOVER to a replica")
        return "OK"

    clusters.failover(Node("shop-002", "198.18.0.1", tmp_path), True, ask)
    assert asked == [("CLUSTER", "FAILOVER")] * 3


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"shards": 2, "clustered": False}, "shards: 2 without cluster mode; allowed: 1"),
        ({"engine": "6.2", "tls": True}, "tls: the laboratory's server of engine 6.2 has none"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path, given, told):
    with pytest.raises(LabError, match=told):
        plane.create(tmp_path, "shop", ["127.0.0.1"] * 2, **given)


def test_an_engine_that_is_not_there():
    with pytest.raises(LabError, match=r"engine: '5.0' is not in the laboratory; allowed: 7.0, 6.2"):
        engines.find("5.0")


def test_names_are_those_of_elasticache():
    assert plane.layout("shop", 1, 2, False) == [["shop-001", "shop-002", "shop-003"]]
    assert plane.layout("shop", 2, 1, True) == [["shop-0001-001", "shop-0001-002"], ["shop-0002-001", "shop-0002-002"]]


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 90])
def test_slots_cover_all(shards):
    spread = clusters.ranges(shards)
    assert (spread[0][0], spread[-1][1]) == (0, clusters.SLOTS - 1)
    assert all(one[1] + 1 == other[0] for one, other in zip(spread, spread[1:], strict=False))
