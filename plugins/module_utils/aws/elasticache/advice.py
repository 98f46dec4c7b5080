# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about refusals of ElastiCache that concern snapshots and their export.

Source: ElastiCache API Reference, CopySnapshot, and User Guide, "Exporting a backup" and "Backup constraints".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError

# a part of what AWS says, or its code -> what to do; the first that fits
_ADVICE = (
    ("outside of the region", "choose a bucket in the region of the cache"),
    ("is not owned by the authenticated user", "choose a bucket of the account that the cache is in"),
    (
        "unable to validate the authenticated user",
        "whoever exports needs s3:ListAllMyBuckets on *, s3:GetBucketLocation and s3:ListBucket on the bucket, and "
        "s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it",
    ),
    (
        "has not been granted",
        "the bucket's policy let ElastiCache in: look for a Deny in it, or in a policy of the organization, that is "
        "for everybody",
    ),
    ("already contains an object", "choose another name"),
    ("does not have sufficient permissions", "whoever exports lacks a permission: see docs/aws-permissions.md"),
    ("data tiering", "AWS exports no data that are on disks: take the way live"),
    (
        "SnapshotQuotaExceededFault",
        "AWS makes 20 manual snapshots of a node in 24 hours: wait, or name one that is there with option snapshot",
    ),
    ("SnapshotAlreadyExistsFault", "if it was just deleted, AWS is still at it: run again in a minute"),
    (
        "InvalidSnapshotState",
        "AWS is at work on this snapshot: run again when it is available",
    ),
    (
        "InvalidReplicationGroupState",
        "AWS is at work on the replication group, and does one thing at a time: run again when it is available",
    ),
)


@contextmanager
def advised() -> Iterator[None]:
    """Adds the advice to an AwsError that has one."""
    try:
        yield
    except AwsError as error:
        said = f"{error} {error.code}"
        found = next((advice for part, advice in _ADVICE if part in said), None)
        if found is None:
            raise
        raise AwsError(f"{error}; {found}", error.code) from None
