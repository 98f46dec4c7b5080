# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a bucket what it is to be, one write for each of its sides.

What others keep in the same place is read right before, and sent back unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, tags
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import reads
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.transformations import RULE, SID, of_others
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_CLOSED = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
_SMALL_OBJECTS = "TransitionDefaultMinimumObjectSize"


def marks(aws: Aws, bucket: str, wanted: Mapping[str, str]) -> None:
    """Tags; S3 takes all of them or none."""
    every = tags.to_list({**reads.bucket_tags(aws, bucket), **wanted})
    aws.call("s3", "put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": every})


def ownership(aws: Aws, bucket: str, wanted: str) -> None:
    """Who owns its objects."""
    controls = {"Rules": [{"ObjectOwnership": wanted}]}
    aws.call("s3", "put_bucket_ownership_controls", Bucket=bucket, OwnershipControls=controls)


def public_access_blocked(aws: Aws, bucket: str, _wanted: bool) -> None:
    """Closes it."""
    aws.call("s3", "put_public_access_block", Bucket=bucket, PublicAccessBlockConfiguration=_CLOSED)


def policy(aws: Aws, bucket: str, wanted: Mapping[str, dict[str, Any]]) -> None:
    """Our statements after those of others."""
    statements = [*of_others(reads.statements(aws, bucket), "Sid", SID), *wanted.values()]
    aws.call("s3", "put_bucket_policy", Bucket=bucket, Policy=documents.to_json(documents.policy(statements)))


def versioning(aws: Aws, bucket: str, _wanted: bool) -> None:
    """Switches it on."""
    aws.call("s3", "put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def encryption(aws: Aws, bucket: str, wanted: Mapping[str, Any]) -> None:
    """The default; what the rule says beside (which encryption is refused) stays."""
    key = {"KMSMasterKeyID": wanted["key"]} if wanted["key"] else {}
    default = {"SSEAlgorithm": wanted["algorithm"], **key}
    live = next(iter(reads.encryption_rules(aws, bucket)), {})
    rule = {**live, "ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": wanted["bucket_key"]}
    aws.call("s3", "put_bucket_encryption", Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def object_lock(aws: Aws, bucket: str, wanted: Mapping[str, Any]) -> None:
    """Lets objects be locked, and locks new ones for a while."""
    retention = {"Mode": wanted["mode"], "Days": wanted["days"]}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    aws.call("s3", "put_object_lock_configuration", Bucket=bucket, ObjectLockConfiguration=configuration)


def lifecycle(aws: Aws, bucket: str, wanted: Mapping[str, dict[str, Any]]) -> None:
    """Our rules after those of others."""
    live = reads.lifecycle(aws, bucket)
    rules = {"Rules": [*of_others(live["Rules"], "ID", RULE), *wanted.values()]}
    small = {_SMALL_OBJECTS: live[_SMALL_OBJECTS]} if _SMALL_OBJECTS in live else {}
    aws.call("s3", "put_bucket_lifecycle_configuration", Bucket=bucket, LifecycleConfiguration=rules, **small)


def replication(aws: Aws, bucket: str, wanted: Mapping[str, Any] | None) -> None:
    """Our rule, alone: a bucket replicates by one role. None: it no longer replicates."""
    if wanted is None:
        aws.call("s3", "delete_bucket_replication", Bucket=bucket)
        return
    configuration = {"Role": wanted["role"], "Rules": list(wanted["rules"].values())}
    aws.call("s3", "put_bucket_replication", Bucket=bucket, ReplicationConfiguration=configuration)


# In this order: a bucket that is ours says so first, is closed before it is used, and keeps versions before what needs
# them. Fields of BackupBucket's state
SIDES: dict[str, Callable[[Aws, str, Any], None]] = {
    "tags": marks,
    "ownership": ownership,
    "public_access_blocked": public_access_blocked,
    "policy": policy,
    "versioning": versioning,
    "encryption": encryption,
    "object_lock": object_lock,
    "lifecycle": lifecycle,
    "replication": replication,
}
