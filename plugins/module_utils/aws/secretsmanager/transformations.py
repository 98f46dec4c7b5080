# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets Manager's shapes and ours; where in the text of a secret the password stands. Pure."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID
from ansible_collections.eks.redis.plugins.module_utils.contract.patterns import TOKEN

_CURRENT = "AWSCURRENT"


def secret(described: dict[str, Any]) -> dict[str, Any]:
    """Of DescribeSecret: ``{arn, name, description, kms_key, version_id, rotation, last_changed, deleted_on, tags}``.

    kms_key: as whoever set it wrote it, None for the key that AWS manages. version_id: of the value that is read, None
    without one. rotation: ``{enabled, days}``. last_changed: ISO 8601; deleted_on: the day, None for one that stays.
    """
    changed, leaves = described.get("LastChangedDate"), described.get("DeletedDate")
    stages = described.get("VersionIdsToStages") or {}
    return {
        "arn": described["ARN"],
        "name": described["Name"],
        "description": described.get("Description", ""),
        "kms_key": described.get("KmsKeyId"),
        "version_id": next((version for version, names in stages.items() if _CURRENT in names), None),
        "rotation": {
            "enabled": bool(described.get("RotationEnabled")),
            "days": (described.get("RotationRules") or {}).get("AutomaticallyAfterDays"),
        },
        "last_changed": changed.isoformat(timespec="seconds") if changed else None,
        "deleted_on": leaves.date().isoformat() if leaves else None,
        "tags": tags.from_list(described.get("Tags") or ()),
    }


def same_key(live: str | None, wanted: str) -> bool:
    """wanted: an ARN; the live one may be named by its ID."""
    return live is not None and (live == wanted or wanted.endswith(f":key/{live}"))


def problem(name: str, live: dict[str, Any] | None, region: str) -> str | None:
    """Why no password can be read from it, as far as its description tells."""
    what = f"AWS secret {name}"
    if live is None:
        return f"{what} is not there in region {region}; make it with eks.redis.auth_secret, or name another"
    if live["deleted_on"]:
        return (
            f"{what} is scheduled for deletion, it goes on {live['deleted_on']}; keep it with: "
            f"aws secretsmanager restore-secret --secret-id {name} --region {region}"
        )
    if live["version_id"] is None:
        return f"{what} has no value; eks.redis.auth_secret puts a password into it"
    return None


def password(name: str, text: str | None, field: str) -> str | None:
    """The password in a secret's text, None where there is none yet. field: its key in a JSON object, empty: all of it.

    Errors: AwsError for a text of another form, which must not be lost.
    """
    if text is None:
        return None
    known = _object(text)
    if not field:
        if known is not None:
            raise AwsError(
                f"AWS secret {name} holds a JSON object; say with property which of its keys is the password: "
                f"{', '.join(sorted(known)) or 'it has none yet'}"
            )
        return text
    if known is None:
        raise AwsError(
            f"AWS secret {name} holds a plain text and no JSON object with the key {field}; say property: '' where all "
            "of it is the password, or name another secret"
        )
    found = known.get(field)
    if found is not None and not isinstance(found, str):
        raise AwsError(f"AWS secret {name}: {field} is no text in its JSON object; name another property")
    return found or None


def require_usable(name: str, found: str) -> None:
    """Errors: AwsError for a password that Redis would not get as it is."""
    if TOKEN.accept(found) is INVALID:
        raise AwsError(
            f"AWS secret {name} holds a password that the operator cannot carry; allowed: {TOKEN.allowed}; put another "
            "in its place with rotate: true"
        )


def with_password(text: str | None, field: str, new: str) -> str:
    """The text with that password; what else a JSON object holds stays."""
    if not field:
        return new
    return json.dumps({**(_object(text or "") or {}), field: new})


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
