# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines as they stand on a screen. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100  # columns; only a name that somebody may want to copy makes a line longer
_MARGIN = 11  # where texts begin, behind their labels


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table; the first row is its header."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…" for line in map(str.rstrip, lines)]


def wrapped(label: str, text: str) -> list[str]:
    """The lines of a paragraph behind its label."""
    lines = textwrap.wrap(text, WIDTH - _MARGIN, break_long_words=False, break_on_hyphens=False)
    return [f"  {label if number == 0 else '':{_MARGIN - 2}}{line}" for number, line in enumerate(lines)]
