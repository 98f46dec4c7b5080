"""S3's answers and ours."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import transformations

TLS: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ADDRESS = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


@pytest.mark.parametrize(
    ("statement", "tls_only"),
    [
        (TLS, True),
        ({**TLS, "Principal": {"AWS": "*"}, "Action": ["s3:*"]}, True),
        ({**TLS, "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}, True),
        ({**TLS, "Condition": {"Bool": {"aws:SecureTransport": False}}}, True),
        ({**TLS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({**TLS, "Condition": {**TLS["Condition"], **ADDRESS}}, False),
        ({**TLS, "Resource": "*"}, True),
        ({**TLS, "Resource": "arn:aws:s3:::a/*"}, False),
        ({**TLS, "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]}, False),
        ({**TLS, "Action": "s3:PutObject"}, False),
        ({**TLS, "Effect": "Allow"}, False),
        ({**TLS, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, False),
        ({"Effect": "Deny", "Principal": "*", "Action": "s3:*"}, False),
    ],
)
def test_tls_only_is_for_everybody_and_everything(statement: dict[str, Any], tls_only: bool) -> None:
    assert transformations.tls_only([{"Effect": "Allow"}, statement], "arn:aws:s3:::a") is tls_only


@pytest.mark.parametrize(
    ("rules", "encryption"),
    [
        ([], None),
        (
            [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": True}],
            {"algorithm": "AES256", "key": None, "bucket_key": False},
        ),
        (
            [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}],
            {"algorithm": "aws:kms", "key": None, "bucket_key": False},
        ),
        (
            [
                {
                    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": "alias/a"},
                    "BucketKeyEnabled": True,
                }
            ],
            {"algorithm": "aws:kms:dsse", "key": "alias/a", "bucket_key": True},
        ),
    ],
)
def test_encryption(rules: list[dict[str, Any]], encryption: dict[str, Any] | None) -> None:
    assert transformations.encryption(rules) == encryption


@pytest.mark.parametrize(
    ("configuration", "lock"),
    [
        ({"ObjectLockEnabled": "Enabled"}, {"mode": None, "days": None}),
        ({"Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 9}}}, {"mode": "COMPLIANCE", "days": 9}),
        ({"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 2}}}, {"mode": "GOVERNANCE", "days": 730}),
    ],
)
def test_object_lock(configuration: dict[str, Any], lock: dict[str, Any]) -> None:
    assert transformations.object_lock(configuration) == lock


def test_what_is_ours_is_known_by_its_name() -> None:
    items = [{"ID": "theirs"}, {}, {"ID": "eks-redis-backups"}]
    assert transformations.ours(items, "ID", "eks-redis-") == {"eks-redis-backups": {"ID": "eks-redis-backups"}}
    assert transformations.of_others(items, "ID", "eks-redis-") == [{"ID": "theirs"}, {}]


@pytest.mark.parametrize("every", [{}, {"Filter": {}}, {"Filter": {"Prefix": ""}}])
def test_a_filter_for_everything_is_told_in_one_way(every: dict[str, Any]) -> None:
    moves = [{"Days": 60, "StorageClass": "GLACIER"}, {"StorageClass": "GLACIER_IR", "Days": 0}]
    assert transformations.rule({"ID": "a", "Transitions": moves, **every}) == {
        "Filter": {"Prefix": ""},
        "ID": "a",
        "Transitions": [{"Days": 0, "StorageClass": "GLACIER_IR"}, {"Days": 60, "StorageClass": "GLACIER"}],
    }


def test_tls_only_may_be_said_in_two_statements() -> None:
    both = [{**TLS, "Resource": resource} for resource in TLS["Resource"]]
    assert transformations.tls_only(both, "arn:aws:s3:::a")
