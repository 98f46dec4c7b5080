"""Module kms_key: made, changed, drifted, taken away; each in check mode, for real, and once more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Account, Run
from workloads import done

from ansible_collections.eks.redis.plugins.modules import backup_bucket, kms_key, kms_key_info

ALIAS = "alias/eks-redis-prod"
GIVEN = {"alias": ALIAS, "cluster_name": "prod"}


def _made(run: Run, **more: Any) -> dict[str, Any]:
    made = run(kms_key, **{**GIVEN, **more})
    assert "msg" not in made, made
    return made


def _keys(account: Account) -> list[str]:
    return [key["KeyId"] for key in account.client("kms").list_keys()["Keys"]]


def test_it_is_made_once_and_predicted_before(run: Run, account: Account) -> None:
    predicted = run(kms_key, check=True, **GIVEN)
    assert (predicted["change"]["action"], predicted["arn"], predicted["state"]) == (
        "create",
        f"arn:aws:kms:us-east-1:{account.number}:key/00000000-0000-0000-0000-000000000000",
        "Enabled",
    )
    assert _keys(account) == []
    made = _made(run)
    assert (made["diff"], made["policy"]) == (predicted["diff"], predicted["policy"])
    assert made["rotation"] == predicted["rotation"] == {"enabled": True, "days": 365}
    live = account.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]
    assert (made["arn"], made["key_id"], made["state"]) == (live["Arn"], live["KeyId"], "Enabled")
    for check in (True, False):
        again = run(kms_key, check=check, **GIVEN)
        assert (again["changed"], again["change"]["action"], again["arn"]) == (False, "keep", made["arn"])
    assert _keys(account) == [live["KeyId"]]


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("description", {"description": "Another"}),
        ("rotation", {"rotation_period": 90}),
        ("rotation", {"rotation": False}),
        ("policy", {"volume_roles": ["arn:aws:iam::123456789012:role/csi"]}),
        ("tags", {"tags": {"team": "data"}}),
    ],
)
def test_what_is_asked_differently_is_changed(run: Run, field: str, option: dict[str, Any]) -> None:
    arn = _made(run)["arn"]
    predicted = run(kms_key, check=True, **GIVEN, **option)
    changed = _made(run, **option)
    assert changed["change"]["fields"] == predicted["change"]["fields"] == [field]
    assert (changed["diff"], changed["arn"]) == (predicted["diff"], arn)
    assert _made(run, **option)["changed"] is False


def _describe(kms: Any, key: str) -> None:
    kms.update_key_description(KeyId=key, Description="changed by hand")


def _stop_rotation(kms: Any, key: str) -> None:
    kms.disable_key_rotation(KeyId=key)


def _open(kms: Any, key: str) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


def _untag(kms: Any, key: str) -> None:
    kms.untag_resource(KeyId=key, TagKeys=["team"])


@pytest.mark.parametrize(
    ("field", "drift"),
    [("description", _describe), ("rotation", _stop_rotation), ("policy", _open), ("tags", _untag)],
)
def test_drift_is_named_and_mended(run: Run, account: Account, field: str, drift: Any) -> None:
    made = _made(run, tags={"team": "data"})
    drift(account.client("kms"), made["key_id"])
    seen = run(kms_key, check=True, tags={"team": "data"}, **GIVEN)
    assert seen["change"]["fields"] == [field]
    assert _made(run, tags={"team": "data"})["change"]["fields"] == [field]
    assert _made(run, tags={"team": "data"})["changed"] is False


def test_a_policy_written_in_another_way_is_the_same(run: Run, account: Account) -> None:
    made = _made(run)
    statement = dict(made["policy"]["Statement"][0])
    statement["Action"] = list(reversed(statement["Action"]))
    statement["Principal"] = {"AWS": [statement["Principal"]["AWS"]]}
    policy = json.dumps({"Statement": [statement], "Version": "2012-10-17"}, indent=2)
    account.client("kms").put_key_policy(KeyId=made["key_id"], PolicyName="default", Policy=policy)
    assert _made(run)["changed"] is False


def test_a_policy_of_the_user_replaces_the_generated_one(run: Run, account: Account) -> None:
    own = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account.number}:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    assert _made(run, policy=own)["policy"] == own
    assert _made(run, policy=own)["changed"] is False


def test_it_is_not_deleted_unless_asked_by_name(run: Run, account: Account) -> None:
    made = _made(run)
    kept = run(kms_key, state="absent", **GIVEN)
    assert (kept["changed"], kept["change"]["action"], kept["arn"]) == (False, "leave", made["arn"])
    assert kept["msg"] == (
        "KMS key alias/eks-redis-prod stays: what it encrypted would be lost for ever; "
        "schedule its deletion with delete_key: true (playbooks: kms_key_delete)"
    )
    assert account.client("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyState"] == "Enabled"


def test_its_deletion_is_predicted_scheduled_and_can_be_cancelled(run: Run, account: Account) -> None:
    kms = account.client("kms")
    key = _made(run)["key_id"]
    gone = {**GIVEN, "state": "absent", "delete_key": True, "pending_window": 7}
    predicted = run(kms_key, check=True, **gone)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    deleted = run(kms_key, **gone)
    assert deleted["change"] == predicted["change"] and deleted["diff"] == predicted["diff"]
    assert deleted["change"]["action"] == "delete"
    leaves = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert leaves["KeyState"] == "PendingDeletion"
    assert run(kms_key, **gone)["change"]["action"] == "keep"

    refused = run(kms_key, **GIVEN)
    command = f"--key-id {key} --region us-east-1"
    assert refused["msg"] == (
        f"KMS key {ALIAS} is pending deletion, it goes on {leaves['DeletionDate'].date()}; keep it with: "
        f"aws kms cancel-key-deletion {command} && aws kms enable-key {command}"
    )
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert _made(run)["changed"] is False


def test_it_is_not_deleted_while_something_is_encrypted_with_it(run: Run, account: Account) -> None:
    arn, bucket = _made(run)["arn"], f"backups-{account.number}"
    ec2, s3 = account.client("ec2"), account.client("s3")
    zone = {"AvailabilityZone": "us-east-1a", "Size": 1}
    volume = ec2.create_volume(**zone, Encrypted=True, KmsKeyId=arn)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.create_volume(**zone), ec2.create_volume(**zone, Encrypted=True)
    s3.create_bucket(Bucket=f"other-{account.number}")
    done(run(backup_bucket, name=bucket, cluster_name="prod", kms_key=ALIAS))
    s3.put_object(Bucket=bucket, Key="set/manifest.json", Body=b"{}", ServerSideEncryption="AES256")
    gone = {**GIVEN, "state": "absent", "delete_key": True}
    writes = account.writes()
    for check in (True, False):
        assert run(kms_key, check=check, **gone)["msg"] == (
            f"KMS key {ALIAS} stays: volume {volume} and snapshot {snapshot} and bucket {bucket} would be lost with "
            "it; take them away first, or leave the key"
        )
    assert account.writes() == writes
    ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.delete_volume(VolumeId=volume)
    assert run(kms_key, **gone)["msg"].startswith(f"KMS key {ALIAS} stays: bucket {bucket} would be lost")
    (version,) = s3.list_object_versions(Bucket=bucket)["Versions"]
    s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    assert run(kms_key, **gone)["change"]["action"] == "delete"


def test_buckets_that_may_not_be_looked_at_do_not_keep_it(run: Run, account: Account) -> None:
    _made(run)
    account.client("s3").create_bucket(Bucket=f"other-{account.number}")
    account.fail("s3", "GetBucketEncryption", "AccessDenied")
    assert run(kms_key, state="absent", delete_key=True, **GIVEN)["change"]["action"] == "delete"


def _of_others(account: Account) -> str:
    kms = account.client("kms")
    key = str(kms.create_key(Description="theirs")["KeyMetadata"]["KeyId"])
    kms.create_alias(AliasName=ALIAS, TargetKeyId=key)
    return key


def test_one_of_others_is_refused_unless_adopted(run: Run, account: Account) -> None:
    key = _of_others(account)
    refused = run(kms_key, **GIVEN)
    assert refused["msg"] == (
        f"KMS key {ALIAS} is there and was not made by eks.redis for cluster prod; choose another name, or make it "
        "eks.redis's with adopt: true"
    )
    adopted = _made(run, adopt=True)
    assert (adopted["key_id"], adopted["change"]["action"]) == (key, "change")
    assert _made(run)["changed"] is False


def test_one_of_others_is_never_deleted(run: Run, account: Account) -> None:
    key = _of_others(account)
    kept = run(kms_key, state="absent", delete_key=True, **GIVEN)
    assert (kept["changed"], kept["change"]["action"]) == (False, "leave")
    assert kept["msg"] == f"KMS key {ALIAS} stays: it was not made by eks.redis for cluster prod"
    assert account.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_it_has_a_name_without_one(run: Run) -> None:
    assert run(kms_key, cluster_name="prod")["alias"] == ALIAS


def test_what_is_not_there_is_absent(run: Run) -> None:
    assert run(kms_key, state="absent", delete_key=True, **GIVEN)["change"]["action"] == "keep"


def test_info_tells_the_key_by_any_of_its_names(run: Run) -> None:
    made = _made(run)
    for name in (ALIAS, made["key_id"], made["arn"]):
        found = run(kms_key_info, name=name)
        assert (found["problem"], found["key"]["arn"]) == (None, made["arn"])
        assert found["key"]["rotation"] == {"enabled": True, "days": 365}
        assert (found["key"]["managed_by"], found["key"]["symmetric"]) == ("customer", True)


def test_check_mode_sends_reads_only(run: Run, account: Account) -> None:
    run(kms_key, check=True, **GIVEN)
    _made(run)
    made = len(account.calls())
    run(kms_key, check=True, description="Another", tags={"a": "b"}, rotation=False, **GIVEN)
    run(kms_key, check=True, state="absent", delete_key=True, **GIVEN)
    _made(run)
    assert [call["operation"] for call in account.calls()[made:] if call["mutates"]] == []
