# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of values: what each accepts, what it says when it does not, and its JSON Schema.

No kind ever raises, whatever it is handed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, nearest, shown
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount, cores, octets

Report = Callable[[Path, str], None]
INVALID: Any = object()
HIDDEN = "<hidden>"
_INT32 = 2**31 - 1


@dataclass(frozen=True)
class Kind:
    """What is common to all kinds: the words for a message and the schema."""

    noun: str
    allowed: str
    schema: Mapping[str, Any]
    secret: bool = field(default=False, kw_only=True)
    bare: bool = field(default=False, kw_only=True)  # JSON has no quotes around it

    def read(self, value: Any, at: Path, report: Report) -> Any:
        """The canonical value; or INVALID, after reporting one line per problem."""
        raise NotImplementedError

    def same(self, one: Any, other: Any) -> bool:
        """Whether two canonical values mean the same."""
        return bool(one == other)

    def refuse(self, value: Any, at: Path, report: Report) -> Any:
        """Report the one line for a value that is not of this kind."""
        report(at, f"{self.given(value)} is not {self.noun}; allowed: {self.allowed}{self.hint(value)}")
        return INVALID

    def given(self, value: Any) -> str:
        """A refused value, as a message may show it."""
        return HIDDEN if self.secret else shown(value)

    def hint(self, value: Any) -> str:
        """What else to say to who has given such a value."""
        return ", without quotes" if self.bare and isinstance(value, str) else ""


@dataclass(frozen=True)
class Scalar(Kind):
    """A single value; `accept` gives its canonical form or INVALID."""

    accept: Callable[[Any], Any]

    def read(self, value: Any, at: Path, report: Report) -> Any:
        result = self.accept(value)
        return self.refuse(value, at, report) if result is INVALID else result

    def hint(self, value: Any) -> str:
        # YAML takes 7.0 and no for something else than words
        if any(self.accept(word) is not INVALID for word in _words(value)):
            return ", in quotes"
        most = self.schema.get("maximum")
        beyond = most == _INT32 and isinstance(value, int) and value > most
        return f", at most {most}" if beyond else super().hint(value)


def _words(value: Any) -> tuple[str, ...]:
    """The words that may have become this number or boolean because they stood without quotes."""
    if isinstance(value, bool):
        return ("true", "yes", "on") if value else ("false", "no", "off")
    return (str(value),) if isinstance(value, float) or (isinstance(value, int) and abs(value) < 10**18) else ()


@dataclass(frozen=True)
class Quantity(Scalar):
    """An amount: 1 and 1000m are the same."""

    def same(self, one: Any, other: Any) -> bool:
        return amount(one) == amount(other)


def veiled(value: Any) -> str:
    """What stands in the place of a mapping or list with passwords, for a message: a text there may be one."""
    return HIDDEN if isinstance(value, (str, int, float)) and not isinstance(value, bool) else shown(value)


@dataclass(frozen=True)
class Group(Kind):
    """What is common to kinds that hold values of other kinds."""

    def given(self, value: Any) -> str:
        return veiled(value) if self.secret else shown(value)


@dataclass(frozen=True)
class MapOf(Group):
    """A mapping with free keys of one kind and values of another."""

    key: Kind
    value: Kind

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, Mapping):
            return self.refuse(value, at, report)
        pairs = [
            (self.key.read(name, (*at, str(name)), report), self.value.read(item, (*at, str(name)), report))
            for name, item in value.items()
        ]
        return INVALID if any(INVALID in pair for pair in pairs) else dict(pairs)


@dataclass(frozen=True)
class ListOf(Group):
    """A list of items of one kind."""

    item: Kind

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, (list, tuple)):
            return self.refuse(value, at, report)
        items = tuple(self.item.read(item, (*at, index), report) for index, item in enumerate(value))
        return INVALID if INVALID in items else items


@dataclass(frozen=True)
class Record(Group):
    """A mapping with known keys, some of them required; what is not given stays away."""

    fields: Mapping[str, Kind]
    required: tuple[str, ...]

    def read(self, value: Any, at: Path, report: Report) -> Any:
        if not isinstance(value, Mapping):
            return self.refuse(value, at, report)
        result = {}
        for name, item in value.items():
            if name in self.fields:
                result[str(name)] = self.fields[name].read(item, (*at, str(name)), report)
            else:
                report((*at, str(name)), unknown(str(name), self.fields))
                result[str(name)] = INVALID
        for name in self.required:
            if name not in value:
                report((*at, name), f"is missing; allowed: {self.fields[name].allowed}")
                result[name] = INVALID
        return INVALID if INVALID in result.values() else result


def unknown(name: str, known: Mapping[str, Any]) -> str:
    """The message for a key that is not there, with the nearest one that is."""
    meant = nearest(name, known)
    return f"unknown key; did you mean {meant}?" if meant else f"unknown key; known here: {', '.join(sorted(known))}"


def boolean() -> Kind:
    """true or false, never a word for it."""

    def accept(value: Any) -> Any:
        return value if isinstance(value, bool) else INVALID

    return Scalar("a boolean", "true or false", {"type": "boolean"}, accept, bare=True)


def integer(low: int, high: int = _INT32) -> Kind:
    """A whole number in a closed range; true is not 1 and "3" is not 3."""
    allowed = f"{low} or more" if high == _INT32 else f"{low} to {high}"

    def accept(value: Any) -> Any:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return int(value) if good else INVALID

    schema = {"type": "integer", "minimum": low, "maximum": high}
    return Scalar("a whole number in range", allowed, schema, accept, bare=True)


def one_of(*numbers: int) -> Kind:
    """One of a few whole numbers."""

    def accept(value: Any) -> Any:
        good = isinstance(value, int) and not isinstance(value, bool) and value in numbers
        return int(value) if good else INVALID

    allowed = f"{', '.join(map(str, numbers[:-1]))} or {numbers[-1]}"
    return Scalar("one of the numbers", allowed, {"enum": list(numbers)}, accept, bare=True)


def choice(*words: str) -> Kind:
    """One of a few words."""

    def accept(value: Any) -> Any:
        return str(value) if isinstance(value, str) and value in words else INVALID

    return Scalar("one of the choices", ", ".join(word or '""' for word in words), {"enum": list(words)}, accept)


def text(noun: str, allowed: str, pattern: str, longest: int = 253, secret: bool = False) -> Scalar:
    """A string that matches the pattern as a whole."""

    def accept(value: Any) -> Any:
        good = isinstance(value, str) and len(value) <= longest and re.fullmatch(pattern, value, re.ASCII)
        return str(value) if good else INVALID

    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "maxLength": longest}
    return Scalar(noun, allowed, schema, accept, secret=secret)


def cpu() -> Kind:
    """Cores; numbers are accepted beside strings, as Kubernetes does."""

    def accept(value: Any) -> Any:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 10**6
        return str(value) if (number or isinstance(value, str)) and cores(str(value)) else INVALID

    schema = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": r"^[0-9.]+m?$"}]}
    return Quantity("a cpu quantity", "a number of cores above 0, such as 500m, 1 or 1.5", schema, accept)


def size(*suffixes: str) -> Kind:
    """Bytes with one of the given binary suffixes."""

    def accept(value: Any) -> Any:
        good = isinstance(value, str) and value.endswith(suffixes) and octets(value)
        return str(value) if good else INVALID

    allowed = f"a number with {', '.join(suffixes[:-1])} or {suffixes[-1]}"
    schema = {"type": "string", "pattern": rf"^[0-9]+(\.[0-9]+)?({'|'.join(suffixes)})$"}
    return Quantity("a size", allowed, schema, accept)


def map_of(key: Kind, value: Kind) -> Kind:
    """A mapping with free keys."""
    schema = {"type": "object", "propertyNames": key.schema, "additionalProperties": value.schema}
    return MapOf("a mapping", "keys with values", schema, key, value)


def list_of(item: Kind) -> Kind:
    """A list of items of one kind; secret where they are."""
    schema = {"type": "array", "items": item.schema}
    return ListOf("a list", f"a list; each item: {item.allowed}", schema, item, secret=item.secret)


def record(*required: str, **fields: Kind) -> Kind:
    """A mapping with known keys; the positional names are required. Secret where one of its values is."""
    schema = {
        "type": "object",
        "properties": {name: kind.schema for name, kind in fields.items()},
        "required": list(required),
        "additionalProperties": False,
    }
    secret = any(kind.secret for kind in fields.values())
    return Record("a mapping", f"the keys {', '.join(fields)}", schema, fields, required, secret=secret)


def hidden(kind: Kind) -> Kind:
    """The same kind, of whose refused values none is shown: what belongs elsewhere, a password, may stand there."""
    return replace(kind, secret=True)
