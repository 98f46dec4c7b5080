"""Module backup_bucket: made, changed, drifted, taken away; each in check mode, for real, and once more."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import backup_bucket, backup_bucket_info, kms_key
from lab.aws.stand_in import StandIn

REGION = "us-east-1"
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


def test_it_is_made_once_and_predicted_before(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    s3 = account.client("s3")
    predicted = run(backup_bucket, check=True, **given)
    assert (predicted["change"]["action"], predicted["arn"]) == ("create", f"arn:aws:s3:::{name}")
    assert s3.list_buckets()["Buckets"] == []
    made = _made(run, **given)
    assert made["diff"] == predicted["diff"] and made["change"] == predicted["change"]
    assert predicted["bucket"].items() <= made["bucket"].items()
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    for check in (True, False):
        again = run(backup_bucket, check=check, **given)
        assert (again["changed"], again["change"]["fields"]) == (False, [])


def test_it_has_a_name_without_one(run: Run, account: Account) -> None:
    made = _made(run, cluster_name="Prod_1")
    assert (made["name"], made["arn"]) == (
        name := f"eks-redis-prod-1-us-east-1-{account.number}",
        f"arn:aws:s3:::{name}",
    )
    refused = run(backup_bucket, cluster_name="c" * 40)
    assert refused["msg"].startswith(
        f"name 'eks-redis-{'c' * 40}-us-east-1-{account.number}': a bucket's name has 3 to"
    )


def test_it_can_be_in_another_region(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    given["region"] = "eu-west-1"
    assert _made(run, **given)["bucket"]["region"] == "eu-west-1"
    assert _made(run, **given)["changed"] is False
    place = account.client("s3", "eu-west-1").get_bucket_location(Bucket=name)
    assert place["LocationConstraint"] == "eu-west-1"
    elsewhere = run(backup_bucket, **{**given, "region": REGION})
    assert elsewhere["msg"] == (
        f"bucket {name} is in region eu-west-1, not in us-east-1: give region eu-west-1, or choose another name"
    )


def test_info_tells_what_an_audit_asks_for(run: Run, given: dict[str, Any], name: str) -> None:
    assert run(backup_bucket_info, name=name)["bucket"] is None
    arn = run(kms_key, **KEY)["arn"]
    _made(run, kms_key=KEY["alias"], object_lock={"mode": "GOVERNANCE", "days": 30}, **given)
    found = run(backup_bucket_info, name=name)["bucket"]
    assert found["encryption"] == {"algorithm": "aws:kms", "key": arn, "bucket_key": True}
    assert (found["versioning"], found["public_access_blocked"], found["tls_only"]) == (True, True, True)
    assert (found["object_lock"], found["replication"]) == ({"mode": "GOVERNANCE", "days": 30}, None)
    assert [rule["ID"] for rule in found["lifecycle"]] == ["eks-redis-clean-up"]


def test_info_tells_of_a_bucket_of_others_too(run: Run, account: Account, name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
    found = run(backup_bucket_info, name=name)["bucket"]
    assert (found["versioning"], found["tls_only"], found["object_lock"]) == (False, False, None)
    assert (found["region"], found["tags"], found["lifecycle"], found["policy"]) == (REGION, {}, [], [])


EXPORT = {
    "Sid": "Export",
    "Effect": "Allow",
    "Principal": {"Service": "us-east-1.elasticache-snapshot.amazonaws.com"},
    "Action": "s3:PutObject",
}


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("tags", {"tags": {"team": "data"}}),
        ("policy", {"policy_statements": [EXPORT]}),
        ("encryption", {"kms_key": KEY["alias"]}),
        ("object_lock", {"object_lock": {"mode": "COMPLIANCE", "days": 7}}),
        ("lifecycle", {"lifecycle": {"transitions": [{"days": 30, "storage_class": "STANDARD_IA"}]}}),
        ("lifecycle", {"lifecycle": {"expiration_days": 365, "noncurrent_days": 7}}),
    ],
)
def test_what_is_asked_differently_is_changed(
    run: Run, given: dict[str, Any], field: str, option: dict[str, Any]
) -> None:
    run(kms_key, **KEY)
    _made(run, **given)
    predicted = run(backup_bucket, check=True, **given, **option)
    changed = _made(run, **given, **option)
    assert changed["change"]["fields"] == predicted["change"]["fields"] == [field]
    assert changed["diff"] == predicted["diff"]
    assert _made(run, **given, **option)["changed"] is False


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("policy", {"policy_statements": [EXPORT]}),
        ("encryption", {"kms_key": KEY["alias"]}),
        ("lifecycle", {"lifecycle": {"expiration_days": 365}}),
    ],
)
def test_what_is_no_longer_asked_for_goes(run: Run, given: dict[str, Any], field: str, option: dict[str, Any]) -> None:
    run(kms_key, **KEY)
    _made(run, **given, **option)
    assert _made(run, **given)["change"]["fields"] == [field]
    assert _made(run, **given)["changed"] is False


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


def test_without_the_option_object_lock_stays(run: Run, given: dict[str, Any]) -> None:
    lock = {"mode": "GOVERNANCE", "days": 30}
    _made(run, object_lock=lock, **given)
    kept = _made(run, **given)
    assert (kept["changed"], kept["bucket"]["object_lock"]) == (False, lock)


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


def test_an_empty_one_goes(run: Run, account: Account, given: dict[str, Any]) -> None:
    _made(run, **given)
    predicted = run(backup_bucket, check=True, state="absent", **given)
    assert len(account.client("s3").list_buckets()["Buckets"]) == 1
    gone = _made(run, state="absent", **given)
    assert gone["change"] == predicted["change"] and gone["diff"] == predicted["diff"]
    assert (gone["change"]["action"], gone["bucket"]) == ("delete", None)
    assert account.client("s3").list_buckets()["Buckets"] == []
    assert _made(run, state="absent", **given)["change"]["action"] == "keep"


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


def test_one_of_others_is_left(run: Run, account: Account, given: dict[str, Any], name: str) -> None:
    account.client("s3").create_bucket(Bucket=name)
    left = _made(run, state="absent", **given)
    assert (left["changed"], left["change"]["action"]) == (False, "leave")


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


def test_a_key_that_is_yet_to_be_made_is_a_warning_in_check_mode(run: Run, given: dict[str, Any]) -> None:
    predicted = run(backup_bucket, check=True, kms_key="alias/none", **given)
    assert predicted["change"]["action"] == "create"
    assert predicted["warnings"] == [
        "KMS key alias/none is not there in region us-east-1; make it with eks.redis.kms_key, or name another "
        "(no error in check mode: what is run before may make it)"
    ]


def test_check_mode_and_a_second_run_send_reads_only(run: Run, account: Account, given: dict[str, Any]) -> None:
    run(backup_bucket, check=True, **given)
    assert [call["operation"] for call in account.calls() if call["mutates"]] == []
    _made(run, **given)
    made = len(account.calls())
    run(backup_bucket, check=True, lifecycle={"expiration_days": 9}, tags={"a": "b"}, **given)
    run(backup_bucket, check=True, state="absent", **given)
    _made(run, **given)
    assert [call["operation"] for call in account.calls()[made:] if call["mutates"]] == []


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
