"""Module backup_bucket: what others did to the bucket is mended, what they keep in it stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import backup_bucket


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


Drift = Callable[[Any, str], Any]
OPEN = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False)
DRIFTS: list[tuple[str, Drift]] = [
    (
        "ownership",
        lambda s3, name: s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
    ),
    ("ownership", lambda s3, name: s3.delete_bucket_ownership_controls(Bucket=name)),
    ("public_access_blocked", lambda s3, name: s3.delete_public_access_block(Bucket=name)),
    (
        "public_access_blocked",
        lambda s3, name: s3.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration={**OPEN, "BlockPublicAcls": True}
        ),
    ),
    ("policy", lambda s3, name: s3.delete_bucket_policy(Bucket=name)),
    (
        "versioning",
        lambda s3, name: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"}),
    ),
    (
        "encryption",
        lambda s3, name: s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
        ),
    ),
    ("lifecycle", lambda s3, name: s3.delete_bucket_lifecycle(Bucket=name)),
]


@pytest.mark.parametrize(("field", "drift"), DRIFTS)
def test_drift_is_named_and_mended(
    run: Run, account: Account, given: dict[str, Any], name: str, field: str, drift: Drift
) -> None:
    whole = _made(run, **given)["bucket"]
    drift(account.client("s3"), name)
    seen = run(backup_bucket, check=True, **given)
    assert seen["change"]["fields"] == [field]
    assert _made(run, **given)["change"]["fields"] == [field]
    after = _made(run, **given)
    assert (after["changed"], after["bucket"]) == (False, whole)


def test_a_lost_tag_of_the_user_is_drift(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    tags = [{"Key": key, "Value": value} for key, value in _made(run, **given)["bucket"]["tags"].items()]
    wanted = {**given, "tags": {"team": "data"}}
    _made(run, **wanted)
    theirs = {"Key": "owner", "Value": "others"}
    account.client("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": [*tags, theirs]})
    mended = _made(run, **wanted)
    assert mended["change"]["fields"] == ["tags"]
    assert (mended["bucket"]["tags"]["team"], mended["bucket"]["tags"]["owner"]) == ("data", "others")


def test_a_shorter_lock_behind_its_back_is_drift(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    given["object_lock"] = {"mode": "GOVERNANCE", "days": 30}
    assert _made(run, **given)["bucket"]["object_lock"] == {"mode": "GOVERNANCE", "days": 30}
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    account.client("s3").put_object_lock_configuration(
        Bucket=name,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
    )
    assert _made(run, **given)["change"]["fields"] == ["object_lock"]
    assert _made(run, **given)["changed"] is False


EXPORT = {
    "Sid": "Export",
    "Effect": "Allow",
    "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
    "Action": "s3:PutObject",
}
THEIR_STATEMENT = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket"}
THEIR_RULE = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}}


def test_statements_and_rules_of_others_stay_as_they_are(
    run: Run, account: Account, given: dict[str, Any], name: str
) -> None:
    s3 = account.client("s3")
    _made(run, **given)
    theirs = {**THEIR_STATEMENT, "Resource": f"arn:aws:s3:::{name}"}
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    policy["Statement"].insert(0, theirs)
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [THEIR_RULE, *rules]})
    kept = _made(run, **given)
    assert kept["changed"] is False
    assert (kept["bucket"]["policy_of_others"], kept["bucket"]["lifecycle_of_others"]) == ([theirs], [THEIR_RULE])
    _made(run, policy_statements=[EXPORT], lifecycle={"expiration_days": 9}, **given)
    statements = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == ["Theirs", "EksRedisTlsOnly", "EksRedisExport"]
    assert statements[0] == theirs
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert [rule["ID"] for rule in rules] == ["theirs", "eks-redis-backups", "eks-redis-clean-up"]
    assert rules[0] == THEIR_RULE


def test_one_of_others_is_refused_unless_adopted(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
    refused = run(backup_bucket, **given)
    assert refused["msg"] == (
        f"S3 bucket {name} is there and was not made by eks.redis for cluster prod; choose another name, or make it "
        "eks.redis's with adopt: true"
    )
    adopted = _made(run, adopt=True, **given)
    assert (adopted["change"]["action"], "versioning" in adopted["change"]["fields"]) == ("change", True)
    assert _made(run, **given)["changed"] is False
