# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with an input, as one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

Path = tuple["str | int", ...]


@dataclass(frozen=True)
class Problem:
    """One error or warning; str() of it is the line people read."""

    path: str
    message: str
    source: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.source, self.line) if part is not None)
        return f"{self.path}: {self.message}" + (f" ({where})" if where else "")


def join(path: Path) -> str:
    """('a', 'b', 0, 'c') -> 'a.b[0].c', the way paths are written in messages and in Source.lines."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + _word(part)
    return text


def _word(key: str) -> str:
    return (key if key.isprintable() else repr(key)[1:-1]) or '""'


def shown(value: Any) -> str:
    """A given value on one short line, as its author knows it (JSON's true and null, not Python's)."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, int) and abs(value) > 10**18:
        return "a number of more than 18 digits"
    text = repr(str(value)) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else f"{text[:76]}...'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant; letter case and dashes do not count."""
    plain = {name.lower().replace("-", "").replace("_", ""): name for name in sorted(known, reverse=True)}
    found = get_close_matches(word.lower().replace("-", "").replace("_", ""), plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None


class Malformed(Exception):
    """A text is not JSON or YAML; str() says what is wrong, line and column (from 1) where."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


class Refused(Exception):
    """An input breaks the contract; str() has all that is wrong, a line each."""

    def __init__(self, problems: Iterable[object]) -> None:
        super().__init__("\n".join(map(str, problems)))
