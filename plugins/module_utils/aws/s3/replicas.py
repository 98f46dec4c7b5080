# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bucket that copies go to, and the role by which S3 makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names
from ansible_collections.eks.redis.plugins.module_utils.aws.iam.role import Role
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api as kms
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import documents, reads
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

_POLICY = "replication"
MISSING = "NoSuchBucket"


def require(aws: Aws, given: Mapping[str, Any]) -> None:
    """Errors: AwsError for a bucket that cannot take copies, or a key that cannot encrypt them.

    given: the options of module backup_bucket. A bucket or key that is not there has MISSING or kms.MISSING as code.
    """
    asked = given["replication"]
    bucket, key = asked["bucket"], asked["kms_key"]
    region = reads.location(aws, bucket)
    if region is None:
        raise AwsError(
            f"replication.bucket {bucket} is not there; make it first, with eks.redis.backup_bucket in its region",
            MISSING,
        )
    keeps_versions, lock = side_by_side(
        (lambda: reads.versioning(aws, bucket, region), lambda: reads.object_lock(aws, bucket, region))
    )
    if not keeps_versions:
        raise AwsError(
            f"replication.bucket {bucket} keeps no versions, and S3 copies only into one that does; switch versioning "
            "on there, or make it with eks.redis.backup_bucket"
        )
    if given["object_lock"] and lock is None:
        raise AwsError(
            f"replication.bucket {bucket} has no object lock, which the copies of locked objects need; give it one, "
            "too, with object_lock"
        )
    if key:
        kms.usable(aws, key, region)


def role(aws: Aws, bucket: str) -> Role:
    """The one that we make for the bucket's replication."""
    return Role(aws, names.shortened(f"{bucket}-replication"), f"Assumed by S3 to copy what is in bucket {bucket}")


def wanted(aws: Aws, given: Mapping[str, Any]) -> dict[str, Any]:
    """The bucket's replication."""
    return documents.replication(role(aws, given["name"]).arn, _replica(aws, given))


def wanted_role(aws: Aws, given: Mapping[str, Any], source_key: str | None) -> dict[str, Any]:
    """The role's state. source_key: ARN."""
    source = f"arn:{aws.partition}:s3:::{given['name']}"
    locked = bool(given["object_lock"])
    return {
        "trust": documents.TRUST,
        "policies": {_POLICY: documents.replication_policy(source, source_key, _replica(aws, given), locked=locked)},
        "managed_policies": [],
        "boundary": None,
        "tags": tags.ours(given["cluster_name"], given["tags"]),
    }


def _replica(aws: Aws, given: Mapping[str, Any]) -> documents.Replica:
    asked = given["replication"]
    arn = f"arn:{aws.partition}:s3:::{asked['bucket']}"
    return documents.Replica(arn, asked["prefix"], asked["storage_class"], asked["kms_key"])
