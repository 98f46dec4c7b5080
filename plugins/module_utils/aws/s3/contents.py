# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bucket holds."""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_LOOK = 1000  # the most that S3 tells at once


def require_empty(aws: Aws, bucket: str) -> None:
    """Errors: AwsError that counts what is in it."""
    if told := held(aws, bucket):
        raise AwsError(
            f"S3 bucket {bucket} stays: it holds {' and '.join(told)}, and eks.redis never empties a bucket; delete "
            "all versions and uploads in it (S3 console: Empty), or let its lifecycle expire them, then run again"
        )


def held(aws: Aws, bucket: str) -> list[str]:
    """What is in it, counted for people; empty when it is."""
    versions = aws.call("s3", "list_object_versions", Bucket=bucket, MaxKeys=_LOOK)
    uploads = aws.call("s3", "list_multipart_uploads", Bucket=bucket, MaxUploads=_LOOK)
    objects = len(versions.get("Versions") or ()) + len(versions.get("DeleteMarkers") or ())
    counts = (
        (objects, bool(versions.get("IsTruncated")), "version", "of objects and delete markers"),
        (len(uploads.get("Uploads") or ()), bool(uploads.get("IsTruncated")), "unfinished upload", ""),
    )
    return [_told(*count) for count in counts if count[0]]


def _told(number: int, more: bool, what: str, which: str) -> str:
    least = "at least " if more else ""
    return f"{least}{number} {what}{'' if number == 1 else 's'} {which}".rstrip()
