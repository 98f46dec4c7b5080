"""Module backup_bucket: copies to another bucket, and the role of that."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.documents import TRUST
from ansible_collections.eks.redis.plugins.modules import backup_bucket, kms_key

REGION, WEST = "us-east-1", "eu-west-1"


@pytest.fixture
def name(account: Account) -> str:
    return f"redis-backups-{account.number}"


@pytest.fixture
def copies(run: Run, name: str) -> str:
    """The bucket for them, in another region."""
    made = run(backup_bucket, name=f"{name}-copies", cluster_name="prod", region=WEST)
    assert made["changed"]
    return f"{name}-copies"


@pytest.fixture
def given(name: str, copies: str) -> dict[str, Any]:
    return {"name": name, "cluster_name": "prod", "replication": {"bucket": copies}}


def _made(run: Run, **given: Any) -> dict[str, Any]:
    made = run(backup_bucket, **given)
    assert "msg" not in made, made["msg"]
    return made


def test_it_is_made_with_its_role_once_and_predicted_before(
    run: Run, account: Account, given: dict[str, Any], name: str, copies: str
) -> None:
    predicted = run(backup_bucket, check=True, **given)
    made = _made(run, **given)
    arn = f"arn:aws:iam::{account.number}:role/{name}-replication"
    assert made["replication_role"] == predicted["replication_role"]
    assert (made["replication_role"]["arn"], made["replication_role"]["change"]["action"]) == (arn, "create")
    assert made["diff"] == predicted["diff"]
    assert [diff["after_header"] for diff in made["diff"]] == [f"S3 bucket {name}", f"IAM role {name}-replication"]
    live = account.client("s3").get_bucket_replication(Bucket=name)["ReplicationConfiguration"]
    (rule,) = live["Rules"]
    assert (live["Role"], rule["Destination"]) == (arn, {"Bucket": f"arn:aws:s3:::{copies}"})
    for check in (True, False):
        again = run(backup_bucket, check=check, **given)
        assert (again["changed"], again["change"]["fields"], len(again["diff"])) == (False, [], 1)


def test_originals_and_copies_have_a_key_each(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    here = run(kms_key, alias="alias/redis", cluster_name="prod")["arn"]
    there = run(kms_key, alias="alias/redis", cluster_name="prod", region=WEST)["arn"]
    given["replication"] |= {"kms_key": there, "prefix": "redis/", "storage_class": "STANDARD_IA"}
    made = _made(run, kms_key="alias/redis", **given)
    (rule,) = made["bucket"]["replication"]["rules"].values()
    assert rule["Filter"] == {"Prefix": "redis/"}
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": there}
    policy = account.client("iam").get_role_policy(RoleName=f"{name}-replication", PolicyName="replication")
    by_sid = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert (by_sid["OriginalsKey"]["Resource"], by_sid["CopiesKey"]["Resource"]) == (here, there)
    assert _made(run, kms_key="alias/redis", **given)["changed"] is False


def test_drift_of_the_rule_and_of_the_role_is_named_and_mended(
    run: Run, account: Account, given: dict[str, Any], name: str
) -> None:
    _made(run, **given)
    s3 = account.client("s3")
    live = s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"]
    live["Rules"][0]["Status"] = "Disabled"
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=live)
    account.client("iam").delete_role_policy(RoleName=f"{name}-replication", PolicyName="replication")
    seen = run(backup_bucket, check=True, **given)
    assert (seen["change"]["fields"], seen["replication_role"]["change"]["fields"]) == (["replication"], ["policies"])
    mended = _made(run, **given)
    assert (mended["change"], mended["replication_role"], mended["diff"]) == (
        seen["change"],
        seen["replication_role"],
        seen["diff"],
    )
    assert _made(run, **given)["changed"] is False


def test_without_the_option_replication_and_role_go(
    run: Run, account: Account, given: dict[str, Any], name: str
) -> None:
    _made(run, **given)
    given.pop("replication")
    predicted = run(backup_bucket, check=True, **given)
    gone = _made(run, **given)
    assert gone["change"] == predicted["change"] and gone["replication_role"] == predicted["replication_role"]
    assert (gone["change"]["fields"], gone["replication_role"]["change"]["action"]) == (["replication"], "delete")
    assert account.client("iam").list_roles()["Roles"] == []
    again = _made(run, **given)
    assert (again["changed"], again["replication_role"]) == (False, None)


def test_the_role_goes_with_the_bucket(run: Run, account: Account, given: dict[str, Any]) -> None:
    _made(run, **given)
    gone = _made(run, state="absent", **given)
    assert (gone["change"]["action"], gone["replication_role"]["change"]["action"]) == ("delete", "delete")
    assert account.client("iam").list_roles()["Roles"] == []
    assert _made(run, state="absent", **given)["changed"] is False


@pytest.mark.parametrize(
    ("service", "operation"),
    [("iam", "CreateRole"), ("iam", "PutRolePolicy"), ("s3", "CreateBucket"), ("s3", "PutBucketReplication")],
)
def test_what_was_cut_off_is_completed_by_the_next_run(
    run: Run, account: Account, given: dict[str, Any], service: str, operation: str
) -> None:
    account.fail(service, operation, "AccessDenied", times=1)
    assert run(backup_bucket, **given)["failed"]
    whole = _made(run, **given)
    assert whole["changed"] and whole["bucket"]["replication"]["rules"]
    assert _made(run, **given)["changed"] is False


@pytest.mark.parametrize(("service", "operation"), [("iam", "DeleteRole"), ("s3", "DeleteBucket")])
def test_an_end_that_was_cut_off_is_completed_by_the_next_run(
    run: Run, account: Account, given: dict[str, Any], copies: str, service: str, operation: str
) -> None:
    _made(run, **given)
    account.fail(service, operation, "AccessDenied", times=1)
    assert run(backup_bucket, state="absent", **given)["failed"]
    _made(run, state="absent", **given)
    assert [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]] == [copies]
    assert account.client("iam").list_roles()["Roles"] == []


def test_versioning_that_is_not_known_everywhere_yet_is_waited_for(
    run: Run, account: Account, given: dict[str, Any]
) -> None:
    text = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    account.fail("s3", "PutBucketReplication", "InvalidRequest", message=text, times=1)
    assert _made(run, **given)["bucket"]["replication"]["rules"]


def test_a_bucket_for_copies_must_be_there(run: Run, account: Account, name: str) -> None:
    given = {"name": name, "cluster_name": "prod", "replication": {"bucket": f"{name}-none"}}
    problem = f"replication.bucket {name}-none is not there; make it first, with eks.redis.backup_bucket in its region"
    assert run(backup_bucket, **given)["msg"] == problem
    assert account.client("s3").list_buckets()["Buckets"] == []
    predicted = run(backup_bucket, check=True, **given)
    assert predicted["change"]["action"] == "create"
    assert predicted["warnings"] == [f"{problem} (no error in check mode: what is run before may make it)"]


def test_a_bucket_for_copies_must_keep_versions(run: Run, account: Account, name: str) -> None:
    account.client("s3").create_bucket(Bucket=f"{name}-plain")
    refused = run(backup_bucket, name=name, cluster_name="prod", replication={"bucket": f"{name}-plain"})
    assert refused["msg"] == (
        f"replication.bucket {name}-plain keeps no versions, and S3 copies only into one that does; switch versioning "
        "on there, or make it with eks.redis.backup_bucket"
    )
    assert len(account.client("s3").list_buckets()["Buckets"]) == 1


def test_a_bucket_for_copies_of_locked_objects_must_lock(run: Run, given: dict[str, Any], copies: str) -> None:
    refused = run(backup_bucket, object_lock={"mode": "GOVERNANCE", "days": 1}, **given)
    assert refused["msg"] == (
        f"replication.bucket {copies} has no object lock, which the copies of locked objects need; give it one, too, "
        "with object_lock"
    )


def test_a_key_for_copies_must_be_in_their_region(run: Run, given: dict[str, Any]) -> None:
    here = run(kms_key, alias="alias/redis", cluster_name="prod")["arn"]
    given["replication"]["kms_key"] = here
    assert run(backup_bucket, kms_key=here, **given)["msg"] == (
        f"KMS key {here} is in region {REGION}; a key in {WEST} is needed"
    )


def test_replication_of_others_is_not_replaced(
    run: Run, account: Account, given: dict[str, Any], name: str, copies: str
) -> None:
    plain = {key: given[key] for key in ("name", "cluster_name")}
    _made(run, **plain)
    rule = {"ID": "theirs", "Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{copies}"}}
    theirs = {"Role": f"arn:aws:iam::{account.number}:role/theirs", "Rules": [rule]}
    s3 = account.client("s3")
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=theirs)
    assert _made(run, **plain)["changed"] is False
    assert run(backup_bucket, **given)["msg"] == (
        f"S3 bucket {name} replicates by rules of others (theirs), and S3 keeps one role for all rules of a bucket: "
        "take those rules away, or leave replication to them"
    )
    assert s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"] == theirs
    assert account.client("iam").list_roles()["Roles"] == []


def test_a_role_of_others_is_refused_before_anything_is_written(
    run: Run, account: Account, given: dict[str, Any], name: str, copies: str
) -> None:
    account.client("iam").create_role(
        RoleName=f"{name}-replication",
        AssumeRolePolicyDocument=documents.to_json(TRUST),
    )
    refused = run(backup_bucket, **given)
    assert refused["msg"].startswith(f"IAM role {name}-replication is there and was not made by eks.redis")
    assert [bucket["Name"] for bucket in account.client("s3").list_buckets()["Buckets"]] == [copies]
    assert _made(run, adopt=True, **given)["replication_role"]["change"]["action"] == "change"
