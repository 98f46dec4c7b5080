# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for what ElastiCache does in its own time, and tells how it goes."""

from __future__ import annotations

import time
from collections.abc import Callable

from ansible_collections.eks.redis.plugins.module_utils.aws.deadline import Deadline
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import api, exported, snapshots
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import File
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.snapshots import AVAILABLE, Kind, Snapshot
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.subject import Subject
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell

_PAUSES = (1, 2, 3)  # seconds, as in eks/waiters.py: nobody may write meanwhile
_IDLE = 10  # looks at a snapshot that AWS has let go of, without all files: S3 shows them at once
_LET_IN, _PATIENCE = 2.0, 60.0  # seconds: S3 may need as long to tell everybody of a new policy


class Ended(EngineError):
    """AWS no longer works on it, and it is not what it should be."""


def deadline(seconds: float) -> Deadline:
    """As snapshots need it."""
    return Deadline(seconds, _PAUSES)


def ready(aws: Aws, about: Subject, limit: Deadline) -> None:
    """Until AWS is at work at the cache no longer. Errors: EngineError when the time is up."""
    told = ""
    while True:
        found = api.find(aws, about.source)
        status = str((found.group or found.cache or {})["Status"]).lower()
        if status == AVAILABLE:
            return
        told = _once(f"{about} is {status}", told)
        if not limit.pause():
            raise EngineError(
                f"{about} is still {status} at the end of the timeout, and AWS makes no snapshot meanwhile"
            )


def settled(aws: Aws, kind: Kind, name: str, limit: Deadline) -> Snapshot:
    """The snapshot when it can be exported. Errors: Ended; EngineError when the time is up."""
    told = ""
    while True:
        found = snapshots.find(aws, kind, name)
        if found is None:
            raise Ended(f"snapshot {name} is gone: somebody deleted it meanwhile")
        if found.status == snapshots.FAILED:
            raise Ended(f"snapshot {name} is {found.status}: take it away, with state absent if eks.redis made it")
        if found.status == AVAILABLE:
            return found
        told = _once(f"snapshot {name} is {found.status}", told)
        if not limit.pause():
            raise EngineError(f"snapshot {name} is still {found.status} at the end of the timeout")


def written(aws: Aws, about: Subject, name: str, limit: Deadline, *, worked: bool = False) -> list[File]:
    """The files when all are there. Errors: Ended; EngineError when the time is up, or AWS does not answer.

    worked: AWS was seen at it; only then a snapshot that is let go of means that it has ended. That it shows at all is
    in no document.
    """
    told, idle = "", 0
    while True:
        found = snapshots.find(aws, about.kind, name)
        there = exported.files(aws, about.target)
        if found and about.complete(found.status, there):
            return there
        if found is None:
            raise Ended(f"snapshot {name} is gone: somebody deleted it while it was exported")
        worked = worked or found.status != AVAILABLE
        idle = idle + 1 if worked and found.status == AVAILABLE else 0
        if idle > _IDLE:
            raise Ended(
                f"the export of snapshot {name} has ended with {_of(about, there)} in bucket {about.target.bucket}: "
                "look at the events of the cache (aws elasticache describe-events), and whether a Deny in the bucket's "
                "policy or a KMS key keeps ElastiCache out"
            )
        told = _once(f"snapshot {name} is {found.status}, {_of(about, there)} are there", told)
        if not limit.pause():
            raise EngineError(f"{_of(about, there)} are there at the end of the timeout")


def let_in(ask: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> None:
    """Asks, again while ElastiCache does not see the policy that lets it in. Errors: AwsError, the last."""
    waited = 0.0
    while True:
        try:
            return ask()
        except AwsError as error:
            if waited >= _PATIENCE or "has not been granted" not in str(error):
                raise
        sleep(_LET_IN)
        waited += _LET_IN


def gone(aws: Aws, kind: Kind, name: str, limit: Deadline) -> Snapshot | None:
    """The snapshot when AWS no longer works on it, None when it is gone. Errors: EngineError when the time is up."""
    told = ""
    while (found := snapshots.find(aws, kind, name)) and found.status not in (AVAILABLE, snapshots.FAILED):
        told = _once(f"snapshot {name} is {found.status}", told)
        if not limit.pause():
            raise EngineError(f"snapshot {name} is still {found.status} at the end of the timeout; run again")
    return found


def _of(about: Subject, there: list[File]) -> str:
    return f"{len(there)} of {about.shards} files" if about.shards else f"{len(there)} files"


def _once(line: str, told: str) -> str:
    return line if line == told else tell(line)
