# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RDB files for a loader: what is known of one beforehand, and whether what was loaded is that. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest, Shard
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, Ranges

# What a loader and its job share, and the one name of an RDB there (topology/loader.py)
FOLDER = "/work"
RDB = "load.rdb"
LOG = "loader.log"
PORT = 6379
# A server that goes on writing may be that far from the RDB, as a share of its keys, and nobody would call it torn
_APART = 0.5


@dataclass(frozen=True)
class Expected:
    """What the manifest of a set says of a file; see manifest.Shard."""

    sha256: str
    slots: Ranges
    keys: Mapping[str, int]
    expires: Mapping[str, int]
    keys_exact: bool
    functions: int


@dataclass(frozen=True)
class File:
    """An RDB in a bucket. version_id: "" for whichever is there. expected: None for one of which nothing is known."""

    name: str
    bucket: str
    key: str
    version_id: str
    bytes: int
    expected: Expected | None = None


@dataclass(frozen=True)
class Loaded:
    """One file as the loader has it. keys: by number of the database, expired ones not among them; expired: None
    where the release does not say. foreign: keys of other shards. repeated: keys of files that were loaded before.
    functions: libraries. memory: bytes that the loader then uses, for those files too. seconds: that loading took."""

    name: str
    keys: Mapping[str, int]
    expired: int | None
    foreign: int
    repeated: int
    functions: int
    memory: int
    seconds: float

    @property
    def total(self) -> int:
        """Keys of all databases."""
        return sum(self.keys.values())


def files(manifest: Manifest, bucket: str, base: str) -> tuple[File, ...]:
    """The files of a set. base: where the sets of its instance are, with a slash at its end."""
    return tuple(_file(shard, bucket, keys.key(base, manifest.set, shard.file)) for shard in manifest.shards)


def _file(shard: Shard, bucket: str, key: str) -> File:
    expected = Expected(shard.sha256, shard.slots, shard.keys, shard.expires, shard.keys_exact, shard.functions)
    return File(shard.file, bucket, key, shard.version_id, shard.bytes, expected)


def is_part(file: File) -> bool:
    """Whether there are keys that the file must not hold: those of other shards."""
    return file.expected is not None and file.expected.slots != EVERY


def expired(file: File, loaded: Loaded) -> int:
    """How many keys of a file had expired; of a release that does not say, what is not there any more."""
    if loaded.expired is not None:
        return loaded.expired
    return sum(file.expected.keys.values()) - loaded.total if file.expected else 0


def problems(file: File, loaded: Loaded) -> Iterator[str]:
    """Where a loaded file is not what the manifest says, a line each."""
    if loaded.foreign:
        yield f"{file.name}: {loaded.foreign} of {loaded.total} keys belong to other shards"
    if loaded.repeated:
        yield f"{file.name}: {loaded.repeated} of its keys are in another file, too"
    if file.expected is None:
        return
    if not loaded.repeated:
        yield from _counts(file.name, file.expected, loaded, expired(file, loaded))
    if loaded.functions != file.expected.functions:
        yield f"{file.name}: {loaded.functions} libraries of functions instead of {file.expected.functions}"


def _counts(name: str, expected: Expected, loaded: Loaded, gone: int) -> Iterator[str]:
    wanted = sum(expected.keys.values())
    found = f"{loaded.total} keys, and {gone} that had expired, instead of {wanted}"
    if not expected.keys_exact:
        if abs(loaded.total + gone - wanted) > wanted * _APART:
            yield f"{name}: {found}, far from what the server held"
    elif loaded.total + gone != wanted or not 0 <= gone <= sum(expected.expires.values()):
        yield f"{name}: {found}"
    else:
        for database in sorted({*expected.keys, *loaded.keys}, key=int):
            least = expected.keys.get(database, 0) - expected.expires.get(database, 0)
            if not least <= loaded.keys.get(database, 0) <= expected.keys.get(database, 0):
                count = expected.keys.get(database, 0)
                yield f"{name}: {loaded.keys.get(database, 0)} keys in database {database} instead of {count}"
