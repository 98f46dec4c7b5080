# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of day as ElastiCache writes them, as schedules. Pure."""

from __future__ import annotations

import re

# CreateReplicationGroup: "05:00-09:00", in UTC; a serverless cache has the time alone (CreateServerlessCache)
_WINDOW = re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?:-\d{1,2}:\d{2})?", re.ASCII)


def schedule(window: str) -> str | None:
    """``03:30-05:00`` -> ``30 3 * * *``, its begin, each day; None for what is no window."""
    found = _WINDOW.fullmatch(window)
    return f"{int(found['minute'])} {int(found['hour'])} * * *" if found else None
