"""What AWS refuses, in its own words, and the advice that follows."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.advice import advised
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

# ElastiCache API Reference, CopySnapshot
KNOWN = [
    ("The S3 bucket exports is outside of the region.", "in the region of the cache"),
    ("The S3 bucket exports is not owned by the authenticated user.", "of the account"),
    ("The authenticated user does not have sufficient permissions to perform the desired activity.", "lacks"),
    ("The S3 bucket exports already contains an object with key shop-0001.rdb.", "another name"),
    ("ElastiCache has not been granted READ permissions exports on the S3 Bucket.", "Deny"),
    ("ElastiCache has not been granted WRITE permissions exports on the S3 Bucket.", "Deny"),
    ("ElastiCache has not been granted READ_ACP permissions exports on the S3 Bucket.", "Deny"),
    ("ElastiCache was unable to validate the authenticated user has access on the S3 bucket exports.", "ListAllMyBuck"),
]


@pytest.mark.parametrize(("said", "advice"), KNOWN)
def test_every_documented_refusal_has_advice(said: str, advice: str) -> None:
    with pytest.raises(AwsError) as error, advised():
        raise AwsError(said, "InvalidParameterValue")
    before, found, after = str(error.value).partition("; ")
    assert (before, found, error.value.code) == (said, "; ", "InvalidParameterValue")
    assert advice in after


def test_others_are_told_as_they_are() -> None:
    told = AwsError("elasticache:CopySnapshot: no reason given (Other)", "Other")
    with pytest.raises(AwsError) as error, advised():
        raise told
    assert error.value is told
