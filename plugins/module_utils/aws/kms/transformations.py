# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS's shapes and ours. Pure."""

from __future__ import annotations

import re
from typing import Any

ENABLED, DISABLED, LEAVING = "Enabled", "Disabled", "PendingDeletion"
# the number of a key that check mode predicts; what is predicted of its users has to name it too
TO_COME = "00000000-0000-0000-0000-000000000000"
_NAME = re.compile(
    r"(?:arn:aws[\w-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:(?=key/|alias/))?(?:key/)?"
    r"(?:alias/[\w/-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)


def key(metadata: dict[str, Any]) -> dict[str, Any]:
    """Of DescribeKey: ``{arn, key_id, description, state, symmetric, managed_by, deleted_on}``."""
    leaves = metadata.get("DeletionDate")
    return {
        "arn": metadata["Arn"],
        "key_id": metadata["KeyId"],
        "description": metadata.get("Description", ""),
        "state": metadata["KeyState"],
        "symmetric": metadata.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT",
        "managed_by": "aws" if metadata.get("KeyManager") == "AWS" else "customer",
        "deleted_on": leaves.date().isoformat() if leaves else None,
    }


def to_come(partition: str, region: str, account: str) -> dict[str, Any]:
    """The members that a key has before it is made, see ``key``."""
    arn = f"arn:{partition}:kms:{region}:{account}:key/{TO_COME}"
    return {"arn": arn, "key_id": TO_COME, "state": ENABLED}


def rotation(status: dict[str, Any]) -> dict[str, Any]:
    """Of GetKeyRotationStatus: ``{enabled, days}``."""
    return {"enabled": status["KeyRotationEnabled"], "days": status.get("RotationPeriodInDays")}


def wanted_rotation(enabled: bool, days: int) -> dict[str, Any]:
    """The same, from options."""
    return {"enabled": enabled, "days": days if enabled else None}


def problem_with_name(name: str, region: str) -> str | None:
    """Why this can be no key for the region, from its spelling alone."""
    found = _NAME.fullmatch(name)
    if not found:
        return f"{name!r} is no KMS key: give its ARN, its ID, or its alias as alias/NAME"
    if found["region"] and found["region"] != region:
        return f"KMS key {name} is in region {found['region']}; a key in {region} is needed"
    return None


def problem(name: str, live: dict[str, Any] | None, region: str) -> str | None:
    """Why data cannot be encrypted with it."""
    what = f"KMS key {name}"
    if live is None:
        return f"{what} is not there in region {region}; make it with eks.redis.kms_key, or name another"
    command = f"--key-id {live['key_id']} --region {region}"
    if live["state"] == DISABLED:
        return f"{what} is disabled; enable it with: aws kms enable-key {command}"
    if live["state"] == LEAVING:
        return (
            f"{what} is pending deletion, it goes on {live['deleted_on']}; keep it with: "
            f"aws kms cancel-key-deletion {command} && aws kms enable-key {command}"
        )
    if live["state"] != ENABLED:
        return f"{what} is in state {live['state']}, not {ENABLED}; wait until it is, or name another"
    if not live["symmetric"]:
        return f"{what} is not symmetric, and EBS and S3 encrypt with symmetric keys only; name another"
    return None
