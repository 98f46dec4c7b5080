# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands as the protocol has them, made for many keys at once (redis.io, "Redis serialization protocol").

hiredis packs one command at a time; this is what makes a copy several times as fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MEMORY_USAGE = b"*3\r\n$6\r\nMEMORY\r\n$5\r\nUSAGE\r\n"
DUMP = b"*2\r\n$4\r\nDUMP\r\n"
PEXPIRETIME = b"*2\r\n$11\r\nPEXPIRETIME\r\n"
PTTL = b"*2\r\n$4\r\nPTTL\r\n"
EXISTS = b"*2\r\n$6\r\nEXISTS\r\n"
TIME = b"*1\r\n$4\r\nTIME\r\n"
UNLINK = b"*2\r\n$6\r\nUNLINK\r\n"
_RESTORE = b"*6\r\n$7\r\nRESTORE\r\n"
_REPLACE = b"$7\r\nREPLACE\r\n$6\r\nABSTTL\r\n"


def each(command: bytes, names: Iterable[bytes]) -> bytes:
    """One command for each name, which is its last word."""
    return b"".join([b"%b$%d\r\n%b\r\n" % (command, len(name), name) for name in names])


def both(one: bytes, other: bytes, names: Sequence[bytes]) -> bytes:
    """Two commands for each name, one behind the other."""
    words = [(b"$%d\r\n%b\r\n" % (len(name), name)) for name in names]
    return b"".join([b"%b%b%b%b" % (one, word, other, word) for word in words])


def restore(name: bytes, payload: bytes, expires: int) -> bytes:
    """RESTORE over whatever is there. expires: milliseconds since 1970, below 0 never."""
    when = b"%d" % expires if expires > 0 else b"0"
    return b"%b$%d\r\n%b\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n%b" % (
        _RESTORE,
        len(name),
        name,
        len(when),
        when,
        len(payload),
        payload,
        _REPLACE,
    )


def unlink(name: bytes) -> bytes:
    """UNLINK of one key."""
    return b"%b$%d\r\n%b\r\n" % (UNLINK, len(name), name)


def ping(word: bytes) -> bytes:
    """PING with a word that comes back."""
    return b"*2\r\n$4\r\nPING\r\n$%d\r\n%b\r\n" % (len(word), word)


def scan(cursor: bytes, count: int) -> bytes:
    """SCAN from a cursor on."""
    number = b"%d" % count
    return b"*4\r\n$4\r\nSCAN\r\n$%d\r\n%b\r\n$5\r\nCOUNT\r\n$%d\r\n%b\r\n" % (
        len(cursor),
        cursor,
        len(number),
        number,
    )
