# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an RDB says of itself before its first key (Redis, rdb.c and rdb.h, version 9 on). Pure.

This is no reader of RDBs: only a server of the right version is one. The head has what dates a backup, and the number
of keys at that very moment, which the server that goes on writing cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb

_FUNCTION, _AUX, _RESIZE, _SELECT, _END = 0xF5, 0xFA, 0xFB, 0xFE, 0xFF
# the two highest bits of a length that is in six bits, or in fourteen
_SIX, _FOURTEEN = 0, 1
_LONG = {0x80: 4, 0x81: 8}  # bytes of a length that follows
_INTEGERS = {0xC0: 1, 0xC1: 2, 0xC2: 4}  # bytes of a text that is an integer
_COMPRESSED = 0xC3


@dataclass(frozen=True)
class Head:
    """aux: fields such as redis-ver, ctime, repl-id, repl-offset. libraries: of functions. databases: the first one
    that holds keys, by its number, with its keys and how many of them expire; {} for an RDB without keys. counted:
    whether the head was understood so far; without, libraries and databases say nothing."""

    magic: str
    aux: Mapping[str, str] = field(default_factory=dict)
    libraries: int = 0
    databases: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    counted: bool = False


class _Short(Exception):
    """The bytes end within the head."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = rdb.MAGIC

    def take(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise _Short
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        return self.take(1)[0]

    def length(self) -> int:
        return self._length(self.byte())

    def text(self) -> bytes | None:
        """None for one that is compressed, which is passed over."""
        first = self.byte()
        if first in _INTEGERS:
            return str(int.from_bytes(self.take(_INTEGERS[first]), "little", signed=True)).encode()
        if first == _COMPRESSED:
            compressed, _plain = self.length(), self.length()
            self.take(compressed)
            return None
        return self.take(self._length(first))

    def _length(self, first: int) -> int:
        kind = first >> 6
        if kind == _SIX:
            return first & 0x3F
        if kind == _FOURTEEN:
            return (first & 0x3F) << 8 | self.byte()
        return int.from_bytes(self.take(_LONG.get(first, 0)), "big")


def parse(data: bytes, *, whole: bool = False) -> Head | None:
    """None where the head goes on behind the end of ``data``. Errors: DatapathError for what is no RDB.

    What this does not know, such as what modules write, ends the reading: the head is then not counted. whole: so does
    the end of ``data``.
    """
    if len(data) < rdb.MAGIC:
        return None
    magic, reader = rdb.parse(data), _Reader(data)
    aux: dict[str, str] = {}
    libraries = 0
    try:
        while True:
            code = reader.byte()
            if code == _AUX:
                name, value = reader.text(), reader.text()
                aux[(name or b"").decode(errors="replace")] = (value or b"").decode(errors="replace")
            elif code == _FUNCTION:
                reader.text()
                libraries += 1
            elif code == _END:
                return Head(magic, aux, libraries, {}, counted=True)
            elif code == _SELECT:
                number = reader.length()
                if reader.byte() != _RESIZE:
                    return Head(magic, aux, libraries)
                return Head(magic, aux, libraries, {str(number): (reader.length(), reader.length())}, counted=True)
            else:
                return Head(magic, aux, libraries)
    except _Short:
        return Head(magic, aux, libraries) if whole else None
