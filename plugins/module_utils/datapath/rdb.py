# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which server loads an RDB, by its first nine bytes. Pure."""

from __future__ import annotations

import re

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

MAGIC = 9  # bytes
SMALLEST = MAGIC + 1 + 8  # bytes: the magic, the end, the checksum
_MAGIC = re.compile(r"(REDIS)(\d{4})|(VALKEY)(\d{3})", re.ASCII)
# The newest RDB that a release reads, and writes (data path sheet §2.3). Valkey 9 writes its own family, reads both.
_REDIS = (((8, 6), 13), ((7, 4), 12), ((7, 2), 11), ((7, 0), 10), ((0, 0), 9))
_VALKEY = (((0, 0), 11),)
_VALKEY_OWN = (((9, 0), 80),)
_READS = {("redis", "REDIS"): _REDIS, ("valkey", "REDIS"): _VALKEY, ("valkey", "VALKEY"): _VALKEY_OWN}
_NAMES = {"redis": "Redis", "valkey": "Valkey"}


def family(magic: str) -> tuple[str, int] | None:
    """``REDIS0010`` -> ("REDIS", 10), ``VALKEY080`` -> ("VALKEY", 80); None for anything else."""
    found = _MAGIC.fullmatch(magic)
    return (found[1] or found[3], int(found[2] or found[4])) if found else None


def parse(head: bytes) -> str:
    """The magic of an RDB by its first bytes. Errors: DatapathError for what is no RDB."""
    magic = head[:MAGIC].decode("ascii", "replace")
    if family(magic) is None:
        raise DatapathError(f"it begins with {head[:MAGIC]!r}, which is no RDB")
    return magic


def written_by(engine: str, version: str) -> str:
    """The magic of the RDB, and so the version of DUMP, that a release writes. engine: redis or valkey."""
    for kind in ("VALKEY", "REDIS"):  # a server that has a family of its own writes that
        for since, number in _READS.get((engine, kind), ()):
            if _parts(version) >= since:
                return f"{kind}{number:0{MAGIC - len(kind)}}"
    raise DatapathError(f"no RDB is known of {engine} {version}")


def can_load(magic: str, engine: str, version: str) -> str | None:
    """Why a server does not load an RDB; None when it does. engine: redis or valkey; version: such as 7.0.15.

    A server of a release that is not known here reads at least what the newest known before it reads.
    """
    found = family(magic)
    if found is None:
        return f"{magic!r} is no RDB"
    kind, number = found
    newest = next((reads for since, reads in _READS.get((engine, kind), ()) if _parts(version) >= since), None)
    server = f"{_NAMES[engine]} {version}"
    if newest is None:
        return f"the RDB is of {_writer(kind, number)} ({magic}), which {server} does not read"
    if number > newest:
        return f"the RDB is of {_writer(kind, number)} ({magic}), {server} reads up to version {newest}"
    return None


def _writer(kind: str, number: int) -> str:
    if kind == "VALKEY":
        return f"Valkey 9, version {number}"
    since = next((release for release, writes in _REDIS if writes == number and release != (0, 0)), None)
    return f"Redis {since[0]}.{since[1]} or newer, version {number}" if since else f"version {number}"


def _parts(version: str) -> tuple[int, int]:
    """Major and minor, 0 where it has none."""
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    major, minor = (*numbers, 0, 0)[:2]
    return major, minor
