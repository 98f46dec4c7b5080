# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slots of a cluster: which slot a key is in, and sets of slots as ranges. Pure."""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator

SLOTS = 16384
Ranges = tuple[tuple[int, int], ...]
EVERY: Ranges = ((0, SLOTS - 1),)


def key_slot(key: bytes) -> int:
    """The slot of a key (redis.io, "Cluster specification", Hash tags): of what stands in its first {…}, if anything.

    crc_hqx is the CRC16 that Redis uses (XMODEM).
    """
    start = key.find(b"{")
    if start >= 0:
        end = key.find(b"}", start + 1)
        if end > start + 1:
            key = key[start + 1 : end]
    return binascii.crc_hqx(key, 0) % SLOTS


def ranges(slots: Iterable[int]) -> Ranges:
    """Slots as ranges, both ends included, in order and as few as possible."""
    found: list[tuple[int, int]] = []
    for slot in sorted(set(slots)):
        if found and found[-1][1] == slot - 1:
            found[-1] = (found[-1][0], slot)
        else:
            found.append((slot, slot))
    return tuple(found)


def expand(given: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Every slot of some ranges."""
    for first, last in given:
        yield from range(first, last + 1)


def shown(given: Iterable[tuple[int, int]]) -> str:
    """``0-5460, 5462``."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in given)


def cover_problems(shares: Iterable[Iterable[tuple[int, int]]]) -> Iterator[str]:
    """What keeps the shares of all shards from being every slot exactly once."""
    times = [0] * SLOTS
    for share in shares:
        for first, last in share:
            if not 0 <= first <= last < SLOTS:
                yield f"{first}-{last} is no range of slots between 0 and {SLOTS - 1}"
                continue
            for slot in range(first, last + 1):
                times[slot] += 1
    if missing := ranges(slot for slot in range(SLOTS) if not times[slot]):
        yield f"no shard has the slots {shown(missing)}"
    if doubled := ranges(slot for slot in range(SLOTS) if times[slot] > 1):
        yield f"more than one shard has the slots {shown(doubled)}"
