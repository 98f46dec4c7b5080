# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether keys are the same in two servers: their types, their values, their times.

Equal data may be written in other words, such as a set in another order; so what differs as DUMP writes it is compared
once more by its type (data path sheet §5.2). A key that is too large for the memory of a job is compared by its type,
its length and its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal

_BATCH = 100
_BYTES = 8 * 2**20  # that are fetched at a time from either; a thousand keys may be of any size
_FOOTER = 10  # bytes of version and checksum at the end of what DUMP writes
_TOLERANCE = 2000  # milliseconds; MIGRATE sends a time as what is left of it
Words = tuple["bytes | str | int", ...]


def sample(link: Link, count: int) -> list[bytes]:
    """At most so many keys of the selected database, by chance."""
    found = link.many([("RANDOMKEY",)] * count)
    return sorted({name for name in found if name is not None})


def differing(one: Link, other: Callable[[bytes], Link], names: Iterable[bytes]) -> Iterator[tuple[bytes, str]]:
    """Keys of ``one`` that are not the same in ``other``, which is given the key's name, and what differs.

    A key that has expired in either is no difference.
    """
    for batch, large in _batches(one, names):
        facts = _outlines if large else _facts
        here = facts([one] * len(batch), batch)
        there = facts([other(name) for name in batch], batch)
        for name, mine, its in zip(batch, here, there, strict=True):
            what = _difference(mine, its, lambda name=name, large=large: not large and _same(one, other(name), name))
            if what:
                yield name, what


def _batches(link: Link, names: Iterable[bytes]) -> Iterator[tuple[list[bytes], bool]]:
    """Names of keys that fit into the memory together; or of one that does not, which the second tells."""
    left = iter(names)
    while some := list(islice(left, _BATCH)):
        batch, size = list[bytes](), 0
        for name, used in zip(some, link.many(("MEMORY", "USAGE", name) for name in some), strict=True):
            if (used or 0) > _BYTES:
                yield [name], True
                continue
            if size + (used or 0) > _BYTES:
                yield batch, False
                batch, size = [], 0
            batch.append(name)
            size += used or 0
        if batch:
            yield batch, False


def _facts(links: Sequence[Link], names: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """DUMP and PTTL of each key, by the link beside it."""
    found: dict[bytes, tuple[bytes, int]] = {}
    for link in dict.fromkeys(links):
        own = [name for one, name in zip(links, names, strict=True) if one is link]
        answers = link.many((command, name) for name in own for command in ("DUMP", "PTTL"))
        for name, dump, left in zip(own, answers[::2], answers[1::2], strict=True):
            found[name] = ((dump or b"")[:-_FOOTER], left)
    return [found[name] for name in names]


def _outlines(links: Sequence[Link], names: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Type and length, and PTTL, of each key; nothing and PTTL where it is not there."""
    found = []
    for link, name in zip(links, names, strict=True):
        kind = link.text("TYPE", name)
        length = link.ask(_LENGTHS[kind], name) if kind in _LENGTHS else ""
        found.append((b"" if kind == "none" else f"{kind} {length}".encode(), link.ask("PTTL", name)))
    return found


def _difference(mine: tuple[bytes, int], its: tuple[bytes, int], same: Callable[[], bool]) -> str | None:
    """mine, its: of a key, as _facts and _outlines give them. same: whether it is equal all the same."""
    (dump, left), (its_dump, its_left) = mine, its
    if not dump or not its_dump:
        expiring = its_left if not dump else left
        if 0 <= expiring < _TOLERANCE or not (dump or its_dump):
            return None
        return "should not be there" if its_dump else "is missing"
    if abs(left - its_left) > _TOLERANCE or (left < 0) != (its_left < 0):
        return f"expires in {its_left} instead of {left} ms"
    if dump != its_dump and not same():
        return "has another value"
    return None


def _same(one: Link, other: Link, name: bytes) -> bool:
    kind, its_kind = one.text("TYPE", name), other.text("TYPE", name)
    if kind != its_kind or kind not in _VALUES:
        return False
    return all(_value(one, words) == _value(other, words) for words in _VALUES[kind](name))


def _value(link: Link, words: Words) -> Any:
    try:
        answer = link.ask(*words)
    except Refusal as error:
        if error.code == "NOPERM":
            raise
        return None
    if words[0] == "HGETALL":
        return sorted(zip(answer[::2], answer[1::2], strict=True))
    if words[0] == "XINFO":  # later releases say more of a group, such as its lag
        return [
            {name: value for name, value in zip(one[::2], one[1::2], strict=True) if name in _GROUP} for one in answer
        ]
    return sorted(answer) if words[0] == "SMEMBERS" else answer


_GROUP = (b"name", b"consumers", b"pending", b"last-delivered-id")
_LENGTHS = {"string": "STRLEN", "list": "LLEN", "set": "SCARD", "hash": "HLEN", "zset": "ZCARD", "stream": "XLEN"}
# what to ask of a key of each type; types of modules are only compared as DUMP writes them
_VALUES: dict[str, Callable[[bytes], list[Words]]] = {
    "string": lambda name: [("GET", name)],
    "list": lambda name: [("LRANGE", name, 0, -1)],
    "set": lambda name: [("SMEMBERS", name)],
    "hash": lambda name: [("HGETALL", name)],
    "zset": lambda name: [("ZRANGE", name, 0, -1, "WITHSCORES")],
    "stream": lambda name: [("XRANGE", name, "-", "+"), ("XINFO", "GROUPS", name)],
}
