# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers as people read them. Pure."""

from __future__ import annotations


def some(number: int, noun: str) -> str:
    """``1 pod``, ``2 pods``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(number: float) -> str:
    """Bytes: ``512 B``, ``1.5 GiB``."""
    if number < 1024:
        return f"{number} B"
    for unit in ("KiB", "MiB", "GiB"):
        number /= 1024
        if number < 1024:
            return f"{number:.1f} {unit}"
    return f"{number / 1024:.1f} TiB"


def span(seconds: float) -> str:
    """A duration by its two largest units: ``40 s``, ``5 min``, ``2 h 3 min``, ``4 days 1 h``."""
    minutes, rest = divmod(int(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    days, hours = divmod(hours, 24)
    parts = [some(days, "day"), f"{hours} h"] if days else [f"{hours} h", f"{minutes} min"]
    return " ".join(part for part in parts if not part.startswith("0 "))
