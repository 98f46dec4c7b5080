"""Module kms_key: what cannot be is one line before anything is written; what was cut off is completed."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import kms_key, kms_key_info

ALIAS = "alias/eks-redis-prod"
GIVEN = {"alias": ALIAS, "cluster_name": "prod"}


def _made(run: Run, **more: Any) -> dict[str, Any]:
    made = run(kms_key, **{**GIVEN, **more})
    assert "msg" not in made, made
    return made


def _keys(account: Account) -> list[str]:
    return [key["KeyId"] for key in account.client("kms").list_keys()["Keys"]]


def test_a_disabled_key_is_refused(run: Run, account: Account) -> None:
    key = _made(run)["key_id"]
    account.client("kms").disable_key(KeyId=key)
    assert run(kms_key, **GIVEN)["msg"] == (
        f"KMS key {ALIAS} is disabled; enable it with: aws kms enable-key --key-id {key} --region us-east-1"
    )


def test_an_asymmetric_key_is_refused(run: Run, account: Account) -> None:
    kms = account.client("kms")
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName=ALIAS, TargetKeyId=key)
    assert run(kms_key, adopt=True, **GIVEN)["msg"] == (
        f"KMS key {ALIAS} is not symmetric, and EBS and S3 encrypt with symmetric keys only; name another"
    )
    assert run(kms_key_info, name=ALIAS)["key"]["rotation"] is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nonsense", "'nonsense' is no KMS key: give its ARN, its ID, or its alias as alias/NAME"),
        (
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "KMS key arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab is in region "
            "eu-west-1; a key in us-east-1 is needed",
        ),
        (
            "alias/none",
            "KMS key alias/none is not there in region us-east-1; make it with eks.redis.kms_key, or name another",
        ),
    ],
)
def test_info_says_what_keeps_a_key_from_being_used(run: Run, name: str, problem: str) -> None:
    found = run(kms_key_info, name=name)
    assert (found["problem"], found["key"]) == (problem, None)


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (
            {"alias": "redis"},
            "alias 'redis': it must be alias/NAME, with up to 250 letters, digits, '/', '_' and '-' as name",
        ),
        (
            {"alias": "alias/aws/ebs"},
            "alias alias/aws/ebs: names that begin with alias/aws/ are keys of AWS's own; choose another",
        ),
        ({"rotation_period": 89}, "rotation_period 89: it must be 90 to 2560 days"),
        ({"pending_window": 31}, "pending_window 31: it must be 7 to 30 days"),
        (
            {"volume_roles": ["csi"]},
            "volume_roles: 'csi' is no ARN such as arn:aws:iam::123456789012:role/NAME",
        ),
        (
            {"backup_readers": ["me"]},
            "backup_readers: 'me' is no ARN such as arn:aws:iam::123456789012:role/NAME or …:user/NAME",
        ),
        (
            {"backup_roles": ["arn:aws:iam::123456789012:user/me"]},
            "backup_roles: 'arn:aws:iam::123456789012:user/me' is no ARN such as arn:aws:iam::123456789012:role/NAME",
        ),
        (
            {"administrators": ["*"]},
            "administrators: '*' is no ARN such as arn:aws:iam::123456789012:role/NAME or …:user/NAME",
        ),
        (
            {"policy": {"Version": "2012-10-17"}},
            "policy: it has no Statement; a key policy needs one that lets somebody manage the key",
        ),
        (
            {"alias": "x", "rotation_period": 1},
            "alias 'x': it must be alias/NAME, with up to 250 letters, digits, '/', '_' and '-' as name\n"
            "rotation_period 1: it must be 90 to 2560 days",
        ),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    run: Run, account: Account, option: dict[str, Any], problem: str
) -> None:
    refused = run(kms_key, **{**GIVEN, **option})
    assert (refused["failed"], refused["msg"]) == (True, problem)
    assert account.calls() == []


@pytest.mark.parametrize("operation", ["CreateKey", "CreateAlias", "EnableKeyRotation"])
def test_what_was_cut_off_is_completed_by_the_next_run(run: Run, account: Account, operation: str) -> None:
    account.fail("kms", operation, "AccessDenied", times=1)
    cut = run(kms_key, **GIVEN)
    assert cut["failed"] and cut["msg"].startswith(f"kms:{operation} on ")
    made = _made(run)
    assert _made(run)["changed"] is False
    states = [account.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in _keys(account)]
    assert made["state"] == "Enabled" and states.count("Enabled") == 1


def test_a_key_that_could_not_be_named_is_told(run: Run, account: Account) -> None:
    account.fail("kms", "CreateAlias", "AccessDenied", times=1)
    account.fail("kms", "ScheduleKeyDeletion", "AccessDenied", times=1)
    cut = run(kms_key, **GIVEN)
    (key,) = _keys(account)
    assert f"; key {key} was made and is left without an alias: kms:ScheduleKeyDeletion on " in cut["msg"]


def test_throttling_is_waited_out(run: Run, account: Account) -> None:
    account.fail("kms", "DescribeKey", "Throttling", times=2)
    assert _made(run)["change"]["action"] == "create"
