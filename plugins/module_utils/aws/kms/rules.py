# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a key can be asked to be: one line for each option that cannot hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ALIAS = re.compile(r"alias/[a-zA-Z0-9/_-]{1,250}")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/[\w+=,.@/*?-]+")
_PRINCIPAL = re.compile(r"arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\w+=,.@/-]+")
# as those whom conditions name: also with wildcards, and sessions as STS tells of them
_READER = re.compile(r"arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\w+=,.@/*?-]+")
_PERIOD = range(90, 2561)  # days, EnableKeyRotation
_WINDOW = range(7, 31)  # days, ScheduleKeyDeletion


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """given: the options of module kms_key."""
    alias = given["alias"]
    if not _ALIAS.fullmatch(alias):
        yield f"alias {alias!r}: it must be alias/NAME, with up to 250 letters, digits, '/', '_' and '-' as name"
    elif alias.startswith("alias/aws/"):
        yield f"alias {alias}: names that begin with alias/aws/ are keys of AWS's own; choose another"
    yield from _outside("rotation_period", given["rotation_period"], _PERIOD)
    yield from _outside("pending_window", given["pending_window"], _WINDOW)
    for option, allowed, example in (
        ("volume_roles", _ROLE, "role/NAME"),
        ("backup_roles", _ROLE, "role/NAME"),
        ("backup_readers", _READER, "role/NAME or …:user/NAME"),
        ("administrators", _PRINCIPAL, "role/NAME or …:user/NAME"),
    ):
        for arn in given[option]:
            if not allowed.fullmatch(arn):
                yield f"{option}: {arn!r} is no ARN such as arn:aws:iam::123456789012:{example}"
    if given["policy"] is not None and not given["policy"].get("Statement"):
        yield "policy: it has no Statement; a key policy needs one that lets somebody manage the key"


def _outside(option: str, value: int, allowed: range) -> Iterator[str]:
    if value not in allowed:
        yield f"{option} {value}: it must be {allowed.start} to {allowed.stop - 1} days"
