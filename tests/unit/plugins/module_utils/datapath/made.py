"""Sets, manifests and verdicts for tests, whole unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, manifest, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import (
    Encryption,
    Manifest,
    Shard,
    Source,
)
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet, StoredFile, judged
from ansible_collections.eks.redis.plugins.module_utils.datapath.verdict import ShardVerdict, Verdict

OWNER = ("apps", "cache")
START = datetime(2026, 11, 29, 2, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THIRDS: tuple[slots.Ranges, ...] = (((0, 5460),), ((5461, 10922),), ((10923, 16383),))
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)


def shard(share: slots.Ranges = slots.EVERY, started: datetime = START, **other: Any) -> Shard:
    made = Shard(
        file=keys.shard_file(share[0][0]),
        slots=share,
        bytes=1000,
        sha256="ab" * 32,
        rdb_magic="REDIS0010",
        keys={"0": 1000},
        expires={"0": 10},
        keys_exact=True,
        functions=1,
        source=Source("cache-1", "slave", 14),
        replid="c" * 40,
        offset=123456,
        ctime=int(started.timestamp()) + 1,
        started=started,
        finished=started + timedelta(seconds=10),
        checksum="q83vqw==",
        version_id="",
    )
    return replace(made, **other)


def document(
    started: datetime = START, shares: tuple[slots.Ranges, ...] = (slots.EVERY,), suffix: str = "k3x9", **other: Any
) -> Manifest:
    made = Manifest(
        format_version=1,
        set=keys.set_name(started, suffix),
        namespace=OWNER[0],
        name=OWNER[1],
        mode="cluster" if len(shares) > 1 else "standalone",
        engine="redis",
        engine_version="7.0.15",
        started=started,
        finished=started + timedelta(seconds=20),
        skew_seconds=0.0,
        shards=tuple(shard(share, started) for share in shares),
        encryption=Encryption(manifest.AES, ""),
        collection_version="0.1.0",
    )
    return replace(made, **other)


def proof_of(made: Manifest, problems: tuple[str, ...] = ()) -> Verdict:
    return Verdict(
        format_version=1,
        set=made.set,
        manifest_sha256=manifest.digest(made.to_json()),
        verified=not problems,
        finished=made.finished + HOUR,
        engine_version="7.0.15",
        seconds=1.25,
        shards=tuple(ShardVerdict(each.file, each.total_keys, 0, 0, 0.4) for each in made.shards),
        problems=problems,
    )


def files(made: Manifest, *more: str) -> dict[str, StoredFile]:
    """What lies in the bucket of a whole set."""
    found = {each.file: StoredFile(each.bytes, each.finished) for each in made.shards}
    for name in (keys.MANIFEST, *more):
        found[name] = StoredFile(100, made.finished)
    return found


def whole(made: Manifest, proof: Verdict | None = None, stored: Mapping[str, StoredFile] | None = None) -> BackupSet:
    """The set of a manifest, with a verdict or without."""
    lying = files(made, *((keys.VERDICT,) if proof else ())) if stored is None else stored
    return judged(made.set, lying, made.to_json(), proof and proof.to_json(), OWNER)


def torn(started: datetime, suffix: str = "k3x9", modified: datetime | None = None) -> BackupSet:
    """A set without manifest. modified: when its one file was written."""
    stored = {keys.shard_file(0): StoredFile(5, modified or started)}
    return judged(keys.set_name(started, suffix), stored, None, None, OWNER)


def any_set(started: datetime, kind: str, suffix: str) -> BackupSet:
    """kind: one of sets.STATES."""
    made = document(started, suffix=suffix)
    if kind == "incomplete":
        return torn(started, suffix)
    if kind == "damaged":
        return whole(made, stored={keys.MANIFEST: StoredFile(100, made.finished)})
    return whole(made, proof_of(made) if kind == "verified" else None)


def bare(started: datetime, kind: str, suffix: str) -> BackupSet:
    """As ``any_set``, without documents: thousands are made in no time."""
    stored = {keys.shard_file(0) if kind == "incomplete" else keys.MANIFEST: StoredFile(5, started)}
    problem = {"incomplete": "it has no manifest", "damaged": "a file is missing"}.get(kind, "")
    untested = "no restore test has run yet" if kind == "complete" else ""
    return BackupSet(keys.set_name(started, suffix), started, stored, problem=problem, untested=untested)
