"""What a fault has come to, in the words of a table. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

LONGEST = 240  # characters
# names that are others in each run
_NAMES = (
    (re.compile(r"\d{8}T\d{6}Z-\w{4}"), "SET"),
    (re.compile(r"\bdrill-[\w]+-"), "drill-"),
    (re.compile(r"-(backup|restore)-\w{8}(-\w{5})?\b"), r"-\1-…"),
    (re.compile(r'"?\barn:aws:\S+[^\s:,;.]'), "ARN"),
    (re.compile(r"eks-redis-lab-us-east-1-\d+/redis/\S+/"), "…/"),
    (re.compile(r"\b\d+\.\d+\.\d+\.\d+\b"), "ADDRESS"),
)


def found(pattern: str, lines: Sequence[str]) -> str:
    """The line that says it, for a cell; AssertionError where none does."""
    line = next((line for line in lines if re.search(pattern, line)), None)
    assert line is not None, f"nobody says {pattern!r}: {lines}"
    for name, instead in _NAMES:
        line = name.sub(instead, line)
    line = line.replace("|", "/")
    if len(line) <= LONGEST:
        return line
    # what happened stands in front, what to do at the end
    half = LONGEST // 2 - 1
    return f"{line[:half].rstrip()} … {line[-half:].lstrip()}"


def counted(sets: Mapping[str, Sequence[str]]) -> str:
    """How many of which kind. sets: names by kind."""
    return ", ".join(f"{len(names)} {kind}" for kind, names in sets.items() if names) or "none"
