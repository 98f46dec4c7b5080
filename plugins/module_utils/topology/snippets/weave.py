# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text of which each line says what it needs, brought to what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from string import Template

_MARGIN = "|"


def weave(text: str, words: Collection[str], values: Mapping[str, str]) -> str:
    """The lines whose words all are there, and whose words with a ``!`` are not, with values in place of ``$name``.

    Words stand before the first ``|`` of a line, the line itself behind it. Raises KeyError for an unknown value.
    """
    parted = [line.partition(_MARGIN) for line in text.strip("\n").split("\n")]
    kept = [line for needs, _margin, line in parted if all(_holds(need, words) for need in needs.split())]
    return Template("\n".join(kept) + "\n").substitute(values)


def _holds(need: str, words: Collection[str]) -> bool:
    return need[1:] not in words if need.startswith("!") else need in words
