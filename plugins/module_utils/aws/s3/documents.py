# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a bucket of backups is to say: its policy, its lifecycle, its replication and the role of that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.transformations import RULE, SID, rule

Statement = dict[str, Any]
_BACKUPS, _CLEAN_UP = f"{RULE}backups", f"{RULE}clean-up"
# Of the role of replication, as the S3 User Guide has it ("Setting up permissions for live replication"): without a
# condition, since one that S3 does not meet would stop the copies and nobody would be told
TRUST = documents.policy(
    [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]
)


class Replica(NamedTuple):
    """Where copies go. kms_key: ARN in the region of the copies, needed where the originals have one."""

    bucket: str  # ARN
    prefix: str = ""  # of what is copied; empty for all
    storage_class: str | None = None  # None: that of the original
    kms_key: str | None = None


def statements(bucket: str, more: Iterable[Mapping[str, Any]]) -> dict[str, Statement]:
    """Of the bucket's policy, by Sid.

    bucket: ARN. more: the user's, each with a Sid; one that is on no resource is on the bucket and its objects.
    """
    both = [bucket, f"{bucket}/*"]
    tls = {
        "Sid": f"{SID}TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": both,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    named = [{**_on(both, one), "Sid": f"{SID}{one['Sid']}"} for one in more]
    return {one["Sid"]: one for one in (tls, *named)}


def _on(resources: list[str], one: Mapping[str, Any]) -> Statement:
    return {**one} if "Resource" in one or "NotResource" in one else {**one, "Resource": list(resources)}


def lifecycle(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Rules by ID. given: transitions, expiration_days, noncurrent_days, abort_multipart_days.

    The end of a delete marker needs a rule of its own: S3 does not take it beside days.
    """
    clean_up: dict[str, Any] = {
        "ID": _CLEAN_UP,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "NoncurrentVersionExpiration": {"NoncurrentDays": given["noncurrent_days"]},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": given["abort_multipart_days"]},
    }
    moves = [{"Days": move["days"], "StorageClass": move["storage_class"]} for move in given["transitions"]]
    ends = given["expiration_days"]
    backups: dict[str, Any] = {
        "ID": _BACKUPS,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        **({"Transitions": moves} if moves else {}),
        **({"Expiration": {"Days": ends}} if ends else {}),
    }
    return {one["ID"]: rule(one) for one in ((backups, clean_up) if moves or ends else (clean_up,))}


def replication(role: str, replica: Replica) -> dict[str, Any]:
    """``{role, rules}``. Deletions are not copied: what one bucket loses is in the other."""
    encrypted = {"EncryptionConfiguration": {"ReplicaKmsKeyID": replica.kms_key}} if replica.kms_key else {}
    criteria = {"SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}}} if encrypted else {}
    stored = {"StorageClass": replica.storage_class} if replica.storage_class else {}
    copies = {
        "ID": _BACKUPS,
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": replica.prefix},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": replica.bucket, **stored, **encrypted},
        **criteria,
    }
    return {"role": role, "rules": {_BACKUPS: rule(copies)}}


def replication_policy(source: str, source_key: str | None, replica: Replica, *, locked: bool) -> dict[str, Any]:
    """What replication does (S3 User Guide, "Setting up permissions for live replication"). source: the bucket's ARN.

    locked: objects of the source have retentions, which are copied too.
    """
    return documents.policy(list(_replicates(source, source_key, replica, locked)))


def _replicates(source: str, source_key: str | None, replica: Replica, locked: bool) -> Iterator[Statement]:
    retention = ["s3:GetObjectLegalHold", "s3:GetObjectRetention"] if locked else []
    versions = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    yield _allow("Configuration", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source)
    yield _allow("Originals", [*retention, *versions], f"{source}/{replica.prefix}*")
    yield _allow("Copies", ["s3:ReplicateObject", "s3:ReplicateTags"], f"{replica.bucket}/{replica.prefix}*")
    if source_key and replica.kms_key:
        yield _by_s3("OriginalsKey", "kms:Decrypt", source_key, source)
        yield _by_s3("CopiesKey", "kms:Encrypt", replica.kms_key, replica.bucket)


def _allow(sid: str, actions: Sequence[str], resource: str) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}


def _by_s3(sid: str, action: str, key: str, bucket: str) -> Statement:
    """S3 names the bucket to KMS where it has a bucket key, else the object."""
    _arn, partition, _kms, region, *_rest = key.split(":")
    service = f"s3.{region}.amazonaws.com" + (".cn" if partition == "aws-cn" else "")
    condition = {
        "StringEquals": {"kms:ViaService": service},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
    }
    return {**_allow(sid, [action], key), "Condition": condition}
