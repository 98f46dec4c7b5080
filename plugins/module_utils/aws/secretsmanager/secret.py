# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret that holds a password of Redis."""

from __future__ import annotations

import secrets
import string
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.deadline import Deadline
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import State
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager import api, transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

# what a state says of the password in place of itself: it is there, and it is to be another
SET, RENEWED = "set", "set anew"
# 190 bits, in characters that no shell, URL or redis.conf takes for something else
_LETTERS, _LENGTH = string.ascii_letters + string.digits, 32
_PATIENCE, _PAUSES = 30, (0.2, 0.5, 1, 2)  # seconds


class Secret:
    """State: ``{arn, name, description, kms_key, version_id, rotation, last_changed, password, tags}``.

    password: SET, or None where none is there yet. field: its key in a JSON object, empty for a plain text. renew: the
    password that is there need not be one that the operator can carry. goes_in: days until its deletion, when it is to
    go; a secret that is on its way then counts as gone, and its value is not read.
    """

    kind = "AWS secret"
    shared = False
    same = {"kms_key": transformations.same_key, "tags": tags.hold}

    def __init__(self, aws: Aws, name: str, field: str, *, renew: bool = False, goes_in: int | None = None) -> None:
        self._aws, self._field, self._renew, self._goes_in = aws, field, renew, goes_in
        self._made = ""  # its ARN, of one that was made just now
        self._value: tuple[str, str] | None = None  # its text and version, once they are known
        self.name = name
        self.password: str | None = None

    def read(self) -> dict[str, Any] | None:
        """Its state. Errors: AwsError also for one that is to stay, and holds something else or is on its way out."""
        live = self._described()
        if live is None or (self._goes_in is not None and live["deleted_on"]):
            return None
        known = {field: item for field, item in live.items() if field != "deleted_on"}
        if self._goes_in is not None:
            return {**known, "password": SET if live["version_id"] else None}
        if live["deleted_on"]:
            raise AwsError(transformations.problem(self.name, live, self._aws.region) or "")
        # what was written is what is there; AWS may answer with the version before for a while
        self._value = self._value or api.value(self._aws, live["arn"])
        text, version = self._value or (None, None)
        self.password = transformations.password(self.name, text, self._field)
        if self.password and not self._renew:
            transformations.require_usable(self.name, self.password)
        return {**known, "version_id": version, "password": SET if self.password else None}

    def create(self, wanted: State) -> None:
        """Makes it with its password, in one request."""
        text = self._new_text()
        key = {"KmsKeyId": wanted["kms_key"]} if "kms_key" in wanted else {}
        marks = tags.to_list(wanted["tags"])
        made = self._call("create_secret", Name=self.name, Description=wanted["description"], Tags=marks, **key, **text)
        self._made = made["ARN"]
        self._value = text["SecretString"], made["VersionId"]

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes the fields that differ; the password last, so that the new key encrypts it."""
        which = {"SecretId": live["arn"]}
        if "tags" in fields:
            self._call("tag_resource", **which, Tags=tags.to_list(wanted["tags"]))
        members = {"description": "Description", "kms_key": "KmsKeyId"}
        if changed := {members[field]: wanted[field] for field in members if field in fields}:
            self._call("update_secret", **which, **changed)
        if "password" in fields:
            text = self._new_text()
            written = self._call("put_secret_value", **which, **text)
            self._value = text["SecretString"], written["VersionId"]

    def delete(self, live: State) -> None:
        """Schedules its deletion; until then it can be restored."""
        self._call("delete_secret", SecretId=live["arn"], RecoveryWindowInDays=self._goes_in)

    def _described(self) -> dict[str, Any] | None:
        """A secret that was made just now may not be found everywhere yet."""
        deadline = Deadline(_PATIENCE, _PAUSES)
        while True:
            live = api.secret(self._aws, self._made or self.name)
            if live is not None or not self._made:
                return live
            if not deadline.pause():
                raise AwsError(
                    f"AWS secret {self.name} was made, and is not found after {_PATIENCE} s; run again to go on"
                )

    def _new_text(self) -> dict[str, str]:
        new = "".join(secrets.choice(_LETTERS) for _each in range(_LENGTH))
        text = self._value[0] if self._value else None
        return {"SecretString": transformations.with_password(text, self._field, new)}

    def _call(self, operation: str, **params: Any) -> dict[str, Any]:
        return self._aws.call("secretsmanager", operation, **params)
