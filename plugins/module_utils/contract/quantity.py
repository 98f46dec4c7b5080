# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kubernetes quantities, exactly: cpu in cores, memory and storage in bytes."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil

_BYTES = {"Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_CPU = re.compile(r"(\d{1,6})m|(\d{1,6}(?:\.\d{1,3})?)", re.ASCII)
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)([MGT]i)", re.ASCII)


def cores(text: str) -> Fraction | None:
    """'500m', '1', '1.5' -> cores; None when the text is no cpu quantity above zero."""
    match = _CPU.fullmatch(text)
    if not match:
        return None
    return (Fraction(int(match[1]), 1000) if match[1] else Fraction(match[2])) or None


def octets(text: str) -> Fraction | None:
    """'512Mi', '1.5Gi' -> bytes; None when the text is no size above zero."""
    match = _SIZE.fullmatch(text)
    return (Fraction(match[1]) * _BYTES[match[2]] or None) if match else None


def amount(text: str) -> Fraction:
    """A valid quantity of any kind as a number, for comparing two of the same kind."""
    return octets(text) or cores(text) or Fraction(0)


def canonical(text: str) -> str:
    """A valid quantity in the one spelling Kubernetes writes: '1000m' -> '1', '1.5' -> '1500m', '1024Mi' -> '1Gi'.

    The operator writes custom resources back in it; another spelling of ours would then look like a change of its.
    """
    size = octets(text)
    if size is None:
        milli = ceil((cores(text) or 0) * 1000)
        return f"{milli}m" if milli % 1000 else _shortest(milli // 1000, 1000, ("", "k", "M"))
    return _shortest(ceil(size), 1024, ("", "Ki", "Mi", "Gi", "Ti", "Pi"))


def _shortest(number: int, base: int, suffixes: tuple[str, ...]) -> str:
    power = 0
    while number and number % base == 0 and power < len(suffixes) - 1:
        number, power = number // base, power + 1
    return f"{number}{suffixes[power]}"
