# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""EBS volumes, and the keys that encrypt them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import DENIALS, AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api as kms
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

MISSING = ("InvalidVolume.NotFound", "InvalidParameterValue", "InvalidVolumeID.Malformed")


def volumes(aws: Aws, ids: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """By id: ``{id, encrypted, key, type, size, iops, throughput, zone, state}``, sizes in GiB; None for one that is
    not there. One request each, as EC2 refuses a whole list for one id that it does not know."""
    asked = sorted(set(ids))
    return dict(zip(asked, side_by_side(lambda one=one: _volume(aws, one) for one in asked), strict=True))


def keys(aws: Aws, arns: Iterable[str]) -> dict[str, dict[str, Any] | None]:
    """By ARN: as kms.api.key has it, with ``rotation`` as ``{enabled, days}``; None for one that is not there.

    Of one that another account has and does not show: ``{arn, managed_by, untold}``, untold being what KMS says.
    """
    asked = sorted(set(arns))
    return dict(zip(asked, side_by_side(lambda one=one: _key(aws, one) for one in asked), strict=True))


def _volume(aws: Aws, volume_id: str) -> dict[str, Any] | None:
    answer = aws.find("ec2", "describe_volumes", missing=MISSING, VolumeIds=[volume_id])
    if not answer or not answer["Volumes"]:
        return None
    one = answer["Volumes"][0]
    return {
        "id": volume_id,
        "encrypted": one["Encrypted"],
        "key": one.get("KmsKeyId"),
        "type": one["VolumeType"],
        "size": one["Size"],
        "iops": one.get("Iops"),
        "throughput": one.get("Throughput"),
        "zone": one["AvailabilityZone"],
        "state": one["State"],
    }


def _key(aws: Aws, arn: str) -> dict[str, Any] | None:
    try:
        live = kms.key(aws, arn)
        return live and {**live, "rotation": _rotation(aws, live)}
    except AwsError as error:
        if error.code not in DENIALS or arn.split(":")[4] == aws.account:
            raise
        return {"arn": arn, "managed_by": "customer", "untold": str(error)}  # keys of AWS's own are not shared


def _rotation(aws: Aws, live: dict[str, Any]) -> dict[str, Any]:
    try:
        return kms.rotation(aws, live["arn"])
    except AwsError:
        if live["managed_by"] != "aws":
            raise
        return {"enabled": True, "days": None}  # AWS rotates its own, and lets nobody ask (KMS Developer Guide)
