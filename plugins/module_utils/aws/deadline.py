# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long to be patient with what AWS does in its own time."""

from __future__ import annotations

import time
from collections.abc import Sequence


class Deadline:
    """When the patience ends, and how long to wait before looking again.

    pauses: seconds before the second, third, … look; the last one for all further.
    """

    def __init__(self, seconds: float, pauses: Sequence[float]) -> None:
        self._end = time.monotonic() + seconds
        self._pauses = pauses
        self._looks = 0

    def pause(self) -> bool:
        """Sleeps a little; False when the time is up."""
        left = self._end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(self._pauses[min(self._looks, len(self._pauses) - 1)], left))
        self._looks += 1
        return True
