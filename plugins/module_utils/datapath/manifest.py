# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a backup set is made of: ``manifest.json``, which is written last and deleted first. No manifest, no backup."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, rdb, records
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import Ranges, cover_problems

FORMAT_VERSION = 1
MODES = ("standalone", "sentinel", "cluster")
ENGINES = ("redis", "valkey")
ROLES = ("master", "slave")  # as INFO calls them
KMS, AES = "aws:kms", "AES256"  # as S3 calls them
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_REPLID = re.compile(r"[0-9a-f]{40}", re.ASCII)
_DATABASE = re.compile(r"0|[1-9]\d{0,4}", re.ASCII)


@dataclass(frozen=True)
class Source:
    """Where an RDB came from. lag_bytes: how far it was behind its master when it was chosen; 0 of a master."""

    pod: str
    role: str
    lag_bytes: int


@dataclass(frozen=True)
class Shard:
    """One RDB.

    slots: ranges, both ends included. bytes, sha256: of the RDB, which is the stored object. keys, expires: by number
    of the database, only those that hold any; keys_exact: whether the RDB itself says so, and not the server beside
    it, which went on writing. functions: libraries. offset, ctime: of the source when the RDB was begun, in bytes of
    the stream of writes ``replid`` and in seconds since 1970. checksum: S3's CRC-32 of the parts' CRC-32.
    version_id: S3's, "" in a bucket without versions.
    """

    file: str
    slots: Ranges
    bytes: int
    sha256: str
    rdb_magic: str
    keys: Mapping[str, int]
    expires: Mapping[str, int]
    keys_exact: bool
    functions: int
    source: Source
    replid: str
    offset: int
    ctime: int
    started: datetime
    finished: datetime
    checksum: str
    version_id: str

    @property
    def total_keys(self) -> int:
        """Keys of all databases."""
        return sum(self.keys.values())


@dataclass(frozen=True)
class Encryption:
    """algorithm: KMS or AES. key: the ARN of the key, "" where S3 has its own."""

    algorithm: str
    key: str


@dataclass(frozen=True)
class Manifest:
    """skew_seconds: between the first and the last shard's ctime."""

    format_version: int
    set: str
    namespace: str
    name: str
    mode: str
    engine: str
    engine_version: str
    started: datetime
    finished: datetime
    skew_seconds: float
    shards: tuple[Shard, ...]
    encryption: Encryption
    collection_version: str

    @property
    def bytes(self) -> int:
        """Of all shards."""
        return sum(shard.bytes for shard in self.shards)

    @property
    def total_keys(self) -> int:
        """Of all shards."""
        return sum(shard.total_keys for shard in self.shards)

    @property
    def moment(self) -> int:
        """Seconds since 1970 when the last shard was cut: nothing in the set is younger."""
        return max(shard.ctime for shard in self.shards)

    def to_json(self) -> str:
        """The text that is stored."""
        return records.dump(self)

    def problems(self) -> list[str]:
        """What keeps it from being a whole set, a line each."""
        return [
            *_problems(self),
            *(f"{shard.file}: {line}" for shard in self.shards for line in _of_shard(self, shard)),
        ]


def parse(text: str | bytes) -> Manifest:
    """The manifest of a whole set. Errors: DatapathError with one line."""
    data = records.load(text, "manifest")
    version = data.get("format_version") if isinstance(data, Mapping) else None
    if version is not None and version != FORMAT_VERSION:
        raise DatapathError(f"manifest: its format_version is {shown(version)}, this release reads {FORMAT_VERSION}")
    manifest = records.read(Manifest, data, "manifest")
    if problems := manifest.problems():
        raise DatapathError(f"manifest: {'; '.join(problems)}")
    return manifest


def digest(text: str | bytes) -> str:
    """SHA-256 of a manifest as it is stored, which a verdict names."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _problems(manifest: Manifest) -> Iterator[str]:
    if not keys.is_set(manifest.set):
        yield f"set {shown(manifest.set)} is no name of a set"
    elif keys.time_of(manifest.set) != manifest.started.replace(microsecond=0):
        yield f"set {manifest.set} did not start at {manifest.started:%Y-%m-%dT%H:%M:%SZ}"
    for field in ("namespace", "name", "engine_version", "collection_version"):
        if not getattr(manifest, field):
            yield f"{field} is empty"
    yield from _one_of("mode", manifest.mode, MODES)
    yield from _one_of("engine", manifest.engine, ENGINES)
    yield from _one_of("encryption.algorithm", manifest.encryption.algorithm, (KMS, AES))
    if (manifest.encryption.algorithm == KMS) != bool(manifest.encryption.key):
        yield f"encryption.key {shown(manifest.encryption.key)} does not go with {shown(manifest.encryption.algorithm)}"
    if manifest.finished < manifest.started:
        yield "it finished before it started"
    if not manifest.shards:
        yield "it has no shards"
        return
    if manifest.mode != "cluster" and len(manifest.shards) != 1:
        yield f"mode {manifest.mode} has one shard, not {len(manifest.shards)}"
    yield from cover_problems(shard.slots for shard in manifest.shards)
    times = [shard.ctime for shard in manifest.shards]
    if manifest.skew_seconds != max(times) - min(times):
        yield f"skew_seconds is {manifest.skew_seconds}, the shards are {max(times) - min(times)} seconds apart"


def _of_shard(manifest: Manifest, shard: Shard) -> Iterator[str]:
    if not shard.slots:
        yield "has no slots"
    elif shard.file != keys.shard_file(shard.slots[0][0]):
        yield f"is not named by its lowest slot, {shard.slots[0][0]}"
    if list(shard.slots) != sorted(shard.slots):
        yield "its slots are not in order"
    if shard.bytes < rdb.SMALLEST:
        yield f"{shard.bytes} bytes are no RDB"
    for field, pattern in (("sha256", _SHA256), ("replid", _REPLID)):
        if not pattern.fullmatch(getattr(shard, field)):
            yield f"{field} {shown(getattr(shard, field))} is none"
    if rdb.family(shard.rdb_magic) is None:
        yield f"rdb_magic {shown(shard.rdb_magic)} is none"
    yield from _counts(manifest, shard)
    yield from _one_of("source.role", shard.source.role, ROLES)
    for field, value in (("source.pod", shard.source.pod), ("checksum", shard.checksum)):
        if not value:
            yield f"{field} is empty"
    counted = {
        "source.lag_bytes": shard.source.lag_bytes,
        "offset": shard.offset,
        "ctime": shard.ctime,
        "functions": shard.functions,
    }
    for field, number in counted.items():
        if number < 0:
            yield f"{field} {number} is below zero"
    if not manifest.started <= shard.started <= shard.finished <= manifest.finished:
        yield "its times are not within those of the set"


def _counts(manifest: Manifest, shard: Shard) -> Iterator[str]:
    for database, count in shard.keys.items():
        if not _DATABASE.fullmatch(database) or count <= 0:
            yield f"keys {shown(database)}: {count} is no count of a database"
    for database, count in shard.expires.items():
        if not 0 <= count <= shard.keys.get(database, 0):
            yield f"expires {shown(database)}: {count} of {shard.keys.get(database, 0)} keys"
    if manifest.mode == "cluster" and set(shard.keys) - {"0"}:
        yield "a cluster has no database but 0"


def _one_of(field: str, value: str, known: tuple[str, ...]) -> Iterator[str]:
    if value not in known:
        yield f"{field} {shown(value)} is none of {', '.join(known)}"
