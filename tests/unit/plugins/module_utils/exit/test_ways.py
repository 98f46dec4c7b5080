"""Which ways there are, what stands in them, what clients notice, and how long it takes."""

from __future__ import annotations

import re

import pytest

from ansible_collections.eks.redis.plugins.module_utils.exit import forecast
from ansible_collections.eks.redis.plugins.module_utils.exit.breaks import breaks
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import GlobalDatastore, Group, User
from ansible_collections.eks.redis.plugins.module_utils.exit.report import report
from ansible_collections.eks.redis.plugins.module_utils.exit.ways import LIVE, SNAPSHOT, recommended, ways

from .made import CLUSTER, GIBI, ONE, SERVERLESS, change, load, parameters, usage

BOTH = {LIVE, SNAPSHOT}
NINE = change(ONE, engine="valkey", version="9.0.0")
SECONDARY = change(ONE, global_datastore=GlobalDatastore("world", "SECONDARY"))
BUSY = change(ONE, usage=usage(load(bytes=GIBI, items=1_000_000, writes=25_000)))
READY = change(ONE, parameters=parameters(notify_keyspace_events="AKE"))


@pytest.mark.parametrize(
    ("group", "blocked", "reason"),
    [
        (ONE, set(), ""),
        (CLUSTER, set(), ""),
        (change(ONE, global_datastore=GlobalDatastore("world", "PRIMARY")), set(), ""),
        (SERVERLESS, {LIVE}, "a serverless cache has no parameter group"),
        (change(ONE, version="6.0.5"), {LIVE}, "Redis OSS 6.0.5 cannot hold writers back, which Redis does since 6.2"),
        (change(ONE, data_tiering=True), {SNAPSHOT}, "AWS does not export snapshots of groups with data tiering"),
        (NINE, BOTH, "no Redis reads what Valkey 9.0.0 writes (VALKEY080)"),
        (SECONDARY, BOTH, "it is a secondary of global datastore world: its writers are elsewhere"),
        (change(ONE, usage=usage(load(json=0.1))), BOTH, "it is used for JSON documents (JsonBasedCmds)"),
        (BUSY, {LIVE}, "it would not come to an end: a shard takes up to 25000 writes/s, and half of the 49000 keys/s"),
        (
            change(ONE, parameters=parameters(rename_commands="SCAN look")),
            {LIVE},
            "commands that the copy needs have other names: SCAN is look",
        ),
    ],
)
def test_what_blocks_a_way(group: Group, blocked: set[str], reason: str) -> None:
    found = ways(group)
    assert {way.name for way in found if not way.possible} == blocked
    assert all(any(line.startswith(reason) for line in way.blocked) for way in found if not way.possible)
    assert recommended(found) == next((name for name in (LIVE, SNAPSHOT) if name not in blocked), None)


@pytest.mark.parametrize(
    ("events", "missing"),
    [("", True), ("K", True), ("KA", True), ("Ex", True), ("AE", False), ("AKE", False), ("Eg$lshzxet", False)],
)
def test_events_that_the_live_way_needs(events: str, missing: bool) -> None:
    live, _snapshot = ways(change(ONE, parameters=parameters(notify_keyspace_events=events)))
    assert any(line.startswith("notify-keyspace-events must hold A and E") for line in live.needed) == missing


@pytest.mark.parametrize(
    ("group", "way", "need"),
    [
        (ONE, LIVE, "default groups cannot be changed: give the group one of your own first"),
        (change(ONE, auth_token=True), LIVE, "the AUTH token"),
        (
            change(ONE, users=(User("a", "app", "on", "iam"),)),
            LIVE,
            "a user who may read all keys, SCAN, DUMP and PSUB",
        ),
        (change(ONE, tls="required"), LIVE, "the certificate authority of Amazon"),
        (change(ONE, security_groups=("sg-1",)), LIVE, "port 6379 open from the EKS nodes in sg-1"),
        (ONE, SNAPSHOT, "a bucket in us-east-1 whose policy lets us-east-1.elasticache-snapshot.amazonaws.com write"),
        (ONE, SNAPSHOT, "elasticache:CopySnapshot, and s3:ListAllMyBuckets on *"),
        (change(ONE, version="5.0.6"), SNAPSHOT, "since 6.2: stop them yourself, and use eks.redis.snapshot_export"),
        (SERVERLESS, SNAPSHOT, "elasticache:ExportServerlessCacheSnapshot"),
        (change(ONE, status="modifying"), SNAPSHOT, "status available; it is modifying"),
        (change(ONE, at_rest=True, kms_key="key/1"), SNAPSHOT, "the export is encrypted by the bucket"),
    ],
)
def test_what_must_be_there_first(group: Group, way: str, need: str) -> None:
    (found,) = (each for each in ways(group) if each.name == way)
    assert any(need in line for line in found.needed)


@pytest.mark.parametrize(
    ("group", "line"),
    [
        (ONE, "address: the Service <name>-master in place of the primary endpoint"),
        (CLUSTER, "address: the Service <name>-leader in place of the configuration endpoint"),
        (change(ONE, automatic_failover=False), "address: the Service <name>-master in place of the primary endpoint"),
        (change(ONE, port=7000), "address: .*, port 6379 in place of 7000"),
        (CLUSTER, "address: .* it redirects to the pods' addresses$"),
        (
            change(CLUSTER, tls="required"),
            "address: .* it redirects to names of the pods, .* discovery.nodes gives",
        ),
        (change(ONE, tls="required"), "TLS: another CA signs, .* clients trust it beside that of the cache "),
        (change(ONE, tls="preferred"), "TLS: another CA signs, "),
        (change(ONE, tls="preferred"), "TLS: the cache takes connections without it too, the instance does not: "),
        (
            change(ONE, users=(User("d", "default", "on", "password"), User("a", "app", "on", "password"))),
            "users: until acl.users lists more there is default alone, .* nobody gets in as: app$",
        ),
        (
            change(ONE, users=(User("a", "app", "on", "iam"),)),
            "IAM: its tokens .* clients need that of default, or of a user in acl.users",
        ),
        (ONE, "password: none, as before"),
        (change(ONE, engine="valkey", version="8.0.1"), "engine: Redis 7.2.6 in place of Valkey 8.0.1"),
        (change(ONE, version="6.2.6"), "engine: Redis 7.0.15 in place of Redis OSS 6.2.6; read the notes"),
        (change(ONE, cluster_mode="compatible"), "cluster mode is compatible"),
        (SERVERLESS, "serverless: nobody makes it larger any more"),
        (change(ONE, durability="sync"), "durability sync"),
        (change(ONE, data_tiering=True), "data tiering: all data must fit in memory"),
        (change(ONE, parameters=parameters(rename_commands="KEYS mine")), "command KEYS: clients may call it mine"),
    ],
)
def test_what_clients_notice(group: Group, line: str) -> None:
    assert any(re.match(line, each) for each in breaks(group))


@pytest.mark.parametrize(("tls", "lines"), [(None, 0), ("required", 1), ("preferred", 2)])
def test_clients_notice_of_tls_what_the_instance_will_be(tls: str | None, lines: int) -> None:
    assert sum(line.startswith("TLS: ") for line in breaks(change(ONE, tls=tls))) == lines


def test_the_live_way_is_no_faster_than_it_was_measured() -> None:
    """1 M keys beside 2 000 writes/s: 6 to 9 s for the first pass, one round of some thousand keys."""
    found = forecast.live(ONE)
    assert found.converges
    assert found.keys is not None and 0 < found.keys <= 500
    assert found.seconds is not None and 20 <= found.seconds <= 40
    # large values go at the speed of the network
    assert found.freeze is not None and 0.3 + found.keys / 49_000 <= found.freeze < 0.32


def test_large_values_go_at_the_speed_of_the_network() -> None:
    found = forecast.live(change(ONE, usage=usage(load(bytes=94e9, items=1000, writes=0))))
    assert found.steps[0].seconds == pytest.approx(1000, rel=0.01)


@pytest.mark.parametrize("missing", ["items", "writes"])
def test_what_is_not_known_is_not_computed(missing: str) -> None:
    figures = {name: 1000.0 for name in ("bytes", "items", "writes") if name != missing}
    found = forecast.live(change(ONE, usage=usage(load(**figures))))
    assert (found.seconds, found.freeze, found.keys) == (None, None, None)
    assert found.steps[0].how.startswith("CloudWatch has no ")


def test_the_snapshot_way_takes_as_long_as_its_largest_shard() -> None:
    found = forecast.snapshot(change(ONE, usage=usage(load(bytes=GIBI, items=10))), 1)
    size = GIBI / 1e6
    assert found.freeze == found.seconds == pytest.approx(size / 91 + size / 94 + size / 94 + size / 149 + 10 / 45_000)
    *_steps, shared, compared = forecast.snapshot(CLUSTER, 5).steps
    assert shared.seconds == pytest.approx(1_500_000 / 50_000)
    assert "into 5 shards" in shared.how
    assert compared.frozen and "keys in the largest shard at 45000 keys/s" in compared.how
    assert forecast.snapshot(change(ONE, usage=usage(load(items=1))), 1).freeze is None


def test_the_report_on_one_screen() -> None:
    lines = report(READY)["summary"]
    assert lines[0] == (
        "replication group shop-prod in us-east-1: Redis OSS 7.1.0, cache.r6g.large, cluster mode disabled, 1 shard "
        "with 2 replicas, in us-east-1a, us-east-1b, us-east-1c, TLS off, no password, 9.8 GiB for data in a node, "
        "available"
    )
    assert lines[1].startswith("used in 14 days, at most: 3.0 GiB of memory in the largest shard, 1000000 keys in the ")
    assert lines[2] == "recommended: the way live, freeze 0.3 s"
    assert lines[3] == "parameter notify-keyspace-events: AKE, default other (string)"
    told = "way live: possible; freeze, in which nobody may write: 0.3 s, 322 keys, and what clients take to connect; "
    assert f"{told}in all: 37 s" in lines
    assert report(NINE)["summary"][2] == "recommended: none, see below"
