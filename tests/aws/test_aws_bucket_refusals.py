"""Module backup_bucket: what cannot be is one line before anything is written; what was cut off is completed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import backup_bucket, backup_bucket_info, kms_key
from lab.aws.stand_in import StandIn

KEY = {"alias": "alias/eks-redis-prod", "cluster_name": "prod"}


@pytest.fixture
def name(account: Account) -> str:
    """Buckets share their names with all accounts."""
    return f"redis-backups-{account.number}"


@pytest.fixture
def given(name: str) -> dict[str, Any]:
    return {"name": name, "cluster_name": "prod"}


def _made(run: Run, **given: Any) -> dict[str, Any]:
    made = run(backup_bucket, **given)
    assert "msg" not in made, made["msg"]
    return made


@pytest.mark.parametrize("module", [backup_bucket, backup_bucket_info])
def test_one_of_another_account_is_refused(
    run: Run, account: Account, aws: StandIn, given: dict[str, Any], name: str, module: ModuleType
) -> None:
    aws.account().client("s3").create_bucket(Bucket=name)
    refused = run(module, **(given if module is backup_bucket else {"name": name}))
    assert refused["msg"] == (
        f"bucket {name} is there, and AWS lets account {account.number} not see it: either it belongs to another "
        "account, then choose another name, for all accounts share them; or the caller lacks s3:ListBucket on "
        f"arn:aws:s3:::{name}"
    )


@pytest.mark.parametrize("name", ["", "arn:aws:s3:::backups", "s3://backups"])
def test_a_name_that_no_bucket_has(run: Run, account: Account, name: str) -> None:
    assert run(backup_bucket_info, name=name)["msg"] == (
        f"bucket {name!r}: no bucket has such a name; give its name, no ARN and no URL"
    )
    assert account.calls() == []


@pytest.mark.parametrize("check", [True, False])
def test_one_with_backups_never_goes(run: Run, account: Account, given: dict[str, Any], name: str, check: bool) -> None:
    s3 = account.client("s3")
    _made(run, **given)
    s3.put_object(Bucket=name, Key="backup.rdb", Body=b"REDIS")
    s3.delete_object(Bucket=name, Key="backup.rdb")
    s3.create_multipart_upload(Bucket=name, Key="other.rdb")
    refused = run(backup_bucket, check=check, state="absent", **given)
    assert refused["msg"] == (
        f"S3 bucket {name} stays: it holds 2 versions of objects and delete markers and 1 unfinished upload, and "
        "eks.redis never empties a bucket; delete all versions and uploads in it (S3 console: Empty), or let its "
        "lifecycle expire them, then run again"
    )
    assert len(s3.list_object_versions(Bucket=name)["Versions"]) == 1


def test_a_key_that_cannot_be_used_is_refused(run: Run, account: Account, given: dict[str, Any]) -> None:
    key = run(kms_key, **KEY)["key_id"]
    account.client("kms").schedule_key_deletion(KeyId=key)
    refused = run(backup_bucket, kms_key=key, **given)
    assert refused["msg"].startswith(f"KMS key {key} is pending deletion, it goes on ")
    absent = run(backup_bucket, kms_key="alias/none", **given)
    assert absent["msg"] == (
        "KMS key alias/none is not there in region us-east-1; make it with eks.redis.kms_key, or name another"
    )
    elsewhere = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    assert run(backup_bucket, kms_key=elsewhere, **given)["msg"] == (
        f"KMS key {elsewhere} is in region eu-west-1; a key in us-east-1 is needed"
    )
    assert account.client("s3").list_buckets()["Buckets"] == []


WRITES = (
    "CreateBucket",
    "PutBucketTagging",
    "PutBucketOwnershipControls",
    "PutPublicAccessBlock",
    "PutBucketPolicy",
    "PutBucketVersioning",
    "PutBucketEncryption",
    "PutObjectLockConfiguration",
    "PutBucketLifecycleConfiguration",
)


@pytest.mark.parametrize("operation", WRITES)
def test_what_was_cut_off_is_completed_by_the_next_run(
    run: Run, account: Account, given: dict[str, Any], name: str, operation: str
) -> None:
    given["object_lock"] = {"mode": "GOVERNANCE", "days": 1}
    account.fail("s3", operation, "AccessDenied", times=1)
    cut = run(backup_bucket, **given)
    assert cut["failed"] and "; a policy with this statement grants it: " in cut["msg"], cut["msg"]
    whole = _made(run, **given)
    assert whole["changed"] is True
    assert (_made(run, **given)["changed"], whole["bucket"]["object_lock"]) == (False, given["object_lock"])


def test_a_bucket_that_could_not_be_marked_is_told(
    run: Run, account: Account, given: dict[str, Any], name: str
) -> None:
    account.fail("s3", "PutBucketTagging", "AccessDenied", times=1)
    account.fail("s3", "DeleteBucket", "AccessDenied", times=1)
    assert (
        f"; bucket {name} was made and is left without tags: s3:DeleteBucket on " in run(backup_bucket, **given)["msg"]
    )


def test_throttling_is_waited_out(run: Run, account: Account, given: dict[str, Any]) -> None:
    account.fail("s3", "PutBucketPolicy", "SlowDown", times=2, status=503)
    assert _made(run, **given)["change"]["action"] == "create"


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (
            {"name": "a.b"},
            "name 'a.b': S3's certificates do not fit names with a '.', and the bucket takes TLS only; use '-'",
        ),
        (
            {"lifecycle": {"transitions": [{"days": 10, "storage_class": "STANDARD_IA"}]}},
            "lifecycle.transitions[0].days 10: S3 moves objects to STANDARD_IA after 30 days at the earliest",
        ),
        ({"object_lock": {"mode": "GOVERNANCE", "days": 0}}, "object_lock.days 0: it must be 1 to 36500"),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    run: Run, account: Account, given: dict[str, Any], option: dict[str, Any], problem: str
) -> None:
    refused = run(backup_bucket, **{**given, **option})
    assert (refused["failed"], refused["msg"]) == (True, problem)
    assert account.calls() == []
