# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bucket that backups are kept in."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import State
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import reads, writes
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.transformations import RULE, SID, of_others, ours, rule
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.waiters import settled
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_ELDEST = "us-east-1"  # the region that S3 takes for none


class BackupBucket:
    """State: ``arn, region``, and one field for each side.

    versioning, public_access_blocked: bool. ownership: S3's name. encryption: ``{algorithm, key, bucket_key}``.
    policy: our statements by Sid; lifecycle: our rules by ID; replication: ``{role, rules}`` or None. object_lock:
    ``{mode, days}`` or None. Statements and rules of others are in ``policy_of_others``, ``lifecycle_of_others``,
    ``replication_of_others``; they stay.
    """

    kind = "S3 bucket"
    shared = False
    same = {"policy": documents.same, "tags": tags.hold}

    def __init__(self, aws: Aws, name: str) -> None:
        self._aws = aws
        self.name = name

    def read(self) -> dict[str, Any] | None:
        """Its state."""
        live = reads.everything(self._aws, self.name)
        if live is None:
            return None
        replication = live["replication"] or {"Role": None, "Rules": []}
        replicas = _rules(replication["Rules"])
        return {
            **live,
            "policy": ours(live["policy"], "Sid", SID),
            "policy_of_others": of_others(live["policy"], "Sid", SID),
            "lifecycle": _rules(live["lifecycle"]),
            "lifecycle_of_others": of_others(live["lifecycle"], "ID", RULE),
            "replication": {"role": replication["Role"], "rules": replicas} if replicas else None,
            "replication_of_others": of_others(replication["Rules"], "ID", RULE),
        }

    def create(self, wanted: State) -> None:
        """Makes it, and then each of its sides."""
        region = self._aws.region
        where: dict[str, Any] = (
            {} if region == _ELDEST else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        lockable: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if wanted.get("object_lock") else {}
        self._aws.call("s3", "create_bucket", Bucket=self.name, **where, **lockable)
        self._mark(wanted)
        self._write(wanted, [side for side in wanted if side != "tags" and wanted[side] is not None])

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes the sides that differ."""
        self._write(wanted, fields)

    def delete(self, live: State) -> None:
        """Takes it away; S3 refuses one that is not empty."""
        self._aws.call("s3", "delete_bucket", Bucket=self.name)

    def _mark(self, wanted: State) -> None:
        """A bucket without our tags would be refused by the next run as one of others: it has to go."""
        try:
            self._write(wanted, ["tags"])
        except AwsError as error:
            try:
                self.delete(wanted)
            except AwsError as second:
                raise AwsError(f"{error}; bucket {self.name} was made and is left without tags: {second}") from None
            raise

    def _write(self, wanted: State, sides: Collection[str]) -> None:
        for side, write in writes.SIDES.items():
            if side in sides:
                settled(partial(write, self._aws, self.name, wanted[side]))


def _rules(given: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: rule(one) for name, one in ours(given, "ID", RULE).items()}
