# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that ElastiCache writes into a bucket, and the statement that lets it. Pure but for reads and deletions.

Source: ElastiCache User Guide, "Exporting a backup": <name>-0001.rdb and on, one of each shard, in no folder.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws.s3.reads import NO_BUCKET
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

# no Sid of ours else begins so: module backup_bucket keeps its own in order, and leaves this
_SID = "ElastiCacheExport"
_MARK = "eks.redis/export-"
_ACTIONS = (
    "s3:GetBucketAcl",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)


class Target(NamedTuple):
    """name: how the files begin."""

    bucket: str
    name: str

    @property
    def sid(self) -> str:
        """Of the statement, known again by the next run."""
        return f"{_SID}{self._short}"

    @property
    def mark(self) -> dict[str, str]:
        """The tag of a snapshot whose files may be there."""
        return {self.mark_key: f"{self.bucket}/{self.name}"}

    @property
    def mark_key(self) -> str:
        """Its name: of one snapshot there may be several exports."""
        return f"{_MARK}{self._short}"

    @property
    def _short(self) -> str:
        return hashlib.sha256(f"{self.bucket}/{self.name}".encode()).hexdigest()[:12]

    def key(self, shard: int) -> str:
        """The object of a shard, counted from 0."""
        return f"{self.name}-{shard + 1:04}.rdb"

    def url(self, key: str) -> str:
        """As other modules take it."""
        return f"s3://{self.bucket}/{key}"


class File(NamedTuple):
    key: str
    bytes: int


def marked_for(marks: dict[str, str], bucket: str) -> bool:
    """Whether one of the tags of a snapshot says that it was, or was to be, exported to the bucket."""
    return any(key.startswith(_MARK) and text.startswith(f"{bucket}/") for key, text in marks.items())


def statement(target: Target, region: str, partition: str) -> dict[str, Any]:
    """Lets ElastiCache write: what the guide says, no more."""
    arn = f"arn:{partition}:s3:::{target.bucket}"
    service = f"{region}.elasticache-snapshot.amazonaws.com" + (".cn" if partition == "aws-cn" else "")
    return {
        "Sid": target.sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(_ACTIONS),
        "Resource": [arn, f"{arn}/*"],
    }


def files(aws: Aws, target: Target) -> list[File]:
    """Those that are there, in order of the shards; none without the bucket."""
    where = {"Bucket": target.bucket, "Prefix": f"{target.name}-"}
    listed = aws.find_pages("s3", "list_objects_v2", "Contents", missing=NO_BUCKET, **where)
    pattern = re.compile(rf"{re.escape(target.name)}-\d{{4}}\.rdb")
    found = [File(each["Key"], each["Size"]) for each in listed if pattern.fullmatch(each["Key"])]
    return sorted(found)


def delete(aws: Aws, target: Target, there: list[File]) -> None:
    """Takes files away; a bucket that keeps versions keeps these."""
    side_by_side(partial(aws.call, "s3", "delete_object", Bucket=target.bucket, Key=each.key) for each in there)
