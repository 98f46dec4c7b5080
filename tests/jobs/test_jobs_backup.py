"""Backups of real servers into the stand-in's S3: what is stored is what the server held, and the manifest says so."""

from __future__ import annotations

import base64
import hashlib
import signal
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis
from clients import dataset
from conftest import Start
from jobs.bucket import BASE, ONCE, Bucket, Job
from jobs.groups import cluster, replicated
from jobs.servers import Server, until

from ansible_collections.eks.redis.plugins.module_utils.datapath import manifest, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest
from ansible_collections.eks.redis.plugins.module_utils.datapath.version import VERSION

PASSWORD = "correct-horse/battery:staple"


def client(server: Server) -> redis.Redis:
    return redis.Redis(server.host, server.port, password=server.password or None)


def back_up(bucket: Bucket, *servers: Server, mode: str = "standalone", **given: object) -> tuple[Manifest, Job]:
    job = Job(bucket, "backup", bucket.settings(*servers, mode=mode, **given), servers[0].password)  # type: ignore[arg-type]
    return bucket.manifest(job.done()["set"]), job


def restored(bucket: Bucket, made: Manifest, start: Start, folder: Path, number: int = 0) -> Server:
    """A server that has loaded a file of a set."""
    (folder / f"restored-{number}").mkdir()
    stored = bucket.read(f"{made.set}/{made.shards[number].file}")
    (folder / f"restored-{number}" / "dump.rdb").write_bytes(stored)
    assert hashlib.sha256(stored).hexdigest() == made.shards[number].sha256
    return start(f"restored-{number}", "--databases", "1024")


def test_a_set_holds_all_that_the_server_held(start: Start, bucket: Bucket, tmp_path: Path) -> None:
    server = start("cache-0", password=PASSWORD)
    dataset.fill(client(server), 100)
    before = dataset.read(client(server))
    made, job = back_up(bucket, server)
    assert dataset.read(client(restored(bucket, made, start, tmp_path))) == before
    assert PASSWORD not in job.text


def test_the_manifest_says_what_was_copied(start: Start, bucket: Bucket) -> None:
    server = start("cache-0")
    one = client(server)
    one.mset({f"key:{number}": "x" for number in range(100)})
    one.set("gone soon", "x", ex=1000)
    one.function_load("#!lua name=shop\nredis.register_function('total', function(keys) return 1 end)")
    made, job = back_up(bucket, server)
    (shard,) = made.shards
    stored = bucket.read(f"{made.set}/{shard.file}")
    info = server.info()
    assert (made.namespace, made.name, made.mode) == ("apps", "cache", "standalone")
    assert (made.engine, made.engine_version, made.collection_version) == ("redis", info["redis_version"], VERSION)
    assert (shard.file, shard.slots, shard.rdb_magic) == ("shard-00000.rdb", slots.EVERY, "REDIS0010")
    assert (shard.bytes, shard.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    assert (shard.keys, shard.expires, shard.keys_exact, shard.functions) == ({"0": 101}, {"0": 1}, True, 1)
    assert (shard.source.pod, shard.source.role, shard.source.lag_bytes) == (
        f"{server.host}:{server.port}",
        "master",
        0,
    )
    assert (shard.replid, made.skew_seconds) == (info["master_replid"], 0)
    assert int(made.started.timestamp()) <= shard.ctime <= int(made.finished.timestamp())
    # there is one part
    assert base64.b64decode(shard.checksum) == zlib.crc32(zlib.crc32(stored).to_bytes(4, "big")).to_bytes(4, "big")
    assert made.encryption == manifest.Encryption("aws:kms", bucket.key)
    versions = bucket.s3.list_object_versions(Bucket=bucket.name, Prefix=f"{BASE}{made.set}/shard")["Versions"]
    assert [each["VersionId"] for each in versions] == [shard.version_id]
    said = [each["event"] for each in job.events if each["event"] != "progress"]
    assert said == ["started", "source", "stored", "done"]
    done = job.said("done")[0]
    assert (done["set"], done["bytes"], done["keys"], done["problems"]) == (made.set, shard.bytes, 101, [])


def test_other_databases_are_counted_at_the_server(start: Start, bucket: Bucket) -> None:
    """Only of its first database does an RDB say at its beginning how many keys it has."""
    server = start("cache-0")
    for database in (1, 3):
        other = redis.Redis(server.host, server.port, db=database)
        other.mset({f"key:{number}": "x" for number in range(10 * database)})
    (shard,) = back_up(bucket, server)[0].shards
    assert (shard.keys, shard.keys_exact) == ({"1": 10, "3": 30}, False)


def test_the_key_of_the_flavour_encrypts_all(start: Start, bucket: Bucket) -> None:
    other = bucket.account.client("kms").create_key()["KeyMetadata"]["Arn"]
    made, _job = back_up(bucket, start("cache-0"), kms_key=other)
    for file in ("manifest.json", "shard-00000.rdb"):
        stored = bucket.s3.head_object(Bucket=bucket.name, Key=f"{BASE}{made.set}/{file}")
        assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", other)
    assert made.encryption.key == other


def test_a_copy_that_the_server_makes_on_its_disk_has_no_mark(start: Start, bucket: Bucket, tmp_path: Path) -> None:
    server = start("cache-0", "--repl-diskless-sync", "no")
    dataset.fill(client(server), 50)
    made, _job = back_up(bucket, server)
    assert dataset.read(client(restored(bucket, made, start, tmp_path))) == dataset.read(client(server))
    assert bucket.read(f"{made.set}/shard-00000.rdb") == (tmp_path / "restored-0" / "dump.rdb").read_bytes()


@pytest.mark.parametrize("size", [8 * 2**20 - 41, 8 * 2**20 - 20, 8 * 2**20 - 1, 8 * 2**20, 8 * 2**20 + 21])
def test_the_mark_may_lie_on_the_edge_of_a_part(size: int, start: Start, bucket: Bucket) -> None:
    """The RDB of a given size: a value that is as long as it takes."""
    server = start("cache-0", "--rdbcompression", "no", "--rdbchecksum", "no")
    one = client(server)
    value = "x" * (8 * 2**20 - 1000)
    one.set("key", value)
    length = back_up(bucket, server)[0].bytes
    one.set("key", value + "x" * (size - length))
    made, _job = back_up(bucket, server)
    stored = bucket.read(f"{made.set}/shard-00000.rdb")
    # nothing but times and offsets differs from one RDB to the next
    assert abs(made.bytes - size) <= 8
    assert stored.endswith(b"\xff" + bytes(8))
    assert made.shards[0].sha256 == hashlib.sha256(stored).hexdigest()


def test_a_replica_is_the_source(start: Start, bucket: Bucket) -> None:
    master, one, other = replicated(start, 2)
    client(master).set("key", "value")
    syncs = int(master.info()["sync_full"])
    (shard,) = back_up(bucket, master, one, other)[0].shards
    assert shard.source.role == "slave"
    assert shard.source.pod in {f"{each.host}:{each.port}" for each in (one, other)}
    assert shard.replid == master.info()["master_replid"]
    assert int(master.info()["sync_full"]) == syncs


def links_down(master: Server, replica: Server) -> None:
    replica.ask("REPLICAOF", "127.0.0.1", 1)
    until(lambda: replica.info()["master_link_status"] == "down")


def hangs(master: Server, replica: Server) -> None:
    replica.process.send_signal(signal.SIGSTOP)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(links_down, "its link to the master is down"), (hangs, "no answer (INFO: no answer in time")],
)
def test_the_master_is_the_source_where_no_replica_fits(
    trouble: Callable[[Server, Server], None], reason: str, start: Start, bucket: Bucket
) -> None:
    master, replica = replicated(start, 1)
    trouble(master, replica)
    made, job = back_up(bucket, master, replica)
    assert made.shards[0].source.role == "master"
    assert reason in job.said("source")[0]["reason"]


def test_a_replica_that_is_too_far_behind_is_none(start: Start, bucket: Bucket) -> None:
    master, replica = replicated(start, 1)
    limits = replace(ONCE, max_lag=-1)  # not even one that is not behind
    made, job = back_up(bucket, master, replica, source=limits)
    assert made.shards[0].source.role == "master"
    assert "it is 0 bytes behind the master, -1 are allowed" in job.said("source")[0]["reason"]


def test_every_shard_of_a_cluster_comes_from_its_own_pods(start: Start, bucket: Bucket, tmp_path: Path) -> None:
    pods = cluster(start, 3, replicas=1)
    for number in range(300):
        slot = slots.key_slot(f"key:{number}".encode())
        owner = next(pod for pod in pods if any(first <= slot <= last for first, last in pod.slots))
        client(owner.server).set(f"key:{number}", number)
    # in whatever order they are named
    made, job = back_up(bucket, *(pod.server for pod in reversed(pods)), mode="cluster")
    assert [(shard.file, shard.slots) for shard in made.shards] == [
        ("shard-00000.rdb", ((0, 5460),)),
        ("shard-05461.rdb", ((5461, 10922),)),
        ("shard-10923.rdb", ((10923, 16383),)),
    ]
    assert (made.mode, made.total_keys, {shard.source.role for shard in made.shards}) == ("cluster", 300, {"slave"})
    times = [shard.ctime for shard in made.shards]
    assert made.skew_seconds == max(times) - min(times)
    for number, shard in enumerate(made.shards):
        found = client(restored(bucket, made, start, tmp_path, number)).keys()
        assert len(found) == shard.keys["0"]
        assert all(shard.slots[0][0] <= slots.key_slot(key) <= shard.slots[0][1] for key in found)
    assert len(job.said("stored")) == 3


def test_the_slots_are_those_of_the_cluster_itself(start: Start, bucket: Bucket) -> None:
    """Moved ones belong to the shard that has them now, and a shard is named by its lowest slot, not by its number."""
    pods = cluster(start, 3)
    for pod in pods:
        pod.server.ask("CLUSTER", "SETSLOT", 0, "NODE", pods[2].id)
    made, _job = back_up(bucket, *(pod.server for pod in pods), mode="cluster")
    assert [(shard.file, shard.slots) for shard in made.shards] == [
        ("shard-00000.rdb", ((0, 0), (10923, 16383))),
        ("shard-00001.rdb", ((1, 5460),)),
        ("shard-05461.rdb", ((5461, 10922),)),
    ]


def test_instances_do_not_meet_in_a_bucket(start: Start, bucket: Bucket) -> None:
    server = start("cache-0")
    back_up(bucket, server)
    back_up(bucket, server)
    Job(bucket, "backup", bucket.settings(server, name="cache-2")).done()
    listed = Job(bucket, "list", bucket.settings(server))
    assert listed.done()["sets"] == 2
    assert {each["state"] for each in listed.said("set")} == {"complete"}
    assert len([file for file in bucket.files() if file.endswith("manifest.json")]) == 3


def test_an_empty_instance_is_backed_up_and_said_to_be_empty(start: Start, bucket: Bucket) -> None:
    """As it is after a FLUSHALL: nothing tells a set without keys from one that lost them, so it is not hidden."""
    server = start("cache-0")
    client(server).set("key", "value")
    server.ask("FLUSHALL")
    made, job = back_up(bucket, server)
    assert (made.shards[0].keys, made.shards[0].keys_exact) == ({}, True)
    assert job.said("warning")[0]["reason"] == "the set holds no keys at all"
