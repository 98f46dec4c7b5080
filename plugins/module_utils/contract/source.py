# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A flavour or root file as data, with the line of every key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import json_reader, yaml_reader
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Malformed, Problem


class SourceError(Exception):
    """The file gives no data; str() is the one line that says which file, where and why."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.problem = Problem(name, message)


@dataclass(frozen=True)
class Source:
    """Parsed data; `lines` maps a path such as 'persistence.size' to its line, counted from 1."""

    data: Any
    lines: Mapping[str, int] = field(default_factory=dict)
    name: str | None = None

    def line(self, path: str) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)


def read(path: str) -> Source:
    """Read and parse a file; SourceError when it is missing, unreadable, not UTF-8, or not JSON or YAML."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(path, f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except (OSError, ValueError) as error:
        # a path with a NUL is a ValueError
        why = getattr(error, "strerror", error)
        raise SourceError(path, f"cannot be read: {why}; give the path of a JSON or YAML file") from None
    return parse(text, Path(path).name)


def parse(text: str, name: str) -> Source:
    """Parse JSON (// comments are tolerated) or YAML; an empty file is an empty mapping."""
    looks_like_json = text.lstrip().startswith(("{", "[", "//")) and not name.endswith((".yml", ".yaml"))
    reader = json_reader if name.endswith(".json") or looks_like_json else yaml_reader
    try:
        data, lines = reader.load(text)
    except Malformed as error:
        raise SourceError(name, f"line {error.line}, column {error.column}: {error}") from None
    return Source({} if data is None else data, lines, name)
