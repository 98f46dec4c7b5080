# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export has come to, for programs and for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.outcome import Done
from ansible_collections.eks.redis.plugins.module_utils.engine.words import size, some, span


def report(done: Done | None) -> dict[str, Any]:
    """The result of module snapshot_export."""
    if done is None:
        told = ["nothing was left"]
        nothing: dict[str, Any] = {"snapshot": None, "name": None, "files": [], "shards": [], "seconds": {}}
        return {"changed": False, **nothing, "summary": told}
    shards = list(_shards(done)) if done.snapshot else []
    return {
        "changed": bool(done.changes),
        "snapshot": done.snapshot,
        "name": done.about.target.name,
        "files": [each["file"] for each in shards],
        "shards": shards,
        "seconds": done.seconds,
        "summary": [*done.changes, *_lines(done, shards)] or ["nothing was left"],
    }


def _shards(done: Done) -> Iterator[dict[str, Any]]:
    """predicted ones have no size."""
    target, slots = done.about.target, done.slots
    there = {each.key: each.bytes for each in done.files}
    keys = list(there) or [target.key(shard) for shard in range(done.about.shards or 0)]
    for number, key in enumerate(keys):
        of_shard = slots[number] if number < len(slots) else None
        yield {"file": target.url(key), "bytes": there.get(key), "slots": of_shard}


def _lines(done: Done, shards: list[dict[str, Any]]) -> Iterator[str]:
    if not done.files:
        return
    whole = sum(each["bytes"] for each in shards)
    took = ", ".join(f"{step} {span(seconds)}" for step, seconds in done.seconds.items())
    files = f"{some(len(shards), 'file')}, {size(whole)}, of snapshot {done.snapshot} of {done.about}"
    yield f"{files}: {took}" if took else f"{files}: there already"
    for each in shards:
        slots = f", slots {each['slots']}" if each["slots"] else ""
        yield f"{each['file']}: {size(each['bytes'])}{slots}"
