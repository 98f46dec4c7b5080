"""Module auth_secret: what cannot be is one line before anything is written; what was cut off is completed."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import auth_secret, auth_secret_info

NAME = "eks-redis/prod/apps/cache"
GIVEN = {"name": NAME, "cluster_name": "prod"}
OURS = [
    {"Key": "app.kubernetes.io/managed-by", "Value": "eks.redis"},
    {"Key": "eks.redis/cluster", "Value": "prod"},
]


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        (
            {"name": "arn:aws:secretsmanager:us-east-1:123456789012:secret:x-abcdef"},
            "name 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x-abcdef': it must have 1 to 512 letters, "
            "digits and /_+=.@-, and be no ARN",
        ),
        ({"name": ""}, "name '': it must have 1 to 512 letters, digits and /_+=.@-, and be no ARN"),
        (
            {"property": "a.b"},
            "property 'a.b': it must have up to 128 letters, digits, - and _, or be empty for a plain text",
        ),
        ({"description": "x" * 2049}, "description: it has 2049 characters; allowed: up to 2048"),
        ({"recovery_window": 6}, "recovery_window 6: it must be 7 to 30 days"),
        (
            {"recovery_window": 31, "property": "a b"},
            "property 'a b': it must have up to 128 letters, digits, - and _, or be empty for a plain text\n"
            "recovery_window 31: it must be 7 to 30 days",
        ),
        (
            {"tags": {"aws:x": "y"}},
            "tags: 'aws:x': names that begin with aws: are AWS's own; choose another",
        ),
    ],
)
def test_bad_input_is_refused_before_anything_is_sent(
    run: Run, account: Account, option: dict[str, Any], problem: str
) -> None:
    refused = run(auth_secret, **{**GIVEN, **option})
    assert (refused["failed"], refused["msg"]) == (True, problem)
    assert account.calls() == []


PLAIN = (
    f"AWS secret {NAME} holds a plain text and no JSON object with the key password; say property: '' where all of it "
    "is the password, or name another secret"
)
CARRIES = (
    f"AWS secret {NAME} holds a password that the operator cannot carry; allowed: 1 to 512 printable ASCII characters "
    "without spaces, quotes and * ? [; put another in its place with rotate: true"
)


@pytest.mark.parametrize(
    ("value", "option", "problem"),
    [
        (
            {"SecretString": "only-a-password"},
            {},
            PLAIN,
        ),
        (
            {"SecretString": '["a", "list"]'},
            {"rotate": True},
            PLAIN,
        ),
        (
            {"SecretString": '{"user": "x", "auth": "y"}'},
            {"property": "", "rotate": True},
            f"AWS secret {NAME} holds a JSON object; say with property which of its keys is the password: auth, user",
        ),
        (
            {"SecretString": '{"password": 5}'},
            {},
            f"AWS secret {NAME}: password is no text in its JSON object; name another property",
        ),
        ({"SecretString": '{"password": "two words"}'}, {}, CARRIES),
        ({"SecretString": "it's"}, {"property": ""}, CARRIES),
        ({"SecretBinary": b"bytes"}, {}, f"AWS secret {NAME} holds bytes and no text; name another secret"),
    ],
)
def test_another_value_is_refused_and_stays(
    run: Run, account: Account, value: dict[str, Any], option: dict[str, Any], problem: str
) -> None:
    secrets = account.client("secretsmanager")
    secrets.create_secret(Name=NAME, Tags=OURS, **value)
    for check in (True, False):
        assert run(auth_secret, check=check, **GIVEN, **option)["msg"] == problem
    (member,) = value
    assert secrets.get_secret_value(SecretId=NAME)[member] == value[member]


def test_a_password_that_cannot_be_carried_is_replaced_when_asked(run: Run, account: Account) -> None:
    account.client("secretsmanager").create_secret(Name=NAME, Tags=OURS, SecretString='{"password": "two words"}')
    rotated = run(auth_secret, rotate=True, **GIVEN)
    assert rotated["change"]["fields"] == ["description", "password"]
    assert run(auth_secret, **GIVEN)["fingerprint"] == rotated["fingerprint"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("nonsense", "'nonsense' is no KMS key: give its ARN, its ID, or its alias as alias/NAME"),
        (
            "alias/none",
            "KMS key alias/none is not there in region us-east-1; make it with eks.redis.kms_key, or name another",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(run: Run, account: Account, name: str, problem: str) -> None:
    for check in (True, False):
        assert run(auth_secret, check=check, kms_key=name, **GIVEN)["msg"] == problem
    assert account.writes() == []


@pytest.mark.parametrize("operation", ["CreateSecret", "PutSecretValue", "UpdateSecret", "TagResource"])
def test_what_was_cut_off_is_completed_by_the_next_run(run: Run, account: Account, operation: str) -> None:
    if operation != "CreateSecret":
        account.client("secretsmanager").create_secret(Name=NAME)
    account.fail("secretsmanager", operation, "AccessDenied", times=1)
    cut = run(auth_secret, adopt=True, **GIVEN)
    assert cut["failed"] and cut["msg"].startswith(f"secretsmanager:{operation} on ")
    made = run(auth_secret, adopt=True, **GIVEN)
    assert made["changed"] and made["fingerprint"]
    assert run(auth_secret, **GIVEN)["changed"] is False


def test_a_new_secret_that_is_not_found_at_once_is_looked_for_again(run: Run, account: Account) -> None:
    # the first look finds none anyway
    account.fail("secretsmanager", "DescribeSecret", "ResourceNotFoundException", times=2)
    made = run(auth_secret, **GIVEN)
    assert made["arn"] == account.client("secretsmanager").describe_secret(SecretId=NAME)["ARN"]
    looks = [call["operation"] for call in account.calls() if call["operation"] in ("DescribeSecret", "CreateSecret")]
    assert looks[:4] == ["DescribeSecret", "CreateSecret", "DescribeSecret", "DescribeSecret"]


def test_throttling_is_waited_out(run: Run, account: Account) -> None:
    account.fail("secretsmanager", "DescribeSecret", "Throttling", times=2)
    assert run(auth_secret, **GIVEN)["change"]["action"] == "create"


def test_a_denied_call_says_what_grants_it(run: Run, account: Account) -> None:
    account.fail("secretsmanager", "GetSecretValue", "AccessDenied")
    account.client("secretsmanager").create_secret(Name=NAME, SecretString="{}", Tags=OURS)
    assert run(auth_secret, **GIVEN)["msg"].startswith("secretsmanager:GetSecretValue on ")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "is not there in region us-east-1; make it with eks.redis.auth_secret, or name another"),
        ({}, "has no value; eks.redis.auth_secret puts a password into it"),
    ],
)
def test_info_says_what_keeps_a_secret_from_being_read(
    run: Run, account: Account, given: dict[str, Any] | None, problem: str
) -> None:
    if given is not None:
        account.client("secretsmanager").create_secret(Name=NAME, **given)
    found = run(auth_secret_info, name=NAME)
    assert (found["problem"], found["secret"] is None) == (f"AWS secret {NAME} {problem}", given is None)
