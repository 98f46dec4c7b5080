# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of an instance's backups as metrics (Prometheus, "Exposition formats", text 0.0.4). Pure.

A metric of something that is not there is left out: an age that is absent can be alerted on, an age of 0 cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet
from ansible_collections.eks.redis.plugins.module_utils.datapath.summary import Summary, duration, moment

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "eks_redis_backup_"
Value: TypeAlias = "float | Mapping[str, int] | None"  # a mapping: by state of the sets
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True)
class Reading:
    """What is known of the bucket. summary: as it was at ``read``; None before it was read for the first time.
    readable: whether the last attempt went well."""

    summary: Summary | None
    read: datetime | None
    readable: bool


def text(seen: Reading, now: datetime, labels: Mapping[str, str]) -> str:
    """labels: on every sample."""
    lines: list[str] = []
    for name, (help_text, value) in METRICS.items():
        samples = list(_samples(value(seen, now)))
        if samples:
            lines += [f"# HELP {PREFIX}{name} {help_text}", f"# TYPE {PREFIX}{name} gauge"]
            lines += (f"{PREFIX}{name}{_labels({**labels, **more})} {number:.15g}" for more, number in samples)
    return "\n".join(lines) + "\n"


def _newest(value: Callable[[BackupSet, Manifest], float]) -> Callable[[Reading, datetime], Value]:
    """Of the newest complete set."""

    def of(seen: Reading, _now: datetime) -> Value:
        newest = seen.summary.newest if seen.summary else None
        return value(newest, newest.manifest) if newest and newest.manifest else None

    return of


def _all(value: Callable[[Summary, datetime], Value]) -> Callable[[Reading, datetime], Value]:
    """Of all sets."""
    return lambda seen, now: value(seen.summary, now) if seen.summary else None


def _age(found: Summary, now: datetime) -> Value:
    loss = found.loss(now)
    return loss.total_seconds() if loss is not None else None


METRICS: Mapping[str, tuple[str, Callable[[Reading, datetime], Value]]] = {
    "bucket_readable": ("Whether the bucket could be read the last time.", lambda seen, _now: seen.readable),
    "bucket_read_timestamp_seconds": (
        "When the bucket was last read.",
        lambda seen, _now: seen.read.timestamp() if seen.read else None,
    ),
    "last_success_timestamp_seconds": (
        "When the newest complete set was finished.",
        _newest(lambda _newest, manifest: manifest.finished.timestamp()),
    ),
    "age_seconds": ("Age of the data in the newest complete set: what would be lost now.", _all(_age)),
    "size_bytes": ("Size of the newest complete set.", _newest(lambda newest, _manifest: newest.bytes)),
    "keys": ("Keys in the newest complete set.", _newest(lambda _newest, manifest: manifest.total_keys)),
    "duration_seconds": (
        "How long the newest complete set took.",
        _newest(lambda newest, _manifest: duration(newest).total_seconds()),
    ),
    "verified": (
        "Whether a restore test has proven the newest complete set.",
        _newest(lambda newest, _manifest: newest.verified),
    ),
    "last_verified_timestamp_seconds": (
        "Of when the data in the newest verified set is.",
        _all(lambda found, _now: moment(found.newest_verified).timestamp() if found.newest_verified else None),
    ),
    "sets": ("Sets in the bucket by state.", _all(lambda found, _now: found.counts)),
    "stored_bytes": ("Size of all sets in the bucket.", _all(lambda found, _now: found.bytes)),
    "missed_runs": (
        "Scheduled times that no complete set followed, within the retention.",
        _all(lambda found, _now: len(found.missed)),
    ),
    "next_run_timestamp_seconds": (
        "When the next backup is due.",
        _all(lambda found, _now: found.next_run.timestamp() if found.next_run else None),
    ),
}


def _samples(value: Value) -> Iterator[tuple[Mapping[str, str], float]]:
    if isinstance(value, Mapping):
        yield from (({"state": state}, count) for state, count in value.items())
    elif value is not None:
        yield {}, value


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items()) + "}"
