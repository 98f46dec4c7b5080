# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a document says: a walk along the tree of spellings, which gives values by canonical path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import HOMES, Spelling, Tree
from ansible_collections.eks.redis.plugins.module_utils.contract.kinds import INVALID, veiled
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Path, Problem, join, nearest, shown
from ansible_collections.eks.redis.plugins.module_utils.contract.source import Source


@dataclass(frozen=True)
class Place:
    """Where a value was written: the spelled path, and the document."""

    path: str
    source: Source = Source({})

    def inner(self, inside: str) -> Place:
        return Place(self.path + inside, self.source)

    def problem(self, message: str) -> Problem:
        return Problem(self.path, message, self.source.name, self.source.line(self.path))


@dataclass
class Given:
    """Collects: canonical values, where and how each was written, errors, and the paths that have one."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    written: dict[str, tuple[Spelling, Any]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    errors: list[Problem] = field(default_factory=list)

    def place(self, path: str) -> Place:
        """Where a canonical path, or one inside a field such as tolerations[0].key, was written."""
        for canonical, place in self.places.items():
            inside = path[len(canonical) :]
            if path.startswith(canonical) and inside[:1] in ("", ".", "["):
                return place.inner(inside)
        return Place(path)


def gather(document: Any, tree: Tree, other: Tree, other_name: str, given: Given) -> None:
    """Add a document to what is given; `other` is the tree of the other document, for keys put into the wrong one."""
    source = document if isinstance(document, Source) else Source({} if document is None else document)
    _Walk(source, other, other_name, given).walk(source.data, tree, ())


@dataclass
class _Walk:
    source: Source
    other: Tree
    other_name: str
    given: Given

    def place(self, path: Path) -> Place:
        return Place(join(path), self.source)

    def report(self, path: Path, message: str) -> None:
        self.given.errors.append(self.place(path).problem(message))

    def walk(self, value: Any, tree: Tree, path: Path, secret: bool = True) -> None:
        """secret: whether what stands in place of this group may be a password, as in place of a whole document."""
        if not isinstance(value, Mapping):
            known = f"a mapping with the keys {', '.join(sorted(tree))}" if path else "a mapping"
            text = veiled(value) if secret else shown(value)
            self.report(path or ("the document",), f"{text} is not a mapping; allowed: {known}")
            return
        holds = _holds_secret(tree)
        for key, item in value.items():
            name = str(key)
            below = tree.get(name)
            if below is None:
                self.report((*path, name), self.unknown(name, tree, path))
            elif isinstance(below, Spelling):
                self.take(below, item, (*path, name))
            else:
                self.walk(item, below, (*path, name), holds or _holds_secret(below))

    def take(self, spelling: Spelling, value: Any, path: Path) -> None:
        canonical = spelling.field.path
        read = self.read(spelling, value, path)
        if read is INVALID:
            self.given.broken.add(canonical)
        elif canonical not in self.given.values:
            self.given.values[canonical] = read
            self.given.places[canonical] = self.place(path)
            self.given.written[canonical] = spelling, value
        elif not spelling.field.kind.same(read, self.given.values[canonical]):
            self.given.broken.add(canonical)
            first, other = self.given.written[canonical]
            where = self.given.places[canonical].path
            self.report(
                path,
                f"{spelling.shown(value)} disagrees with {where}: {first.shown(other)}; keep one of the two",
            )

    def read(self, spelling: Spelling, value: Any, path: Path) -> Any:
        if not spelling.convert:
            return spelling.field.kind.read(value, path, self.report)
        read = spelling.convert.kind.read(value, path, self.report)
        return read if read is INVALID else spelling.convert.meaning(read)

    def unknown(self, name: str, tree: Tree, path: Path) -> str:
        if not path and name in self.other:
            return f"belongs into {self.other_name}, not here"
        sibling = nearest(name, tree)
        if sibling:
            return f"unknown key; did you mean {join((*path, sibling))}?"
        elsewhere = f"there is {HOMES[name]}; " if name in HOMES else ""
        return f"unknown key; {elsewhere}known here: {', '.join(sorted(tree))}"


def _holds_secret(tree: Tree) -> bool:
    """Whether a password belongs into this group: a text in its place, or in that of a group in it, may be one."""
    return any(isinstance(below, Spelling) and below.field.kind.secret for below in tree.values())
