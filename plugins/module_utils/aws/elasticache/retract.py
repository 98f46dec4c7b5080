# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes an export away: its files, its snapshot if eks.redis made it, and what let ElastiCache in.

What the user made stays, and so does what nothing says of that it is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import exported, snapshots, subject, waiters
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.outcome import Done
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.snapshots import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.subject import Subject
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import lent, reads
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell_change

Warn = Callable[[str], None]


def retract(aws: Aws, given: Mapping[str, Any], *, check: bool, warn: Warn) -> Done | None:
    """None where nothing of it is left. Errors: AwsError, EngineError when the time is up."""
    if reads.location(aws, given["bucket"]) is None:
        warn(f"bucket {given['bucket']} is not there, nor are files that were in it")
    about = subject.find_left(aws, given)
    if about is None:
        return None
    done = Done(about, None)
    for line, act in _steps(aws, about, given["timeout"], warn):
        done.changes.append(line)
        if not check:
            act()
        tell_change(line, predicted=check)
    return done


def _steps(aws: Aws, about: Subject, timeout: int, warn: Warn) -> list[tuple[str, Callable[[], object]]]:
    """The statement first: an export that is under way ends by that."""
    target, snapshot = about.target, about.snapshot
    steps: list[tuple[str, Callable[[], object]]] = []
    if lent.holds(lent.read(aws, target.bucket), target.sid):
        line = f"deleted: statement {target.sid} in the policy of bucket {target.bucket}"
        steps.append((line, lambda: lent.take_back(aws, target.bucket, target.sid)))
    if about.begun and (about.files or about.under_way):
        names = ", ".join(each.key for each in about.files) or "of the export under way"
        line = f"deleted: files in bucket {target.bucket} ({names})"
        steps.append((line, lambda: _delete_files(aws, about, timeout)))
    elif about.files:
        warn(
            f"{target.url(about.files[0].key)} stays: nothing says that it is of an export by eks.redis; it goes with: "
            f"aws s3 rm {target.url(about.files[0].key)}"
        )
    if snapshot and about.ours:
        line = f"deleted: snapshot {snapshot.name} of {about}"
        steps.append((line, lambda: _delete_snapshot(aws, about, snapshot, timeout)))
    elif snapshot and about.begun:
        line = f"deleted: tag {target.mark_key} of snapshot {snapshot.name}"
        steps.append((line, lambda: snapshots.unmark(aws, snapshot, target.mark_key)))
    return steps


def _delete_files(aws: Aws, about: Subject, timeout: int) -> None:
    """Once nothing writes any more."""
    if about.snapshot:
        waiters.gone(aws, about.kind, about.snapshot.name, waiters.deadline(timeout))
    exported.delete(aws, about.target, exported.files(aws, about.target))


def _delete_snapshot(aws: Aws, about: Subject, snapshot: Snapshot, timeout: int) -> None:
    limit = waiters.deadline(timeout)
    if waiters.gone(aws, about.kind, snapshot.name, limit):
        snapshots.delete(aws, about.kind, snapshot)
