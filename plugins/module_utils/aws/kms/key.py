# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The KMS key that volumes and backups are encrypted with."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.transformations import LEAVING, problem
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import State
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

_SHORTEST = 7  # days, ScheduleKeyDeletion


class Key:
    """State: ``{arn, key_id, alias, state, description, rotation, policy, tags}``, rotation as ``{enabled, days}``.

    goes_in: days until its deletion, when it is to go; a key that is on its way then counts as gone.
    """

    kind = "KMS key"
    shared = False
    same = {"policy": documents.same, "tags": tags.hold}

    def __init__(self, aws: Aws, alias: str, goes_in: int | None = None) -> None:
        self._aws = aws
        self._goes_in = goes_in
        self._made = ""  # its ID: an alias is not known everywhere right after it was made
        self.name = alias

    def read(self) -> dict[str, Any] | None:
        """Its state. Errors: AwsError also for a key that is to stay, and cannot be used."""
        live = api.key(self._aws, self._made or self.name)
        if live is None or (self._goes_in is not None and live["state"] == LEAVING):
            return None
        wrong = problem(self.name, live, self._aws.region) if self._goes_in is None else None
        if wrong:
            raise AwsError(wrong)
        arn = live["arn"]
        rotation, policy, marks = side_by_side(
            (
                lambda: api.rotation(self._aws, arn),
                lambda: api.policy(self._aws, arn),
                lambda: api.key_tags(self._aws, arn),
            )
        )
        known = {field: live[field] for field in ("arn", "key_id", "state", "description")}
        return {**known, "alias": self.name, "rotation": rotation, "policy": policy, "tags": marks}

    def create(self, wanted: State) -> None:
        """Makes it, with its alias."""
        made = self._aws.call(
            "kms",
            "create_key",
            Description=wanted["description"],
            Policy=documents.to_json(wanted["policy"]),
            Tags=tags.to_list(wanted["tags"], "TagKey", "TagValue"),
        )
        self._made = made["KeyMetadata"]["KeyId"]
        self._name_it()
        self._rotate(self._made, wanted["rotation"])

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes the fields that differ."""
        key = live["key_id"]
        if "tags" in fields:
            marks = tags.to_list(wanted["tags"], "TagKey", "TagValue")
            self._aws.call("kms", "tag_resource", KeyId=key, Tags=marks)
        if "description" in fields:
            self._aws.call("kms", "update_key_description", KeyId=key, Description=wanted["description"])
        if "rotation" in fields:
            self._rotate(key, wanted["rotation"])
        if "policy" in fields:
            policy = documents.to_json(wanted["policy"])
            self._aws.call("kms", "put_key_policy", KeyId=key, PolicyName="default", Policy=policy)

    def delete(self, live: State) -> None:
        """Schedules its deletion. The alias stays as long as the key does, so that the deletion can be cancelled."""
        window = self._goes_in
        self._aws.call("kms", "schedule_key_deletion", KeyId=live["key_id"], PendingWindowInDays=window)

    def _name_it(self) -> None:
        """A key without its alias is not found by the next run, which would make another: it has to go."""
        try:
            self._aws.call("kms", "create_alias", AliasName=self.name, TargetKeyId=self._made)
        except AwsError as error:
            try:
                self._aws.call("kms", "schedule_key_deletion", KeyId=self._made, PendingWindowInDays=_SHORTEST)
            except AwsError as second:
                raise AwsError(f"{error}; key {self._made} was made and is left without an alias: {second}") from None
            raise

    def _rotate(self, key: str, rotation: State) -> None:
        if rotation["enabled"]:
            self._aws.call("kms", "enable_key_rotation", KeyId=key, RotationPeriodInDays=rotation["days"])
        else:
            self._aws.call("kms", "disable_key_rotation", KeyId=key)
