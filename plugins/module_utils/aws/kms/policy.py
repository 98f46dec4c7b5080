# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what with the key: the key policy, as narrow as its uses allow. Pure.

A key policy that names the account lets its IAM policies decide, so that a role needs both: its own policy, and a
statement here whose condition it meets. Roles stand in conditions rather than as principals: KMS refuses a principal
that does not exist, and to it one that was deleted and made again would be another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.ec2 import volume_key

# No use of data and no grant: kms:CreateGrant hands out any use of the key
_ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
# Encrypt is what replicas are written with; who may generate data keys gains nothing by it
_BACKUPS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
_READING = ["kms:Decrypt", "kms:DescribeKey"]


class Place(NamedTuple):
    """Where the key is; partition as ARNs begin, ``aws``."""

    partition: str
    region: str
    account: str


class Users(NamedTuple):
    """Who is to use the key: ARNs, but for administrators also with wildcards. Without these, IAM policies decide."""

    administrators: Sequence[str] = ()
    volume_roles: Sequence[str] = ()
    backup_roles: Sequence[str] = ()
    backup_readers: Sequence[str] = ()


def document(place: Place, users: Users) -> dict[str, Any]:
    """The key policy."""
    return documents.policy(list(_statements(place, users)))


def _statements(place: Place, users: Users) -> Iterator[dict[str, Any]]:
    account = f"arn:{place.partition}:iam::{place.account}:root"
    yield _allow("EksRedisAdministration", list(users.administrators) or account, _ADMINISTRATION)
    if users.volume_roles:
        yield _allow("EksRedisVolumes", account, volume_key.USE, _through("ec2", place, users.volume_roles))
        # a grant to the principal ebs.amazonaws.com would never be used: EBS does not come to KMS under that name
        for_ec2 = {**_through("ec2", place, users.volume_roles), **volume_key.GRANTS_FOR_AWS}
        yield _allow("EksRedisVolumeGrants", account, volume_key.GRANTS, for_ec2)
    if users.backup_roles:
        yield _allow("EksRedisBackups", account, _BACKUPS, _through("s3", place, users.backup_roles))
    if users.backup_readers:
        yield _allow("EksRedisBackupReaders", account, _READING, _through("s3", place, users.backup_readers))


def _through(service: str, place: Place, who: Sequence[str]) -> dict[str, Any]:
    """The condition: these roles or users, and only by way of that service."""
    name = f"{service}.{place.region}.amazonaws.com" + (".cn" if place.partition == "aws-cn" else "")
    return {"ArnLike": {"aws:PrincipalArn": list(who)}, "StringEquals": {"kms:ViaService": name}}


def _allow(
    sid: str, who: str | list[str], actions: list[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": who},
        "Action": actions,
        "Resource": "*",
        **({"Condition": condition} if condition else {}),
    }
