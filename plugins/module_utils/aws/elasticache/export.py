# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a cache at ElastiCache to RDB files in a bucket, and back to nothing.

ElastiCache is let into the bucket for as long as it writes. Whatever cuts a run off, the next one finds what is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import exported, snapshots, subject, waiters
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import File
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.outcome import Done
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.snapshots import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.subject import Subject
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import lent, reads
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell, tell_change
from ansible_collections.eks.redis.plugins.module_utils.engine.words import some

Warn = Callable[[str], None]


def export(aws: Aws, given: Mapping[str, Any], now: datetime, *, check: bool, warn: Warn) -> Done:
    """All is looked at before anything is made. Errors: AwsError, EngineError with what is left."""
    require_bucket(aws, given["bucket"], warn)
    about = subject.find(aws, given, now)
    run = _Run(aws, about, given["timeout"])
    if check:
        return run.predicted()
    return run.finished()


def require_bucket(aws: Aws, bucket: str, warn: Warn) -> None:
    """Errors: AwsError for one that ElastiCache would refuse."""
    # what ElastiCache asks of the caller, too: better now than after an hour of making the snapshot
    aws.call("s3", "list_buckets")
    region = reads.location(aws, bucket)
    if region is None:
        raise AwsError(f"bucket {bucket} is not there; make it with module backup_bucket, or name another")
    if region != aws.region:
        raise AwsError(
            f"bucket {bucket} is in region {region}, the cache in {aws.region}: AWS exports into buckets of the same "
            "region only"
        )
    encryption = reads.encryption(aws, bucket) or {}
    if encryption.get("key"):
        warn(
            f"bucket {bucket} encrypts with KMS key {encryption['key']} by default, and AWS exports with no key of a "
            "customer's: should the export fail, take a bucket that encrypts with S3's own keys"
        )


class _Run:
    def __init__(self, aws: Aws, about: Subject, timeout: int) -> None:
        self._aws, self._about, self._target = aws, about, about.target
        self._deadline = waiters.deadline(timeout)
        self._live = about.snapshot
        self._done = Done(about, self._name(), about.snapshot.slots if about.snapshot else (), about.files)

    def predicted(self) -> Done:
        """What a real run would do, as far as it can be known."""
        about, bucket = self._about, self._target.bucket
        changes = self._done.changes
        if about.snapshot is None:
            changes.append(f"created: snapshot {self._target.name} of {about}")
        if not self._is_there():
            changes.append(f"exported: snapshot {self._name()} to {self._target.url(self._target.key(0))}")
        elif lent.holds(lent.read(self._aws, bucket), self._target.sid):
            changes.append(f"deleted: {self._statement}")
        for line in changes:
            tell_change(line, predicted=True)
        return self._done

    def finished(self) -> Done:
        """Does what is still to be done."""
        with self._step("snapshot"):
            snapshot = self._taken()
        if self._is_there():
            if self._close():
                self._change(f"deleted: {self._statement}")
            return self._done
        with self._step("export"):
            if not self._goes_on():
                self._begin(snapshot)
            try:
                self._done.files = self._written()
            except waiters.Ended as error:
                raise self._failed(error) from None
            self._close()
            files = some(len(self._done.files), "file")
            self._change(f"exported: snapshot {snapshot.name} to {files} in bucket {self._target.bucket}")
        return self._done

    def _is_there(self) -> bool:
        found = self._live
        return bool(found and self._about.begun and self._about.complete(found.status, self._done.files))

    def _name(self) -> str:
        return self._about.snapshot.name if self._about.snapshot else self._target.name

    def _taken(self) -> Snapshot:
        """The snapshot once AWS no longer works on it, made if it has to be."""
        about, name = self._about, self._name()
        if about.snapshot and about.under_way:
            return about.snapshot
        if about.snapshot is None:
            waiters.ready(self._aws, about, self._deadline)
            marks = {tags.MANAGED_BY: tags.MANAGER, **self._target.mark}
            snapshots.create(self._aws, about.kind, about.source, name, marks)
            self._change(f"created: snapshot {name} of {about}")
        try:
            taken = waiters.settled(self._aws, about.kind, name, self._deadline)
        except waiters.Ended as error:
            raise EngineError(f"{error}; nothing was written to bucket {self._target.bucket}, run again") from None
        except EngineError as error:
            raise EngineError(f"{error}; {self._again(exporting=False)}") from None
        self._live, self._done.slots = taken, taken.slots
        self._done.files = exported.files(self._aws, self._target)
        return taken

    def _written(self, *, worked: bool = False) -> list[File]:
        try:
            return waiters.written(self._aws, self._about, self._name(), self._deadline, worked=worked)
        except waiters.Ended:
            raise
        except EngineError as error:
            raise EngineError(f"{error}; {self._again(exporting=True)}") from None

    def _goes_on(self) -> bool:
        """Whether AWS is at what an earlier run began, which left the statement for it, also where it says nothing."""
        if self._about.under_way:
            return True
        if not self._about.begun or not lent.holds(lent.read(self._aws, self._target.bucket), self._target.sid):
            return False
        tell("looking whether AWS still writes what an earlier run began")
        try:
            self._done.files = self._written(worked=True)
        except waiters.Ended:
            return False
        return True

    def _begin(self, snapshot: Snapshot) -> None:
        """Lets ElastiCache in, and asks it to write. Whatever is refused leaves the policy as it was."""
        left = self._done.files
        if left:
            tell(f"taking away {len(left)} files of an export that did not come to its end")
            exported.delete(self._aws, self._target, left)
        if not self._about.begun and self._about.snapshot:
            snapshots.mark(self._aws, snapshot, self._target.mark)
        allowed = exported.statement(self._target, self._aws.region, self._aws.partition)
        try:
            if lent.lend(self._aws, self._target.bucket, allowed):
                tell(f"added for the time of the export: {self._statement}")
            waiters.let_in(lambda: snapshots.export(self._aws, self._about.kind, snapshot, *self._target))
        except AwsError as error:
            raise self._failed(error) from None

    def _failed(self, error: EngineError) -> EngineError:
        """Nothing writes any more: the statement goes."""
        try:
            self._close()
        except AwsError as second:
            return EngineError(f"{error}; left: {self._statement} ({second}); {self._again(exporting=False)}")
        return EngineError(f"{error}; {self._again(exporting=False)}")

    def _again(self, *, exporting: bool) -> str:
        """What is left, and how to go on."""
        left = [f"snapshot {self._name()}"] if self._about.ours else []
        if exporting:
            left.append(self._statement)
            return (
                f"AWS goes on exporting; left for it: {' and '.join(left)}; run the same again to wait for the files, "
                "or with state absent to take all of it away"
            )
        kept = f"{left[0]} is kept: " if left else ""
        return f"{kept}run the same again to go on"

    def _close(self) -> bool:
        taken = lent.take_back(self._aws, self._target.bucket, self._target.sid)
        if taken:
            tell(f"taken away again: {self._statement}")
        return taken

    @property
    def _statement(self) -> str:
        return f"statement {self._target.sid} in the policy of bucket {self._target.bucket}"

    def _change(self, line: str) -> None:
        self._done.changes.append(line)
        tell_change(line, predicted=False)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        before, started = len(self._done.changes), time.monotonic()
        yield
        if len(self._done.changes) > before:
            self._done.seconds[name] = round(time.monotonic() - started, 1)
