# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export is about: which snapshot, which files; found out by reads alone.

A run that was cut off is taken up again: the snapshots that it made, and those whose export it began, have a tag.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import api, exported, snapshots
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import File, Target
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.snapshots import CACHE, GROUP, Kind, Snapshot
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_NAME = re.compile(r"[a-z](?:-?[a-z0-9])*")  # CreateSnapshot and CopySnapshot, as all names of ElastiCache
_STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Subject:
    """One export. source: the cache. snapshot: None where it is still to be made. marks: its tags.

    shards: None of a serverless cache, which tells none. files: those that are in the bucket under these names.
    """

    kind: Kind
    source: str
    target: Target
    snapshot: Snapshot | None
    marks: Mapping[str, str]
    shards: int | None
    files: list[File]

    @property
    def ours(self) -> bool:
        """Whether eks.redis made the snapshot, or will."""
        return self.snapshot is None or is_ours(self.marks)

    @property
    def begun(self) -> bool:
        """Whether the files are those of this snapshot, or would be."""
        return self.target.mark_key in self.marks

    @property
    def under_way(self) -> bool:
        """Whether AWS is writing the files."""
        return self.begun and self.snapshot is not None and self.snapshot.status == snapshots.EXPORTING

    def complete(self, status: str, files: list[File]) -> bool:
        """Whether all files are there, once AWS is no longer at work."""
        wanted = {self.target.key(shard) for shard in range(self.shards or 1)}
        return status == snapshots.AVAILABLE and wanted <= {each.key for each in files}

    def __str__(self) -> str:
        return f"{self.kind.what} {self.source}"


def is_ours(marks: Mapping[str, str]) -> bool:
    """By the tags of a snapshot."""
    return marks.get(tags.MANAGED_BY) == tags.MANAGER


def find(aws: Aws, given: Mapping[str, Any], now: datetime) -> Subject:
    """By the options of module snapshot_export, for state present. Errors: AwsError for what cannot be exported."""
    snapshot: Snapshot | None
    if given["snapshot"]:
        kind, snapshot = _named(aws, given)
        source, shards = snapshot.source, len(snapshot.slots) or None
    else:
        found = api.find(aws, given["replication_group_id"])
        if found.group and found.group.get("DataTiering") == "enabled":
            raise _tiered(f"replication group {found.group['ReplicationGroupId']}")
        kind = GROUP if found.group else CACHE
        source = str(found.group["ReplicationGroupId"] if found.group else (found.cache or {})["ServerlessCacheName"])
        shards = len(found.group["NodeGroups"]) if found.group else None
        snapshot = _taken_up(aws, kind, source, given)
    name = given["name"] or (snapshot.name if snapshot else f"{source}-{now.strftime(_STAMP)}")
    subject = _subject(aws, kind, source, Target(given["bucket"], _plain(kind, name, snapshot)), snapshot, shards)
    if snapshot and snapshot.tiered:
        raise _tiered(f"snapshot {snapshot.name}")
    _require_known(subject, given)
    return subject


def find_left(aws: Aws, given: Mapping[str, Any]) -> Subject | None:
    """For state absent, also when the cache is gone. None where nothing is left that could be known."""
    source = given["replication_group_id"].lower()
    for kind in (GROUP, CACHE):
        wanted = given["snapshot"]
        snapshot = snapshots.find(aws, kind, wanted) if wanted else _taken_up(aws, kind, source, given)
        if snapshot and snapshot.source == source:
            name = _plain(kind, given["name"] or snapshot.name, snapshot)
            return _subject(aws, kind, source, Target(given["bucket"], name), snapshot, len(snapshot.slots) or None)
    if not given["name"]:
        return None
    return _subject(aws, GROUP, source, Target(given["bucket"], given["name"]), None, None)


def _named(aws: Aws, given: Mapping[str, Any]) -> tuple[Kind, Snapshot]:
    name, source = given["snapshot"], given["replication_group_id"].lower()
    for kind in (GROUP, CACHE):
        found = snapshots.find(aws, kind, name)
        if found and found.source != source:
            raise AwsError(f"snapshot {name} is of {kind.what} {found.source or 'unknown'}, not of {source}")
        if found:
            return kind, found
    there = sorted(each.name for kind in (GROUP, CACHE) for each in snapshots.of(aws, kind, source))
    known = f"of {source} there are: {', '.join(there)}" if there else f"there is none of {source}"
    raise AwsError(f"snapshot {name} is not there in region {aws.region}; {known}")


def _taken_up(aws: Aws, kind: Kind, source: str, given: Mapping[str, Any]) -> Snapshot | None:
    """The newest that an earlier run made for the same, if any."""
    there = [each for each in snapshots.of(aws, kind, source) if each.status != snapshots.DELETING]
    if given["name"]:
        return next((each for each in there if each.name == given["name"].lower()), None)
    ours = re.compile(rf"{re.escape(source)}-\d{{8}}-\d{{6}}")
    for each in sorted((each for each in there if ours.fullmatch(each.name)), reverse=True):
        marks = snapshots.marks(aws, each)
        if is_ours(marks) and exported.marked_for(dict(marks), given["bucket"]):
            return each
    return None


def _plain(kind: Kind, name: str, snapshot: Snapshot | None) -> str:
    """The name of the files. Those of a serverless cache are called as the snapshot is."""
    if kind is CACHE and snapshot and name != snapshot.name:
        raise AwsError(
            f"name {name}: AWS calls the files of a serverless cache as the snapshot, {snapshot.name}: leave name away"
        )
    if kind is CACHE and snapshot:
        return name
    # automatic snapshots have a dot in their names
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()) if snapshot and name == snapshot.name else name
    if not _NAME.fullmatch(plain):
        raise AwsError(f"name {name!r}: it has a-z, 0-9 and single hyphens between them, a letter first")
    return plain


def _subject(
    aws: Aws, kind: Kind, source: str, target: Target, snapshot: Snapshot | None, shards: int | None
) -> Subject:
    marks = snapshots.marks(aws, snapshot) if snapshot else {}
    return Subject(kind, source, target, snapshot, marks, shards, exported.files(aws, target))


def _require_known(subject: Subject, given: Mapping[str, Any]) -> None:
    """Nothing of others is taken for ours."""
    snapshot, target = subject.snapshot, subject.target
    if snapshot and not given["snapshot"] and not subject.ours:
        raise AwsError(
            f"snapshot {snapshot.name} is there and was not made by eks.redis: give it as option snapshot, or choose "
            "another name"
        )
    if subject.files and not subject.begun:
        raise AwsError(
            f"{target.url(subject.files[0].key)} is there, and nothing says that it is of this snapshot: choose "
            "another name, or take it away"
        )


def _tiered(what: str) -> AwsError:
    return AwsError(f"{what} has data tiering, and AWS does not export data that are on disks: take the way live")
