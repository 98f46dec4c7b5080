# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as documents of a set write them: UTC, whole seconds, ``2026-11-29T02:15:00Z``."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

# strptime alone would take 2026-1-2T3:4:5Z, and other scripts' digits
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def written(time: datetime) -> str:
    """An aware time, in UTC and without what is below a second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """The time that ``written`` wrote. Errors: DatapathError."""
    try:
        if not _WRITTEN.fullmatch(text):
            raise ValueError(text)
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise DatapathError(f"{text!r} is no time in UTC such as 2026-11-29T02:15:00Z") from None
