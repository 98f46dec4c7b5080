# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which release of Redis takes over from an engine of ElastiCache. Pure."""

from __future__ import annotations

import re

from ansible_collections.eks.redis.plugins.module_utils.contract.fields import ROOT
from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb

_DEFAULT = next(str(field.default) for field in ROOT if field.path == "version")
# The first that reads what the source writes; the default is what everything here is tested with most
_RELEASES = (_DEFAULT, "7.2.6", "8.2.3")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_NAMES = {"redis": "Redis OSS", "valkey": "Valkey"}


def name(engine: str, version: str) -> str:
    """For people."""
    return f"{_NAMES.get(engine, engine)} {version}"


def plain(version: str) -> str:
    """``6.x`` -> ``6``: the numbers alone."""
    found = _NUMBERS.match(version)
    return found[0] if found else "0"


def source_rdb(engine: str, version: str) -> str:
    """The magic of what it exports, and so the version of its DUMP.

    ElastiCache's Redis OSS 7.1 is its own release on the base of 7.0, which came before 7.2: so it is taken for 7.0.
    """
    return rdb.written_by(engine, plain(version))


def target(engine: str, version: str) -> str | None:
    """The release of Redis to move to; None where none reads what this engine writes."""
    magic = source_rdb(engine, version)
    return next((each for each in _RELEASES if rdb.can_load(magic, "redis", each) is None), None)


def major_minor(version: str) -> tuple[int, int]:
    """``7.0.15`` -> (7, 0)."""
    numbers = [int(part) for part in plain(version).split(".")[:2]]
    return numbers[0], numbers[1] if len(numbers) > 1 else 0
