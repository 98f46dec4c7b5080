# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bucket is, one read for each of its sides."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

# S3's codes for what a bucket does not have
NO_ENCRYPTION = ("ServerSideEncryptionConfigurationNotFoundError",)
NO_PUBLIC_ACCESS_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)
NO_OWNERSHIP = ("OwnershipControlsNotFoundError",)
NO_POLICY = ("NoSuchBucketPolicy",)
NO_LIFECYCLE = ("NoSuchLifecycleConfiguration",)
NO_REPLICATION = ("ReplicationConfigurationNotFoundError",)
NO_LOCK = ("ObjectLockConfigurationNotFoundError",)
NO_TAGS = ("NoSuchTagSet",)
NO_BUCKET = ("NoSuchBucket",)
_NAME = re.compile(r"[A-Za-z0-9._-]{3,255}")  # old ones have more freedom than those that are made today
_ABSENT, _NOT_OURS = ("404", "NoSuchBucket"), "403"


def location(aws: Aws, bucket: str) -> str | None:
    """Its region, None where there is no bucket. Errors: AwsError for one of another account."""
    if not _NAME.fullmatch(bucket):
        raise AwsError(f"bucket {bucket!r}: no bucket has such a name; give its name, no ARN and no URL")
    try:
        found = aws.find("s3", "head_bucket", missing=_ABSENT, Bucket=bucket, ExpectedBucketOwner=aws.account)
    except AwsError as error:
        if error.code != _NOT_OURS:
            raise
        raise AwsError(
            f"bucket {bucket} is there, and AWS lets account {aws.account} not see it: either it belongs to another "
            "account, then choose another name, for all accounts share them; or the caller lacks s3:ListBucket on "
            f"arn:{aws.partition}:s3:::{bucket}",
            error.code,
        ) from None
    return str(found["BucketRegion"]) if found else None


def versioning(aws: Aws, bucket: str, region: str | None = None) -> bool:
    """Whether it is on; suspended is off."""
    return bool(aws.call("s3", "get_bucket_versioning", region=region, Bucket=bucket).get("Status") == "Enabled")


def encryption_rules(aws: Aws, bucket: str) -> list[dict[str, Any]]:
    """As S3 has them; there is one at most."""
    found = aws.find("s3", "get_bucket_encryption", missing=NO_ENCRYPTION, Bucket=bucket)
    return list(found["ServerSideEncryptionConfiguration"]["Rules"]) if found else []


def encryption(aws: Aws, bucket: str) -> dict[str, Any] | None:
    """See transformations.encryption."""
    return transformations.encryption(encryption_rules(aws, bucket))


def public_access_blocked(aws: Aws, bucket: str) -> bool:
    """Whether all four ways are closed."""
    found = aws.find("s3", "get_public_access_block", missing=NO_PUBLIC_ACCESS_BLOCK, Bucket=bucket)
    block = found["PublicAccessBlockConfiguration"] if found else {}
    return len(block) == 4 and all(block.values())


def ownership(aws: Aws, bucket: str) -> str | None:
    """Who owns its objects, as S3 calls it; BucketOwnerEnforced: ACLs mean nothing."""
    found = aws.find("s3", "get_bucket_ownership_controls", missing=NO_OWNERSHIP, Bucket=bucket)
    rules = found["OwnershipControls"]["Rules"] if found else []
    return str(rules[0]["ObjectOwnership"]) if rules else None


def statements(aws: Aws, bucket: str) -> list[dict[str, Any]]:
    """Of its policy."""
    found = aws.find("s3", "get_bucket_policy", missing=NO_POLICY, Bucket=bucket)
    given = json.loads(found["Policy"])["Statement"] if found else []
    return [given] if isinstance(given, dict) else list(given)


def lifecycle(aws: Aws, bucket: str) -> dict[str, Any]:
    """``{Rules, …}`` as S3 has it."""
    found = aws.find("s3", "get_bucket_lifecycle_configuration", missing=NO_LIFECYCLE, Bucket=bucket)
    return {"Rules": [], **(found or {})}


def lifecycle_rules(aws: Aws, bucket: str) -> list[dict[str, Any]]:
    """Rules of its lifecycle."""
    return list(lifecycle(aws, bucket)["Rules"])


def replication(aws: Aws, bucket: str) -> dict[str, Any] | None:
    """``{Role, Rules}`` as S3 has it."""
    found = aws.find("s3", "get_bucket_replication", missing=NO_REPLICATION, Bucket=bucket)
    return dict(found["ReplicationConfiguration"]) if found else None


def object_lock(aws: Aws, bucket: str, region: str | None = None) -> dict[str, Any] | None:
    """See transformations.object_lock; None where objects cannot be locked."""
    found = aws.find("s3", "get_object_lock_configuration", missing=NO_LOCK, region=region, Bucket=bucket)
    return transformations.object_lock(found["ObjectLockConfiguration"]) if found else None


def bucket_tags(aws: Aws, bucket: str) -> dict[str, str]:
    """All of them."""
    found = aws.find("s3", "get_bucket_tagging", missing=NO_TAGS, Bucket=bucket)
    return tags.from_list(found["TagSet"]) if found else {}


_SIDES: dict[str, Callable[[Aws, str], Any]] = {
    "versioning": versioning,
    "encryption": encryption,
    "public_access_blocked": public_access_blocked,
    "ownership": ownership,
    "policy": statements,
    "lifecycle": lifecycle_rules,
    "replication": replication,
    "object_lock": object_lock,
    "tags": bucket_tags,
}


def everything(aws: Aws, bucket: str) -> dict[str, Any] | None:
    """All sides by their names, with ``arn`` and ``region``; None where there is no bucket."""
    region = location(aws, bucket)
    if region is None:
        return None
    if region != aws.region:
        raise AwsError(
            f"bucket {bucket} is in region {region}, not in {aws.region}: give region {region}, or choose another name"
        )
    found = side_by_side(partial(read, aws, bucket) for read in _SIDES.values())
    return {"arn": f"arn:{aws.partition}:s3:::{bucket}", "region": region, **dict(zip(_SIDES, found, strict=True))}
