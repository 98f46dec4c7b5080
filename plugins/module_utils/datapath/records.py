# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents in JSON to and from frozen dataclasses, strictly: what is missing, unknown or of another type is refused.

A field with a default may be left out. Every document has its own version, so that none has to bear what is unknown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

T = TypeVar("T")
_types: Callable[[type], dict[str, Any]] = cache(get_type_hints)
_NOUNS: dict[Any, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def load(text: str | bytes, where: str) -> Any:
    """What JSON holds. where: what the document is called in errors. Errors: DatapathError."""
    try:
        text = text.decode() if isinstance(text, bytes) else text
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DatapathError(f"{where}: is no valid JSON: {error}") from None


def dump(record: Any) -> str:
    """A dataclass as JSON for people too; the same record is always the same text."""
    return json.dumps(plain(record), indent=1) + "\n"


def line(record: Any) -> str:
    """A dataclass as JSON on one line."""
    return json.dumps(plain(record))


def plain(value: Any) -> Any:
    """A dataclass as JSON's types."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return times.written(value) if isinstance(value, datetime) else value


def read(kind: type[T], data: Any, where: str) -> T:
    """A dataclass from JSON's types. Errors: DatapathError, which names the field below ``where``."""
    if not isinstance(data, Mapping):
        raise DatapathError(f"{where}: must be an object, not {shown(data)}")
    known = _types(kind)
    for name in data:
        if name not in known:
            raise DatapathError(f"{where}: has the unknown field {shown(name)}")
    given = {}
    for each in fields(kind):  # type: ignore[arg-type]
        if each.name in data:
            given[each.name] = _value(known[each.name], data[each.name], f"{where}.{each.name}")
        elif each.default is MISSING and each.default_factory is MISSING:
            raise DatapathError(f"{where}.{each.name}: is missing")
    return kind(**given)


def _value(kind: Any, data: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin is UnionType:  # a plain value or a record
        return _value(
            next(one for one in get_args(kind) if is_dataclass(one) == isinstance(data, Mapping)), data, where
        )
    if origin is tuple:
        return _items(get_args(kind), data, where)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(get_args(kind)[1], data, where)
    if is_dataclass(kind) and isinstance(kind, type):
        return read(kind, data, where)
    if kind is datetime:
        return _time(data, where)
    number = isinstance(data, int) and not isinstance(data, bool)
    if kind is float and number:
        data = float(data)
    fits = isinstance(data, kind) and (number or kind is not int)
    if not fits or (kind is float and not math.isfinite(data)):
        raise DatapathError(f"{where}: must be {_NOUNS[kind]}, not {shown(data)}")
    return data


def _items(kinds: tuple[Any, ...], data: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise DatapathError(f"{where}: must be a list, not {shown(data)}")
    each = kinds[:1] * len(data) if kinds[-1] is Ellipsis else kinds
    if len(data) != len(each):
        raise DatapathError(f"{where}: must be a list of {len(each)}, not of {len(data)}")
    return tuple(
        _value(kind, item, f"{where}[{number}]") for number, (kind, item) in enumerate(zip(each, data, strict=True))
    )


def _mapping(kind: Any, data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise DatapathError(f"{where}: must be an object, not {shown(data)}")
    return {str(key): _value(kind, item, f"{where}.{key}") for key, item in data.items()}


def _time(data: Any, where: str) -> datetime:
    if not isinstance(data, str):
        raise DatapathError(f"{where}: must be a time, not {shown(data)}")
    try:
        return times.parse(data)
    except DatapathError as error:
        raise DatapathError(f"{where}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)} is there twice")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")
