# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads dataclasses out of plain data, such as JSON holds it. Pure."""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

_T = TypeVar("_T")
_NAMES = {str: "a text", bool: "true or false", int: "a whole number, 0 or more", float: "a number, 0 or more"}
_MOST = 2**53  # what a number of JSON holds exactly


class FactsError(Exception):
    """str() is the line people read."""


def read(kind: type[_T], value: Any, path: str) -> _T:
    """An object of the dataclass. path: how the value is called. Errors: FactsError for the first thing wrong."""
    if not isinstance(value, Mapping):
        raise FactsError(f"{path}: it is not a mapping")
    hints = get_type_hints(kind)
    found: dict[str, Any] = {}
    for each in fields(kind):  # type: ignore[arg-type]
        at = f"{path}.{each.name}"
        if each.name in value:
            found[each.name] = _value(hints[each.name], value[each.name], at)
        elif each.default is MISSING and each.default_factory is MISSING:
            raise FactsError(f"{at}: it is missing; the facts are not those of eks.redis.replication_group_info")
    return kind(**found)


def _value(hint: Any, value: Any, path: str) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (present,) = (each for each in inner if each is not type(None))
        return None if value is None else _value(present, value, path)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise FactsError(f"{path}: it is not a list")
        return tuple(_value(inner[0], item, f"{path}[{number}]") for number, item in enumerate(value))
    if origin is not None:
        if not isinstance(value, Mapping):
            raise FactsError(f"{path}: it is not a mapping")
        return {str(key): _value(inner[1], item, f"{path}.{key}") for key, item in value.items()}
    return _scalar(hint, value, path) if hint in _NAMES else read(hint, value, path)


def _scalar(hint: type, value: Any, path: str) -> Any:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = {
        str: isinstance(value, str),
        bool: isinstance(value, bool),
        int: number and isinstance(value, int) and 0 <= value <= _MOST,
        float: number and math.isfinite(value) and 0 <= value <= _MOST,
    }
    if not fits[hint]:
        raise FactsError(f"{path}: it is not {_NAMES[hint]}")
    return value
