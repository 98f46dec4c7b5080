"""Why data cannot be encrypted with a key."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.kms import transformations

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{ID}"
ASK = f"--key-id {ID} --region us-east-1"


@pytest.mark.parametrize(
    "name",
    [
        ID,
        ARN,
        "mrk-1234abcd12ab34cd56ef1234567890ab",
        "alias/redis",
        "alias/aws/ebs",
        "arn:aws:kms:us-east-1:123456789012:alias/team/redis",
        "arn:aws-us-gov:kms:us-east-1:123456789012:alias/redis",
    ],
)
def test_a_key_has_several_names(name: str) -> None:
    assert transformations.problem_with_name(name, "us-east-1") is None


@pytest.mark.parametrize("name", ["", "redis", "alias/", "arn:aws:s3:::bucket", f"{ID}x", "alias/a b", f"key:{ID}"])
def test_other_texts_are_none(name: str) -> None:
    assert transformations.problem_with_name(name, "us-east-1") == (
        f"{name!r} is no KMS key: give its ARN, its ID, or its alias as alias/NAME"
    )


def _key(**more: Any) -> dict[str, Any]:
    return transformations.key({"Arn": ARN, "KeyId": ID, "KeyState": "Enabled", **more})


@pytest.mark.parametrize(
    ("live", "problem"),
    [
        (_key(), None),
        (_key(KeyManager="AWS"), None),
        (_key(KeyState="Disabled"), f"KMS key redis is disabled; enable it with: aws kms enable-key {ASK}"),
        (
            _key(KeyState="PendingDeletion", DeletionDate=datetime.datetime(2030, 1, 2, tzinfo=datetime.UTC)),
            "KMS key redis is pending deletion, it goes on 2030-01-02; keep it with: "
            f"aws kms cancel-key-deletion {ASK} && aws kms enable-key {ASK}",
        ),
        (
            _key(KeyState="PendingImport"),
            "KMS key redis is in state PendingImport, not Enabled; wait until it is, or name another",
        ),
        (
            _key(KeySpec="RSA_2048"),
            "KMS key redis is not symmetric, and EBS and S3 encrypt with symmetric keys only; name another",
        ),
        (None, "KMS key redis is not there in region us-east-1; make it with eks.redis.kms_key, or name another"),
    ],
)
def test_what_is_wrong_with_it_is_one_line(live: dict[str, Any] | None, problem: str | None) -> None:
    assert transformations.problem("redis", live, "us-east-1") == problem
