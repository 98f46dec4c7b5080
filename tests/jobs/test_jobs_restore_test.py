"""The restore test with a real Redis and the AWS stand-in: what is whole is proven, nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jobs import sets
from jobs.bucket import BASE, Bucket, Job
from jobs.conftest import Start
from jobs.servers import Sidecar
from jobs.sets import THIRDS, Part

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.jobs import restore_test, s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError

Test = Callable[..., dict[str, Any]]


@pytest.fixture
def sidecar(tmp_path: Path) -> Iterator[Sidecar]:
    one = Sidecar(tmp_path / "work")
    yield one
    one.stop()


@pytest.fixture
def tested(bucket: Bucket, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch) -> Test:
    """Runs the test as its job does: its store is the bucket's, its loader the one here."""
    monkeypatch.setattr(s3, "client", lambda region: bucket.account.client("s3"))
    monkeypatch.setattr(restore_test, "Loader", lambda: sidecar.loader)

    def run(**settings: Any) -> dict[str, Any]:
        return restore_test.main(replace(bucket.settings(), **settings))

    return run


def verdict(bucket: Bucket, name: str) -> dict[str, Any]:
    return dict(json.loads(bucket.read(f"{name}/{keys.VERDICT}")))


def test_what_the_backup_made_is_proven(bucket: Bucket, start: Start, sidecar: Sidecar, tested: Test) -> None:
    redis = start("cache-0", "--enable-debug-command", "yes")
    redis.ask("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    for number in range(500):
        redis.ask("SET", f"key:{number}", number)
    redis.ask("SET", "short", "x", "PX", 1)  # it is copied as any other: nobody has asked for it since
    redis.ask("FUNCTION", "LOAD", sets.LIBRARY)
    settings: Settings = bucket.settings(redis)
    made = Job(bucket, "backup", settings).done()["set"]
    done = tested()
    assert (done["set"], done["keys"]) == (made, 500)
    found = verdict(bucket, made)
    assert (found["verified"], found["problems"], found["engine_version"]) == (True, [], "7.0.15")
    (shard,) = found["shards"]
    assert (shard["keys"], shard["expired"], shard["foreign"]) == (500, 1, 0)
    (one,) = bucket.store().sets()
    assert one.verified
    # nothing is left on the scratch volume
    assert [path.name for path in sidecar.folder.iterdir() if path.suffix == ".rdb"] == []


def test_before_the_first_backup_there_is_nothing_to_test(
    bucket: Bucket, tested: Test, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tested()["set"] is None
    assert "there is no complete set yet" in capsys.readouterr().out
    # nor while it is under way
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{BASE}20261129T020000Z-abcd/shard-00000.rdb", Body=b"REDIS")
    assert tested()["set"] is None


@pytest.fixture
def thirds(start: Start) -> list[Part]:
    redis = start("source")
    return [sets.part(redis, share, 40 + number, functions=1) for number, share in enumerate(THIRDS)]


def test_every_shard_of_a_cluster_is_loaded(
    bucket: Bucket, thirds: list[Part], tested: Test, capsys: pytest.CaptureFixture[str]
) -> None:
    made = sets.lay(bucket, thirds)
    assert tested()["keys"] == 123
    assert [shard["keys"] for shard in verdict(bucket, made.set)["shards"]] == [40, 41, 42]
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["file"] for event in events if event["event"] == "shard"] == [shard.file for shard in made.shards]


def test_a_set_whose_shards_changed_places_is_not_proven(bucket: Bucket, thirds: list[Part], tested: Test) -> None:
    """The counts are right, and so is every digest: only the slots tell."""
    first, second, third = thirds
    swapped = [replace(second, slots=first.slots), replace(first, slots=second.slots), third]
    made = sets.lay(bucket, swapped)
    with pytest.raises(JobError, match=f"^set {made.set} is not proven: shard-00000.rdb: 41 of 41 keys belong to"):
        tested()
    found = verdict(bucket, made.set)
    assert found["verified"] is False
    assert [shard["foreign"] for shard in found["shards"]] == [41, 40, 0]
    assert not bucket.store().sets()[0].verified


def flipped(rdb: bytes) -> bytes:
    return rdb.replace(b"value of", b"valve of", 1)


@pytest.mark.parametrize(
    ("broken", "told", "problem"),
    [
        (flipped, lambda part: part, "shard-00000.rdb is not what was written: its SHA-256"),
        (flipped, lambda part: replace(part, rdb=flipped(part.rdb)), "cannot be loaded: Wrong RDB checksum"),
        (lambda rdb: rdb[:-50], lambda part: replace(part, rdb=part.rdb[:-50]), "cannot be loaded: Short read"),
        (lambda rdb: rdb, lambda part: replace(part, keys=part.keys + 1), "20 keys, and 0 that had expired, instead"),
        (lambda rdb: rdb, lambda part: replace(part, functions=2), "0 libraries of functions instead of 2"),
        (
            lambda rdb: b"REDIS0012" + rdb[9:],
            lambda part: replace(part, rdb=b"REDIS0012" + part.rdb[9:]),
            "the RDB is of Redis 7.4 or newer, version 12 .REDIS0012., Redis 7.0.15 reads up to version 10",
        ),
    ],
    ids=["altered", "altered with its digest", "torn", "fewer keys", "functions", "newer"],
)
def test_what_is_not_as_it_was_is_told(
    bucket: Bucket,
    start: Start,
    tested: Test,
    broken: Callable[[bytes], bytes],
    told: Callable[[Part], Part],
    problem: str,
) -> None:
    """broken: what lies in the bucket. told: what the manifest speaks of."""
    whole = sets.part(start("source"), slots.EVERY, 20)
    made = sets.lay(bucket, [replace(whole, rdb=broken(whole.rdb))], sets.manifest([told(whole)]))
    with pytest.raises(JobError, match=f"is not proven: .*{problem}"):
        tested()
    assert verdict(bucket, made.set)["verified"] is False
    with pytest.raises(DatapathError, match="there is no verified set"):
        tested(set="latest verified")


def test_where_it_cannot_be_told_there_is_no_verdict(
    bucket: Bucket, start: Start, tested: Test, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sets.lay(bucket, [sets.part(start("source"), slots.EVERY, 20)])
    client = bucket.account.client("s3")
    get_object = client.get_object

    def denied(**params: Any) -> Any:
        if params["Key"].endswith(".rdb"):
            return client.get_object_acl(Bucket="somebody-elses", Key="x")
        return get_object(**params)

    monkeypatch.setattr(client, "get_object", denied)
    monkeypatch.setattr(s3, "client", lambda region: client)
    with pytest.raises(s3.S3Error, match="NoSuchBucket"):
        tested()
    assert f"{made.set}/{keys.VERDICT}" not in bucket.files()


def test_a_later_test_replaces_the_verdict(bucket: Bucket, start: Start, tested: Test) -> None:
    whole = sets.part(start("source"), slots.EVERY, 20)
    made = sets.lay(bucket, [replace(whole, rdb=flipped(whole.rdb))], sets.manifest([whole]))
    with pytest.raises(JobError):
        tested()
    bucket.s3.put_object(**bucket.store().place(made.set, made.shards[0].file), Body=whole.rdb)
    assert tested(set=made.set)["keys"] == 20
    assert verdict(bucket, made.set)["verified"] is True


def test_where_all_sets_are_damaged_it_says_so(bucket: Bucket, tested: Test) -> None:
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{BASE}20261129T020000Z-abcd/{keys.MANIFEST}", Body=b"{}")
    with pytest.raises(DatapathError, match=r"^there is no complete set; there are 20261129T020000Z-abcd \(damaged\)$"):
        tested()
