# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be lost with a key: KMS itself keeps no list of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import DENIALS, AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import contents, reads
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

_ENCRYPTED = [{"Name": "encrypted", "Values": ["true"]}]
_SHOWN = 5  # of each kind


def require_unused(aws: Aws, key: Mapping[str, Any]) -> None:
    """Errors: AwsError that names the volumes, snapshots and buckets in the region that need the key.

    key: ``{arn, key_id, alias}``. A bucket counts that encrypts with it and holds anything.
    """
    found = side_by_side(
        (
            lambda: _encrypted(aws, key["arn"], "describe_volumes", "Volumes", "VolumeId"),
            lambda: _encrypted(aws, key["arn"], "describe_snapshots", "Snapshots", "SnapshotId", OwnerIds=["self"]),
            lambda: _buckets(aws, key),
        )
    )
    needed = [_told(*each) for each in zip(("volume", "snapshot", "bucket"), found, strict=True) if each[1]]
    if needed:
        raise AwsError(
            f"KMS key {key['alias']} stays: {' and '.join(needed)} would be lost with it; take them away first, or "
            "leave the key"
        )


def _encrypted(aws: Aws, arn: str, operation: str, items: str, member: str, **of: Any) -> list[str]:
    there = aws.pages("ec2", operation, items, Filters=_ENCRYPTED, **of)
    return sorted(one[member] for one in there if one.get("KmsKeyId") == arn)


def _buckets(aws: Aws, key: Mapping[str, Any]) -> list[str]:
    names = [one["Name"] for one in aws.call("s3", "list_buckets")["Buckets"]]
    needs = side_by_side(partial(_needs, aws, name, {key["arn"], key["key_id"], key["alias"]}) for name in names)
    return [name for name, needed in zip(names, needs, strict=True) if needed]


def _needs(aws: Aws, bucket: str, key: set[str]) -> bool:
    """Not one that the caller may not look at, such as those of other teams."""
    try:
        encryption = reads.encryption(aws, bucket)
    except AwsError as error:
        if error.code in (*DENIALS, "NoSuchBucket"):
            return False
        raise
    return encryption is not None and encryption["key"] in key and bool(contents.held(aws, bucket))


def _told(what: str, names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{what}{'' if len(names) == 1 else 's'} {', '.join(names[:_SHOWN])}{more}"
