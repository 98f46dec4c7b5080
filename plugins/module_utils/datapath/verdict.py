# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore test found: ``verdict.json`` beside the manifest that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

FORMAT_VERSION = 1


@dataclass(frozen=True)
class ShardVerdict:
    """keys: that were loaded. expired: that were in the RDB, and their time had come. foreign: of other shards."""

    file: str
    keys: int
    expired: int
    foreign: int
    load_seconds: float


@dataclass(frozen=True)
class Verdict:
    """manifest_sha256: of the manifest that was tested (``manifest.digest``). problems: why it is not verified."""

    format_version: int
    set: str
    manifest_sha256: str
    verified: bool
    finished: datetime
    engine_version: str
    seconds: float
    shards: tuple[ShardVerdict, ...]
    problems: tuple[str, ...]

    def to_json(self) -> str:
        """The text that is stored."""
        return records.dump(self)


def parse(text: str | bytes) -> Verdict:
    """Errors: DatapathError with one line."""
    data = records.load(text, "verdict")
    version = data.get("format_version") if isinstance(data, Mapping) else None
    if version is not None and version != FORMAT_VERSION:
        raise DatapathError(f"verdict: its format_version is {shown(version)}, this release reads {FORMAT_VERSION}")
    verdict = records.read(Verdict, data, "verdict")
    if verdict.verified == bool(verdict.problems):
        raise DatapathError("verdict: a set is verified, or has problems")
    return verdict
