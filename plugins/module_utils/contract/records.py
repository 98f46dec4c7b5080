# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dataclasses in snake_case from mappings in camelCase, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")
# Names and types of a dataclass's fields; asking for them takes longer than all else that is done here
_types: Callable[[type], dict[str, Any]] = cache(get_type_hints)


def record(kind: type[T], tree: Mapping[str, Any]) -> T:
    """A dataclass from a mapping with camelCase keys."""
    values = {}
    for name, inner in _types(kind).items():
        value = tree[_camel(name)]
        values[name] = record(inner, value) if isinstance(inner, type) and is_dataclass(inner) else value
    return kind(**values)


def plain(value: Any) -> Any:
    """The way back: plain JSON types, lists for tuples."""
    if is_dataclass(value):
        return {_camel(each.name): plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)
