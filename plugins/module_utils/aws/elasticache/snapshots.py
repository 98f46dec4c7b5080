# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of replication groups and of serverless caches, read, made and deleted the same way.

Operations and members: botocore's model of elasticache, 2015-02-02.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.advice import advised
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

AVAILABLE, EXPORTING, FAILED, DELETING = "available", "exporting", "failed", "deleting"


class Snapshot(NamedTuple):
    """source: what it is of. status: AWS's word in lower case. slots: of each shard, None without cluster mode; no
    shards are told of a serverless cache. created: none while it is being made. tiered: data on disks are in it."""

    name: str
    arn: str
    source: str
    status: str
    slots: tuple[str | None, ...] = ()
    created: datetime | None = None
    tiered: bool = False


@dataclass(frozen=True)
class Kind:
    """How one of the two is asked. what: for messages. The rest: names of boto3's methods and of AWS's members."""

    what: str
    name: str
    source: str
    status: str
    items: str
    describe: str
    create: str
    delete: str
    missing: tuple[str, ...]
    no_source: tuple[str, ...]
    more: Mapping[str, Any]


GROUP = Kind(
    what="replication group",
    name="SnapshotName",
    source="ReplicationGroupId",
    status="SnapshotStatus",
    items="Snapshots",
    describe="describe_snapshots",
    create="create_snapshot",
    delete="delete_snapshot",
    missing=("SnapshotNotFoundFault",),
    no_source=("ReplicationGroupNotFoundFault",),
    more={"ShowNodeGroupConfig": True},
)
CACHE = Kind(
    what="serverless cache",
    name="ServerlessCacheSnapshotName",
    source="ServerlessCacheName",
    status="Status",
    items="ServerlessCacheSnapshots",
    describe="describe_serverless_cache_snapshots",
    create="create_serverless_cache_snapshot",
    delete="delete_serverless_cache_snapshot",
    missing=("ServerlessCacheSnapshotNotFoundFault",),
    no_source=("ServerlessCacheNotFoundFault",),
    more={},
)


def find(aws: Aws, kind: Kind, name: str) -> Snapshot | None:
    """The one of that name."""
    found = aws.find("elasticache", kind.describe, missing=kind.missing, **{kind.name: name}, **kind.more)
    documents = found[kind.items] if found else ()
    return _snapshot(kind, documents[0]) if documents else None


def of(aws: Aws, kind: Kind, source: str) -> list[Snapshot]:
    """All of a cache, also of one that is gone."""
    found = aws.find_pages(
        "elasticache", kind.describe, kind.items, missing=kind.no_source, **{kind.source: source}, **kind.more
    )
    return [_snapshot(kind, each) for each in found]


def create(aws: Aws, kind: Kind, source: str, name: str, marks: Mapping[str, str]) -> None:
    """Lets AWS begin to make one. Errors: AwsError with advice."""
    given: dict[str, Any] = {kind.source: source, kind.name: name, "Tags": tags.to_list(marks)}
    with advised():
        aws.call("elasticache", kind.create, **given)


def export(aws: Aws, kind: Kind, snapshot: Snapshot, bucket: str, name: str) -> None:
    """Lets AWS begin to write its files. Errors: AwsError with advice."""
    with advised():
        if kind is CACHE:
            aws.call(
                "elasticache",
                "export_serverless_cache_snapshot",
                ServerlessCacheSnapshotName=snapshot.name,
                S3BucketName=bucket,
            )
            return
        aws.call(
            "elasticache",
            "copy_snapshot",
            SourceSnapshotName=snapshot.name,
            TargetSnapshotName=name,
            TargetBucket=bucket,
        )


def delete(aws: Aws, kind: Kind, snapshot: Snapshot) -> None:
    """Lets AWS begin to take it away."""
    with advised():
        aws.call("elasticache", kind.delete, **{kind.name: snapshot.name})


def marks(aws: Aws, snapshot: Snapshot) -> dict[str, str]:
    """Its tags."""
    return tags.from_list(aws.call("elasticache", "list_tags_for_resource", ResourceName=snapshot.arn)["TagList"])


def mark(aws: Aws, snapshot: Snapshot, given: Mapping[str, str]) -> None:
    """Adds tags."""
    aws.call("elasticache", "add_tags_to_resource", ResourceName=snapshot.arn, Tags=tags.to_list(given))


def unmark(aws: Aws, snapshot: Snapshot, key: str) -> None:
    """Takes one tag away."""
    aws.call("elasticache", "remove_tags_from_resource", ResourceName=snapshot.arn, TagKeys=[key])


def _snapshot(kind: Kind, document: Mapping[str, Any]) -> Snapshot:
    if kind is CACHE:
        of_cache = document.get("ServerlessCacheConfiguration") or {}
        source, shards, created = of_cache.get(kind.source), [], document.get("CreateTime")
    else:
        source, shards = document.get(kind.source), list(document.get("NodeSnapshots") or ())
        shards.sort(key=lambda each: each.get("NodeGroupId") or "")
        times = [each["SnapshotCreateTime"] for each in shards if each.get("SnapshotCreateTime")]
        created = max(times) if times else None
    return Snapshot(
        name=document[kind.name],
        arn=document["ARN"],
        source=source or "",
        status=str(document[kind.status]).lower(),
        slots=tuple((each.get("NodeGroupConfiguration") or {}).get("Slots") for each in shards),
        created=created,
        tiered=document.get("DataTiering") == "enabled",
    )
