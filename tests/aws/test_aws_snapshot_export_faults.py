"""Module snapshot_export when things go wrong: one line, what is left, and that the next run goes on from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from caches import replication_group, sharded
from conftest import Account, Run
from exports import RDBS, Exports, meanwhile

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import waiters
from lab.aws.request import backend, kept
from lab.aws.supply.elasticache_snapshots import snapshots

FILES = [f"export-000{shard}.rdb" for shard in (1, 2, 3)]
NAMED = {"name": "export"}


class Killed(BaseException):
    """As a run that somebody ends."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiters, "_PAUSES", (0.02,))
    monkeypatch.setattr(waiters, "_LET_IN", 0.02)
    monkeypatch.setattr(waiters, "_PATIENCE", 0.1)


@pytest.fixture
def exports(run: Run, account: Account) -> Exports:
    account.snapshots(*RDBS, polls=2)
    sharded(account)
    return Exports(run, account)


def sid(exports: Exports) -> str:
    """Of the statement that is left."""
    (statement,) = (exports.policy() or {})["Statement"]
    return str(statement["Sid"])


def recovers(exports: Exports) -> None:
    """The same again: from the same snapshot, all files, and nothing else left."""
    before = exports.snapshots()
    assert exports.done(**NAMED)["files"] == [f"s3://{exports.bucket}/{key}" for key in FILES]
    assert exports.objects() == dict(zip(FILES, RDBS, strict=True))
    assert set(exports.snapshots()) == {*before, "export"}
    assert exports.policy() is None


def vanish(account: Account) -> None:
    kept(backend("elasticache", account.number, account.region), snapshots).clear()


@pytest.mark.parametrize("status", ["creating", "exporting"])
def test_a_run_that_is_killed_is_taken_up(exports: Exports, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    def kill() -> None:
        raise Killed

    with monkeypatch.context() as patch, meanwhile(patch, status, kill), pytest.raises(Killed):
        exports.export(**NAMED)
    assert (exports.policy() is None) is (status == "creating")
    recovers(exports)
    assert [each for each in exports.writes() if "CreateSnapshot" in each] == ["elasticache:CreateSnapshot"]


def test_a_run_that_is_killed_while_aws_writes_and_says_nothing_of_it(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill() -> None:
        raise Killed

    account.snapshots(*RDBS, polls=5, silent=True)
    with monkeypatch.context() as patch, meanwhile(patch, "0 of 3 files", kill), pytest.raises(Killed):
        exports.export(**NAMED)
    recovers(exports)
    assert [each for each in exports.writes() if "CopySnapshot" in each] == ["elasticache:CopySnapshot"]


@pytest.mark.parametrize("operation", ["PutBucketPolicy", "CopySnapshot"])
def test_a_run_that_is_killed_before_aws_writes_is_taken_up(
    exports: Exports, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    def kill(*_: Any, **__: Any) -> None:
        raise Killed

    what = {"PutBucketPolicy": "lent.lend", "CopySnapshot": "snapshots.export"}[operation]
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(f"ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.export.{what}", kill)
        exports.export(**NAMED)
    recovers(exports)


def test_an_unnamed_run_that_was_killed_is_taken_up(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill() -> None:
        raise Killed

    with monkeypatch.context() as patch, meanwhile(patch, "exporting", kill), pytest.raises(Killed):
        exports.export()
    (name,) = exports.snapshots()
    assert exports.done()["snapshot"] == name
    assert list(exports.snapshots()) == [name]


def test_time_is_up_while_the_snapshot_is_made(exports: Exports, account: Account) -> None:
    account.snapshots(*RDBS, polls=10**6)
    assert exports.refused(**NAMED, timeout=1) == (
        "snapshot export is still creating at the end of the timeout; snapshot export is kept: run the same again to "
        "go on"
    )
    assert exports.policy() is None


def test_time_is_up_while_it_is_exported(exports: Exports, account: Account) -> None:
    exports.snapshot("mine")
    account.snapshots(*RDBS, polls=10**6)
    told = exports.refused(snapshot="mine", **NAMED, timeout=1)
    assert told == (
        "0 of 3 files are there at the end of the timeout; AWS goes on exporting; left for it: statement "
        f"{sid(exports)} in the policy of bucket {exports.bucket}; run the same again to wait for the files, or with "
        "state absent to take all of it away"
    )


@pytest.mark.parametrize("code", ["ExpiredToken", "Throttling"])
def test_aws_no_longer_answers_while_it_exports(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def fail() -> None:
        account.fail("elasticache", "DescribeSnapshots", code, times=1)

    with monkeypatch.context() as patch, meanwhile(patch, "exporting", fail):
        told = exports.refused(**NAMED, aws_config={"retries": {"total_max_attempts": 1}})
    left = f"AWS goes on exporting; left for it: snapshot export and statement {sid(exports)} in the policy of bucket"
    assert left in told and told.endswith("or with state absent to take all of it away")
    assert {"ExpiredToken": "renew them", "Throttling": "AWS throttled this call"}[code] in told
    recovers(exports)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("Throttling", "elasticache:CopySnapshot: AWS throttled this call each time it was tried"),
        ("InvalidSnapshotState", "AWS is at work on this snapshot: run again when it is available"),
    ],
)
def test_an_export_that_is_refused_leaves_no_statement(
    exports: Exports, account: Account, code: str, told: str
) -> None:
    account.fail("elasticache", "CopySnapshot", code, times=1)
    found = exports.refused(**NAMED, aws_config={"retries": {"total_max_attempts": 1}})
    assert told in found and found.endswith("; snapshot export is kept: run the same again to go on")
    assert exports.policy() is None
    recovers(exports)


def test_a_statement_that_cannot_be_taken_away_is_told(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.snapshots(*RDBS, polls=1, lost=True)
    monkeypatch.setattr(waiters, "_IDLE", 2)
    account.fail("s3", "DeleteBucketPolicy", "AccessDenied", times=1)
    told = exports.refused(**NAMED)
    assert f"; left: statement {sid(exports)} in the policy of bucket {exports.bucket} (s3:DeleteBucketPolicy" in told


def test_an_export_that_ends_without_its_files(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiters, "_IDLE", 2)
    account.snapshots(*RDBS, polls=1, lost=True)
    told = exports.refused(**NAMED)
    assert told.startswith(f"the export of snapshot export has ended with 0 of 3 files in bucket {exports.bucket}: ")
    assert told.endswith("; snapshot export is kept: run the same again to go on")
    assert exports.policy() is None
    account.snapshots(*RDBS)
    recovers(exports)


def test_a_snapshot_that_fails(exports: Exports, account: Account) -> None:
    account.snapshots(*RDBS, fails=True)
    told = (
        "snapshot export is failed: take it away, with state absent if eks.redis made it; nothing was written to "
        f"bucket {exports.bucket}, run again"
    )
    assert exports.refused(**NAMED) == told
    assert exports.refused(**NAMED) == told
    account.snapshots(*RDBS)
    assert exports.done(**NAMED, state="absent")["changed"] is True
    assert exports.snapshots() == {}


@pytest.mark.parametrize("status", ["creating", "exporting"])
def test_somebody_deletes_the_snapshot_meanwhile(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    with monkeypatch.context() as patch, meanwhile(patch, status, lambda: vanish(account)):
        told = exports.refused(**NAMED)
    assert told.startswith("snapshot export is gone: somebody deleted it ")
    assert exports.policy() is None
    groups = backend("elasticache", account.number, account.region).replication_groups
    groups["shop-prod"].status = "available"
    recovers(exports)


def test_an_export_of_which_aws_says_nothing(exports: Exports, account: Account) -> None:
    account.snapshots(*RDBS, polls=30, silent=True)
    recovers(exports)


def test_a_policy_that_elasticache_does_not_see_yet(exports: Exports, account: Account) -> None:
    message = f"ElastiCache has not been granted READ permissions {exports.bucket} on the S3 Bucket."
    account.fail("elasticache", "CopySnapshot", "InvalidParameterValue", message=message, times=2)
    assert exports.done(**NAMED)["changed"] is True


def test_a_deny_of_others_keeps_elasticache_out(exports: Exports) -> None:
    denied = {
        "Sid": "Closed",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{exports.bucket}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [denied]}
    allowed = {"StringNotLike": {"aws:PrincipalArn": "arn:aws:sts::*"}}
    policy["Statement"][0]["Condition"] = allowed
    exports.s3.put_bucket_policy(Bucket=exports.bucket, Policy=json.dumps(policy))
    told = exports.refused(**NAMED)
    assert "ElastiCache has not been granted WRITE permissions" in told
    assert "look for a Deny in it" in told
    assert exports.policy() == policy


def test_twenty_a_day(exports: Exports, account: Account) -> None:
    account.fail("elasticache", "CreateSnapshot", "SnapshotQuotaExceededFault", times=1)
    assert exports.refused(**NAMED).endswith(
        "AWS makes 20 manual snapshots of a node in 24 hours: wait, or name one that is there with option snapshot"
    )


def test_a_cache_that_aws_is_at_work_on_is_waited_for(
    exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = backend("elasticache", account.number, account.region).replication_groups["shop-prod"]
    group.status = "modifying"
    assert exports.refused(**NAMED, timeout=0).startswith(
        "replication group shop-prod is still modifying at the end of the timeout"
    )
    with meanwhile(monkeypatch, "modifying", lambda: setattr(group, "status", "available")):
        recovers(exports)


def test_what_an_earlier_run_left_in_the_policy_goes(exports: Exports) -> None:
    exports.done(**NAMED)
    from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import Target, statement

    left = statement(Target(exports.bucket, "export"), "us-east-1", "aws")
    exports.s3.put_bucket_policy(
        Bucket=exports.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [left]})
    )
    predicted, done = exports.done(**NAMED, check=True), exports.done(**NAMED)
    assert predicted["changed"] is done["changed"] is True
    assert (
        predicted["summary"][0]
        == done["summary"][0]
        == (f"deleted: statement {left['Sid']} in the policy of bucket {exports.bucket}")
    )
    assert exports.policy() is None
    assert exports.done(**NAMED)["changed"] is False


def test_files_of_an_export_that_did_not_end_are_written_again(exports: Exports) -> None:
    exports.done(**NAMED)
    exports.s3.delete_object(Bucket=exports.bucket, Key=FILES[1])
    recovers(exports)


def test_an_export_under_way_is_taken_away(exports: Exports, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    exports.snapshot("mine")
    account.snapshots(*RDBS, polls=50)
    exports.refused(snapshot="mine", **NAMED, timeout=0)
    assert exports.done(snapshot="mine", **NAMED, state="absent")["changed"] is True
    assert (exports.objects(), exports.policy(), exports.snapshots()) == ({}, None, {"mine": "available"})


def beforehand(exports: Exports, **given: Any) -> str:
    """It is refused before anything was written."""
    before = len(exports.writes())
    told = exports.refused(**given)
    assert exports.refused(**given, check=True) == told
    assert exports.writes(before) == []
    return told


def _far(exports: Exports) -> str:
    name = f"far-{exports.account.number}"
    west = {"LocationConstraint": "us-west-2"}
    exports.account.client("s3", "us-west-2").create_bucket(Bucket=name, CreateBucketConfiguration=west)
    return name


@pytest.mark.parametrize(
    ("bucket", "told"),
    [
        (lambda _exports: "nobodys", "bucket nobodys is not there; make it with module backup_bucket, or name another"),
        (lambda _exports: "s3://x", "bucket 's3://x': no bucket has such a name; give its name, no ARN and no URL"),
        (_far, "is in region us-west-2, the cache in us-east-1: AWS exports into buckets of the same region only"),
    ],
)
def test_buckets_that_cannot_be(exports: Exports, bucket: Callable[[Exports], str], told: str) -> None:
    assert told in beforehand(exports, bucket=bucket(exports))


def test_data_on_disks(exports: Exports, account: Account) -> None:
    replication_group(account, "tiered", DataTieringEnabled=True, CacheNodeType="cache.r6gd.xlarge")
    exports.snapshot("mine", "tiered")
    for given, what in (({}, "replication group tiered"), ({"snapshot": "mine"}, "snapshot mine")):
        assert exports.refused("tiered", **given) == (
            f"{what} has data tiering, and AWS does not export data that are on disks: take the way live"
        )


def test_snapshots_that_cannot_be(exports: Exports, account: Account) -> None:
    assert beforehand(exports, snapshot="mine") == (
        "snapshot mine is not there in region us-east-1; there is none of shop-prod"
    )
    replication_group(account, "other")
    exports.snapshot("theirs", "other")
    exports.snapshot("mine")
    assert beforehand(exports, snapshot="mini").endswith("of shop-prod there are: mine")
    told = "snapshot theirs is of replication group other, not of shop-prod"
    assert beforehand(exports, snapshot="theirs") == told
    assert beforehand(exports, name="mine") == (
        "snapshot mine is there and was not made by eks.redis: give it as option snapshot, or choose another name"
    )


def test_files_of_others_are_no_files_of_ours(exports: Exports) -> None:
    exports.s3.put_object(Bucket=exports.bucket, Key="export-0001.rdb", Body=b"theirs")
    told = f"s3://{exports.bucket}/export-0001.rdb is there, and nothing says that it is of this snapshot: "
    assert beforehand(exports, **NAMED) == f"{told}choose another name, or take it away"
    found = exports.done(**NAMED, state="absent")
    assert found["changed"] is False
    assert found["warnings"] == [
        f"s3://{exports.bucket}/export-0001.rdb stays: nothing says that it is of an export by eks.redis; it goes "
        f"with: aws s3 rm s3://{exports.bucket}/export-0001.rdb"
    ]
    assert exports.objects() == {"export-0001.rdb": b"theirs"}


@pytest.mark.parametrize("name", ["Export", "a/b", "1st", "a--b", "end-"])
def test_names_that_cannot_be(exports: Exports, name: str) -> None:
    assert beforehand(exports, name=name).startswith(f"name {name!r}: it has a-z, 0-9 and single hyphens")


def test_files_of_a_serverless_cache_are_called_as_its_snapshot(exports: Exports, account: Account) -> None:
    account.client("elasticache").create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    exports.done("carts", name="first")
    assert exports.refused("carts", snapshot="first", name="second") == (
        "name second: AWS calls the files of a serverless cache as the snapshot, first: leave name away"
    )


def test_a_key_of_the_customer_is_warned_of(exports: Exports, account: Account) -> None:
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    exports.s3.put_bucket_encryption(Bucket=exports.bucket, ServerSideEncryptionConfiguration=rules)
    (warning,) = exports.done(**NAMED, check=True)["warnings"]
    assert warning.startswith(
        f"bucket {exports.bucket} encrypts with KMS key {key} by default, and AWS exports with no"
    )


def test_a_bucket_that_is_gone_holds_nothing_more(exports: Exports) -> None:
    exports.done(**NAMED)
    for key in FILES:
        exports.s3.delete_object(Bucket=exports.bucket, Key=key)
    exports.s3.delete_bucket(Bucket=exports.bucket)
    found = exports.done(**NAMED, state="absent")
    assert found["warnings"] == [f"bucket {exports.bucket} is not there, nor are files that were in it"]
    assert exports.snapshots() == {}
