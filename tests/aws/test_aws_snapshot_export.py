"""Module snapshot_export: from a cache at ElastiCache to RDB files in a bucket, and back to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import redis
from caches import replication_group, sharded
from conftest import Account, Run
from exports import RDBS, SERVICE, Exports, meanwhile

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import waiters
from lab.elasticache import DataPlane


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiters, "_PAUSES", (0.02,))


@pytest.fixture
def exports(run: Run, account: Account) -> Exports:
    return Exports(run, account)


@pytest.fixture
def cache(account: Account) -> dict[str, Any]:
    """A cluster of three shards with data of ours."""
    account.snapshots(*RDBS, polls=2)
    return sharded(account)


def test_data_of_every_shard_come_into_the_bucket(
    exports: Exports, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharded(account)
    with DataPlane(tmp_path, shards=3, replicas=1) as running:
        account.plane("shop-prod", tmp_path)
        with redis.RedisCluster(*running.primaries[0]) as client:
            for number in range(300):
                client.set(f"key-{number}", "kept")
        with meanwhile(monkeypatch, "exporting", lambda: seen.append(exports.policy())):
            seen: list[Any] = []
            found = exports.done()
    name = found["snapshot"]
    assert found["name"] == name and name.startswith("shop-prod-20")
    written = exports.objects()
    assert sorted(written) == [f"{name}-000{shard}.rdb" for shard in (1, 2, 3)]
    assert found["files"] == [f"s3://{exports.bucket}/{key}" for key in sorted(written)]
    assert [each["file"] for each in found["shards"]] == found["files"]
    assert [each["slots"] for each in found["shards"]] == ["0-5460", "5461-10921", "10922-16383"]
    assert [each["bytes"] for each in found["shards"]] == [len(written[key]) for key in sorted(written)]
    assert sum(rdb.count(b"key-") for rdb in written.values()) == 300
    assert set(found["seconds"]) == {"snapshot", "export"}
    assert found["changed"] is True
    # for the time of the export alone, what the guide says
    (statement,) = seen[0]["Statement"]
    assert statement["Principal"] == SERVICE and statement["Effect"] == "Allow"
    assert set(statement) == {"Sid", "Effect", "Principal", "Action", "Resource"}
    assert statement["Action"] == [
        "s3:GetBucketAcl",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    ]
    assert statement["Resource"] == [f"arn:aws:s3:::{exports.bucket}", f"arn:aws:s3:::{exports.bucket}/*"]
    assert exports.policy() is None


def test_again_it_changes_nothing_and_tells_the_same(exports: Exports, cache: Any) -> None:
    first = exports.done()
    before = len(exports.writes())
    predicted, again = exports.done(check=True), exports.done()
    assert exports.writes(before) == []
    for each in (predicted, again):
        assert each["changed"] is False
        assert {key: each[key] for key in ("snapshot", "name", "files", "shards")} == {
            key: first[key] for key in ("snapshot", "name", "files", "shards")
        }
        assert each["seconds"] == {}
    assert exports.objects() == dict(zip([url.rpartition("/")[2] for url in first["files"]], RDBS, strict=True))


def test_check_mode_predicts_and_writes_nothing(exports: Exports, cache: Any) -> None:
    before = len(exports.writes())
    predicted = exports.done(check=True, name="export")
    assert exports.writes(before) == []
    assert predicted["changed"] is True
    assert predicted["files"] == [f"s3://{exports.bucket}/export-000{shard}.rdb" for shard in (1, 2, 3)]
    assert {each["bytes"] for each in predicted["shards"]} == {None}
    done = exports.done(name="export")
    assert (done["files"], done["snapshot"], done["name"]) == (predicted["files"], "export", "export")
    assert exports.snapshots() == {"export": "available"}


def test_another_name_is_another_export(exports: Exports, cache: Any) -> None:
    first, second = exports.done(name="first"), exports.done(name="second")
    assert set(exports.snapshots()) == {"first", "second"}
    assert len({*first["files"], *second["files"]}) == 6


def test_a_snapshot_of_the_user(exports: Exports, cache: Any) -> None:
    exports.snapshot("mine")
    found = exports.done(snapshot="mine")
    assert (found["snapshot"], found["name"]) == ("mine", "mine")
    assert sorted(exports.objects()) == [f"mine-000{shard}.rdb" for shard in (1, 2, 3)]
    assert exports.done(snapshot="mine")["changed"] is False
    other = exports.done(snapshot="mine", name="other")
    assert other["name"] == "other" and len(exports.objects()) == 6
    gone = exports.done(snapshot="mine", name="other", state="absent")
    assert gone["changed"] is True
    assert sorted(exports.objects()) == [f"mine-000{shard}.rdb" for shard in (1, 2, 3)]
    assert exports.snapshots() == {"mine": "available"}
    assert exports.done(snapshot="mine", name="other", state="absent")["changed"] is False


def test_without_cluster_mode_there_is_one_file_and_no_slots(exports: Exports, account: Account) -> None:
    account.snapshots(RDBS[0])
    replication_group(account)
    (shard,) = exports.done(name="export")["shards"]
    url = f"s3://{exports.bucket}/export-0001.rdb"
    assert shard == {"file": url, "bytes": len(RDBS[0]), "slots": None}


def test_statements_of_others_stay_as_they_are(exports: Exports, cache: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = exports.let_others_in()
    with meanwhile(monkeypatch, "exporting", lambda: seen.append(exports.policy())):
        seen: list[Any] = []
        exports.done()
    assert {**seen[0], "Statement": seen[0]["Statement"][:1]} == theirs
    assert len(seen[0]["Statement"]) == 2
    assert exports.policy() == theirs


def test_a_serverless_cache(exports: Exports, account: Account) -> None:
    account.snapshots(*RDBS)
    account.client("elasticache").create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    found = exports.done("carts", name="export")
    assert found["files"] == [f"s3://{exports.bucket}/export-000{shard}.rdb" for shard in (1, 2, 3)]
    assert [each["slots"] for each in found["shards"]] == [None] * 3
    assert exports.done("carts", name="export")["changed"] is False
    assert exports.done("carts", snapshot="export")["files"] == found["files"]
    assert exports.done("carts", name="export", state="absent")["changed"] is True
    assert exports.objects() == {}


def test_all_of_it_goes_and_nothing_else(exports: Exports, cache: Any) -> None:
    exports.snapshot("mine")
    theirs = exports.let_others_in()
    exports.s3.put_object(Bucket=exports.bucket, Key="other.rdb", Body=b"x")
    exports.done()
    before = len(exports.writes())
    predicted = exports.done(state="absent", check=True)
    assert exports.writes(before) == []
    done = exports.done(state="absent")
    assert predicted["summary"] == done["summary"] and predicted["changed"] is done["changed"] is True
    assert exports.objects() == {"other.rdb": b"x"}
    assert exports.snapshots() == {"mine": "available"}
    assert exports.policy() == theirs
    assert exports.elasticache.describe_replication_groups()["ReplicationGroups"][0]["Status"] == "available"
    again = exports.done(state="absent")
    assert (again["changed"], again["summary"], again["files"]) == (False, ["nothing was left"], [])


def test_all_of_it_goes_also_when_the_cache_is_gone(exports: Exports, account: Account, cache: Any) -> None:
    exports.done()
    account.no_plane("shop-prod")
    assert exports.done(state="absent")["changed"] is True
    assert (exports.objects(), exports.snapshots()) == ({}, {})


def test_after_it_went_it_is_made_anew(exports: Exports, cache: Any) -> None:
    exports.done(name="first")
    exports.done(name="first", state="absent")
    while exports.elasticache.describe_snapshots()["Snapshots"]:
        pass
    assert exports.done(name="first")["changed"] is True


def test_what_it_waits_for_is_told(exports: Exports, cache: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="eks.redis"):
        exports.done(name="export")
    sid = next(line.split()[-7] for line in caplog.messages if line.startswith("added for"))
    where = f"statement {sid} in the policy of bucket {exports.bucket}"
    assert caplog.messages == [
        "created: snapshot export of replication group shop-prod",
        "snapshot export is creating",
        f"added for the time of the export: {where}",
        "snapshot export is exporting, 0 of 3 files are there",
        f"taken away again: {where}",
        f"exported: snapshot export to 3 files in bucket {exports.bucket}",
    ]
