# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of regions: a misspelt one is a host that nobody answers for, after a minute. Pure.

Not held against a list of all: a region may be newer than boto3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

_NAME = re.compile(r"[a-z]{2,4}(-[a-z]+)?-(north|south|east|west|central|(north|south)(east|west))-[0-9]{1,2}")


def problem(name: str, known: Callable[[], Iterable[str]]) -> str | None:
    """Why there is no such region. known: names of regions."""
    if _NAME.fullmatch(name):
        return None
    there = list(known())
    swapped = [one for one in there if sorted(one) == sorted(name)]  # a slip that get_close_matches misjudges
    near = swapped or get_close_matches(name, there, 1)
    hint = f"did you mean {near[0]}?" if near else "such as us-east-1"
    return f"region {name!r} is no name of an AWS region; {hint}"
