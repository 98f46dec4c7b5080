# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a job says while it works and at its end, for the controller and ``kubectl logs``: one JSON object a line."""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

DONE, FAILED = "done", "failed"  # one of them is the last line
_lock = threading.Lock()


def line(event: str, **fields: Any) -> str:
    """One of them."""
    return json.dumps({"event": event, **fields}) + "\n"


def tell(event: str, **fields: Any) -> None:
    """Says that something has happened; also from several threads."""
    with _lock:
        sys.stdout.write(line(event, **fields))
        sys.stdout.flush()
