# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore takes: the files of a backup set, or RDB files from anywhere, with what is known beforehand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, rdb
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest

_URI = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)")
_ODD = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Origin:
    """text: what it is, in words. magics: the first bytes of each file. set: its name, "" for files of other origin.
    uploads: paths, each with the key that its file is to have in the bucket."""

    text: str
    files: tuple[File, ...]
    magics: tuple[str, ...]
    set: str = ""
    uploads: tuple[tuple[str, str], ...] = ()

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)

    def unreadable(self, engine: str, version: str) -> Iterator[str]:
        """Files that a server of this release does not load, a line each."""
        for file, magic in zip(self.files, self.magics, strict=True):
            if reason := rdb.can_load(magic, engine, version):
                yield f"{file.name}: {reason}"

    def databases(self) -> dict[str, int]:
        """Keys by number of the database, of files of which that is known."""
        found: dict[str, int] = {}
        for file in self.files:
            for number, count in (file.expected.keys if file.expected else {}).items():
                found[number] = found.get(number, 0) + count
        return found


def of_set(made: Manifest, text: str, bucket: str, base: str) -> Origin:
    """A complete set. base: where the sets of its instance are, with a slash at its end."""
    magics = tuple(shard.rdb_magic for shard in made.shards)
    return Origin(text, loading.files(made, bucket, base), magics, made.set)


def split(uri: str) -> tuple[str, str] | None:
    """Bucket and key of an ``s3://`` URI; None for a path."""
    found = _URI.fullmatch(uri)
    return (found["bucket"], found["key"]) if found else None


def file_name(number: int, path: str) -> str:
    """What a file of other origin is called on its way: by its place, so that two of one name do not meet."""
    return f"{number:02}-{_ODD.sub('_', path.rstrip('/').rpartition('/')[2])}"
