# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The restore test: a set is loaded into a throw-away Redis, and what was found is written beside it as its verdict.

A set that does not load, or does not hold what its manifest says, gets a verdict too, and the job fails. Where it
cannot be told, because S3 or the loader is not there, there is no verdict.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, loading, manifest, selection, verdict
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File, Loaded
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import INCOMPLETE, BackupSet
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.datapath.verdict import ShardVerdict, Verdict
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.fetch import fetch
from ansible_collections.eks.redis.plugins.module_utils.jobs.loader import Loader
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store

# what S3 says of an object that is not there: of the set, not of S3
_MISSING = ("NoSuchKey", "NoSuchVersion", "404")


def main(settings: Settings) -> dict[str, Any]:
    """Tests the set that the settings name; ``set`` is None where there are none. Errors: DatapathError, JobError; also
    where it is not proven."""
    store = Store(s3.client(settings.store.region), settings.store, settings.namespace, settings.name)
    sets = store.sets()
    if all(one.state == INCOMPLETE for one in sets):
        tell("nothing", reason="there is no complete set yet, so there is nothing to test")
        return {"set": None, "keys": 0, "seconds": 0.0}
    chosen = selection.choose(sets, settings.wanted)
    tell("started", set=chosen.name, bytes=chosen.bytes)
    loader = Loader()
    loader.wait()
    found = test(store, chosen, loader)
    store.write(chosen.name, keys.VERDICT, found.to_json())
    if found.problems:
        raise JobError(f"set {chosen.name} is not proven: {'; '.join(found.problems)}")
    return {"set": chosen.name, "keys": sum(shard.keys for shard in found.shards), "seconds": found.seconds}


def test(store: Store, chosen: BackupSet, loader: Loader) -> Verdict:
    """The verdict on a complete set."""
    started = time.monotonic()
    text = store.text(chosen.name, keys.MANIFEST)
    if text is None:
        raise JobError(f"set {chosen.name} was deleted meanwhile")
    shards: list[ShardVerdict] = []
    problems: list[str] = []
    for file in loading.files(manifest.parse(text), store.bucket, store.base):
        try:
            loaded = _load(store, file, loader)
        except s3.S3Error as error:
            if error.code not in _MISSING:
                raise
            problems.append(f"{file.name} is missing: {error.code}")
        except JobError as error:
            problems.append(str(error))
        else:
            expired = loading.expired(file, loaded)
            shards.append(ShardVerdict(file.name, loaded.total, expired, loaded.foreign, round(loaded.seconds, 3)))
            problems += loading.problems(file, loaded)
            tell("shard", file=file.name, keys=loaded.total, expired=expired, seconds=round(loaded.seconds, 3))
    return Verdict(
        format_version=verdict.FORMAT_VERSION,
        set=chosen.name,
        manifest_sha256=manifest.digest(text),
        verified=not problems,
        finished=datetime.now(UTC),
        engine_version=loader.engine[1],
        seconds=round(time.monotonic() - started, 3),
        shards=tuple(shards),
        problems=tuple(problems),
    )


def _load(store: Store, file: File, loader: Loader) -> Loaded:
    """One file; the scratch volume holds one at a time."""
    try:
        fetch(store.client, file, loader.folder, loader.engine, lambda done: _progress(file, fetched=done))
        return loader.load(file, tell=lambda percent: _progress(file, loaded=percent))
    finally:
        Path(loader.folder, file.name).unlink(missing_ok=True)


def _progress(file: File, **how_far: float) -> None:
    tell("progress", file=file.name, bytes=file.bytes, **how_far)
