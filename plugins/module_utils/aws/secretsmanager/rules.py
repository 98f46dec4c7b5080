# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a secret can be asked to be: one line for each option that cannot hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
# as contract.patterns.PROPERTY, which the instance reads it by
_PROPERTY = re.compile(r"[A-Za-z0-9_-]{1,128}")
_DESCRIPTION = 2048  # characters, CreateSecret
_WINDOW = range(7, 31)  # days, DeleteSecret


def problems(given: Mapping[str, Any]) -> Iterator[str]:
    """given: the options of module auth_secret."""
    name, field, window = given["name"], given["property"], given["recovery_window"]
    if not NAME.fullmatch(name):
        yield f"name {name!r}: it must have 1 to 512 letters, digits and /_+=.@-, and be no ARN"
    if field and not _PROPERTY.fullmatch(field):
        yield f"property {field!r}: it must have up to 128 letters, digits, - and _, or be empty for a plain text"
    if len(given["description"]) > _DESCRIPTION:
        yield f"description: it has {len(given['description'])} characters; allowed: up to {_DESCRIPTION}"
    if window not in _WINDOW:
        yield f"recovery_window {window}: it must be {_WINDOW.start} to {_WINDOW.stop - 1} days"
