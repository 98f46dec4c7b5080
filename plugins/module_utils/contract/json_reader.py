# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON with line numbers: the standard decoder's scanners, // comments, and duplicate keys as errors."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Malformed, Path, join

_SPACE = re.compile(r"(?:[ \t\r\n]|//[^\n]*)*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_STRINGS = JSONDecoder()
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 50


def load(text: str) -> tuple[Any, dict[str, int]]:
    """The data and the line of every key and item; None for an empty text. Malformed when it is not JSON."""
    reader = _Reader(text)
    reader.skip()
    if reader.at == len(text):
        return None, {}
    data = reader.value(())
    reader.skip()
    if reader.at < len(text):
        raise reader.error("something follows the end of the document: remove it, or look for a brace too many")
    return data, reader.lines


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[str, int] = {}

    def error(self, what: str, at: int | None = None) -> Malformed:
        at = min(self.at if at is None else at, len(self.text))
        return Malformed(what, self.line(at), at - self.text.rfind("\n", 0, at))

    def line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space else self.at

    def peek(self) -> str:
        self.skip()
        return self.text[self.at : self.at + 1]

    def value(self, path: Path) -> Any:
        if len(path) > _DEEPEST:
            raise self.error(f"nested more than {_DEEPEST} levels deep")
        self.lines[join(path)] = self.line(self.at)
        first = self.peek()
        if first == "{":
            return self.mapping(path)
        if first == "[":
            return self.sequence(path)
        if first == '"':
            return self.string()
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        return self.number()

    def mapping(self, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self.at += 1
        if self.closes("}"):
            return result
        while True:
            if self.peek() != '"':
                raise self.error('expected a key in double quotes, or "}"')
            start = self.at
            key = self.string()
            if key in result:
                raise self.error(f"the key {key!r} is given twice: keep one", start)
            if self.peek() != ":":
                # what has no value may be one itself, and a password
                raise self.error('expected ":" after the key')
            self.at += 1
            self.skip()
            result[key] = self.value((*path, key))
            self.lines[join((*path, key))] = self.line(start)
            if self.ends("}"):
                return result

    def sequence(self, path: Path) -> list[Any]:
        result: list[Any] = []
        self.at += 1
        if self.closes("]"):
            return result
        while True:
            self.skip()
            result.append(self.value((*path, len(result))))
            if self.ends("]"):
                return result

    def closes(self, bracket: str) -> bool:
        """Consume the bracket when it comes next."""
        found = self.peek() == bracket
        self.at += found
        return found

    def ends(self, bracket: str) -> bool:
        """Consume what follows an item: the bracket (True) or a comma (False)."""
        if self.closes(bracket):
            return True
        if not self.closes(","):
            found = "the end of the file" if self.at == len(self.text) else repr(self.text[self.at])
            raise self.error(f'expected "," or "{bracket}", found {found}')
        if self.peek() == bracket:
            raise self.error(f'a comma before "{bracket}": remove it')
        return False

    def string(self) -> str:
        try:
            text, self.at = _STRINGS.raw_decode(self.text, self.at)
        except JSONDecodeError as error:
            raise self.error(f"bad string: {error.msg}", error.pos) from None
        return str(text)

    def number(self) -> Any:
        match = _NUMBER.match(self.text, self.at)
        if not match:
            found = "the end of the file" if self.at == len(self.text) else repr(self.text[self.at])
            raise self.error(f"expected a value, found {found}")
        self.at = match.end()
        if match.end() - match.start() > 100:
            raise self.error("a number of more than 100 characters", match.start())
        return float(match[0]) if match[1] or match[2] else int(match[0])
