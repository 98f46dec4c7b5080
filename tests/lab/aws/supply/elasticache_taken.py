"""Snapshots of ElastiCache, of groups and of serverless caches: how long they take, and how they come into a bucket.

Each look of a Describe… counts; after so many that still show it at work, it is over.
"""

from __future__ import annotations

import base64
import datetime
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lab.aws import planes
from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault

WORKING = ("creating", "copying", "exporting", "deleting")
AVAILABLE, FAILED = "available", "failed"
# of a cache that has neither nodes nor data given by a test: an RDB without keys, its checksum switched off
EMPTY = b"REDIS0009\xff" + struct.pack("<Q", 0)


@dataclass
class Outcome:
    """How snapshots go from now on.

    polls: looks that show one being made, copied, exported or deleted. fails: being made ends badly; lost: an export
    leaves no file; silent: it does not show in the status, for which AWS documents no word; rdbs: base64 of the data of
    each shard, of caches without nodes.
    """

    polls: int = 1
    fails: bool = False
    lost: bool = False
    silent: bool = False
    rdbs: list[str] = field(default_factory=list)


def taking() -> list[Outcome]:
    """One: the Outcome in force."""
    return [Outcome()]


def outcome(elasticache: Any) -> Outcome:
    return kept(elasticache, taking)[0]


@dataclass
class Taken:
    """source: ID of the cache. document: what does not change of its description. automatic: made by AWS each day."""

    name: str
    source: str
    document: Mapping[str, Any]
    rdbs: list[bytes]
    status: str
    polls: int
    automatic: bool = False
    silent: bool = False
    finish: Callable[[], None] = lambda: None  # when what is under way is over
    then: str = AVAILABLE
    created: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))

    def begin(self, status: str, polls: int, finish: Callable[[], None] = lambda: None) -> None:
        self.status, self.polls, self.finish, self.then = status, polls, finish, AVAILABLE

    def look(self) -> None:
        if self.status not in WORKING:
            return
        if self.polls <= 0:
            self.status = self.then
            self.finish()
        self.polls -= 1

    @property
    def shown(self) -> str:
        return AVAILABLE if self.silent and self.status == "exporting" else self.status

    def size(self, shard: int) -> str:
        return f"{-(-len(self.rdbs[shard]) // 2**20)} MB"


def data(elasticache: Any, source: str, shards: int) -> list[bytes]:
    """Of each shard, as it is now."""
    running = planes.of(elasticache, source)
    if running:
        return [running.snapshot(number) for number in range(shards)]
    given = [base64.b64decode(each) for each in outcome(elasticache).rdbs]
    return given if len(given) == shards else [EMPTY] * shards


def require_name(name: str, member: str) -> None:
    """CreateSnapshot: as all names of ElastiCache."""
    plain = name.replace("-", "").replace(".", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum() and name[0].isalpha()) or "--" in name or name.endswith("-"):
        raise Fault("InvalidParameterValue", f"The parameter {member} is not a valid identifier.")


def tag(request: AwsRequest, arn: str) -> None:
    if request.params.get("Tags"):
        request.backend("elasticache").tagging_service.tag_resource(arn, request.params["Tags"])
