# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapping of facts to a flavour is made of: values with their origins, and what has no place. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

ROOT, FLAVOUR = "root", "flavour"
CONFIG = "additionalConfig"


@dataclass(frozen=True)
class Line:
    """A value. document: ROOT or FLAVOUR."""

    document: str
    path: str
    value: Any
    origin: str


@dataclass(frozen=True)
class Dropped:
    """What has no place. what: as ElastiCache calls it."""

    what: str
    reason: str


@dataclass(frozen=True)
class Wanted:
    """bucket: of backups; empty for none. secret: that will hold the password; empty for one named by the group."""

    bucket: str = ""
    secret: str = ""


NOTHING = Wanted()
Rows = Iterator["Line | Dropped"]


def document(lines: Iterable[Line], which: str) -> dict[str, Any]:
    """The lines of one document as a nested mapping."""
    made: dict[str, Any] = {}
    for line in lines:
        if line.document == which:
            *parents, name = split(line.path)
            inside = made
            for parent in parents:
                inside = inside.setdefault(parent, {})
            inside[name] = line.value
    return made


def split(path: str) -> list[str]:
    """Keys of a path; names of directives may have dots."""
    head, _dot, rest = path.partition(".")
    return [head, rest] if head == CONFIG else path.split(".")
