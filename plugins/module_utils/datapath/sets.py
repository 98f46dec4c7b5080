# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in a bucket, as backup sets: which are whole, and which are proven. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, manifest, verdict
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Manifest
from ansible_collections.eks.redis.plugins.module_utils.datapath.verdict import Verdict

VERIFIED, COMPLETE, DAMAGED, INCOMPLETE = STATES = ("verified", "complete", "damaged", "incomplete")


@dataclass(frozen=True)
class StoredFile:
    """size: bytes. modified: when it was written, by S3's clock."""

    size: int
    modified: datetime


@dataclass(frozen=True)
class BackupSet:
    """started: by its name. manifest: None where there is none, or no sound one. problem: why it is not complete, ""
    when it is. untested: why it is not verified, "" when it is; of a set that is complete."""

    name: str
    started: datetime
    files: Mapping[str, StoredFile]
    manifest: Manifest | None = None
    verdict: Verdict | None = None
    problem: str = ""
    untested: str = ""

    @property
    def complete(self) -> bool:
        """Whether its manifest is sound, and all its files are there with the sizes recorded."""
        return not self.problem

    @property
    def verified(self) -> bool:
        """Whether a restore test has loaded it, and all was there."""
        return self.complete and not self.untested

    @property
    def replaced(self) -> bool:
        """Whether it holds what a restore has replaced: most likely nobody wants that who does not name it."""
        return keys.REPLACED in self.files

    @property
    def state(self) -> str:
        """One of STATES. Damaged: it has a manifest, and is not complete."""
        if self.complete:
            return VERIFIED if self.verified else COMPLETE
        return DAMAGED if keys.MANIFEST in self.files else INCOMPLETE

    @property
    def bytes(self) -> int:
        """Of all its files, whatever they are."""
        return sum(file.size for file in self.files.values())

    @property
    def changed(self) -> datetime:
        """When something last happened to it, as far as is known."""
        return max([self.started, *(file.modified for file in self.files.values())])


def group(listing: Iterable[tuple[str, StoredFile]], base: str) -> dict[str, dict[str, StoredFile]]:
    """Files by set, oldest set first. listing: keys with what is stored there. What is in no set is left out."""
    found: dict[str, dict[str, StoredFile]] = {}
    for key, stored in listing:
        name, slash, file = key.removeprefix(base).partition("/")
        if key.startswith(base) and slash and file and keys.is_set(name):
            found.setdefault(name, {})[file] = stored
    return dict(sorted(found.items()))


def judged(
    name: str,
    files: Mapping[str, StoredFile],
    manifest_text: str | bytes | None,
    verdict_text: str | bytes | None,
    owner: tuple[str, str],
) -> BackupSet:
    """A set by its files and the texts of its documents, None where one is not there. owner: namespace and name of the
    instance that the folder is of."""
    started = keys.time_of(name)
    if manifest_text is None:
        return BackupSet(name, started, files, problem="it has no manifest")
    try:
        made = manifest.parse(manifest_text)
    except DatapathError as error:
        return BackupSet(name, started, files, problem=str(error))
    if problem := _problem(name, files, made, owner):
        return BackupSet(name, started, files, made, problem=problem)
    tested, untested = _tested(verdict_text, made, manifest.digest(manifest_text))
    return BackupSet(name, started, files, made, tested, untested=untested)


def _problem(name: str, files: Mapping[str, StoredFile], made: Manifest, owner: tuple[str, str]) -> str:
    if (made.namespace, made.name) != owner:
        return f"manifest: it is of instance {made.namespace}/{made.name}, not of {'/'.join(owner)}"
    if made.set != name:
        return f"manifest: it is of set {made.set}"
    for shard in made.shards:
        if shard.file not in files:
            return f"{shard.file} is missing"
        if files[shard.file].size != shard.bytes:
            return f"{shard.file} has {files[shard.file].size} bytes instead of {shard.bytes}"
    return ""


def _tested(text: str | bytes | None, made: Manifest, digest: str) -> tuple[Verdict | None, str]:
    """The verdict, and why it proves nothing; "" when it does."""
    if text is None:
        return None, "no restore test has run yet"
    try:
        found = verdict.parse(text)
    except DatapathError as error:
        return None, str(error)
    if (found.set, found.manifest_sha256) != (made.set, digest):
        return found, "the verdict is of another manifest"
    return found, "; ".join(found.problems)
