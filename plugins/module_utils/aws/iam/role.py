# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An IAM role: who may assume it, and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents, tags
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import State
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side


def _same_policies(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return live.keys() == wanted.keys() and all(documents.same(live[name], wanted[name]) for name in wanted)


class Role:
    """State: ``{arn, trust, policies, managed_policies, boundary, tags}``.

    policies: documents by name; managed_policies: sorted ARNs; both are all that the role has. boundary: ARN or None.
    """

    kind = "IAM role"
    shared = False
    same = {"trust": documents.same, "policies": _same_policies, "tags": tags.hold}

    def __init__(self, aws: Aws, name: str, description: str) -> None:
        self._aws = aws
        self.name = name
        self._description = description

    @property
    def arn(self) -> str:
        """Known before the role is there."""
        return f"arn:{self._aws.partition}:iam::{self._aws.account}:role/{self.name}"

    def read(self) -> dict[str, Any] | None:
        """Its state."""
        role, managed, policies = side_by_side(
            (
                lambda: api.role(self._aws, self.name),
                lambda: api.attached_policies(self._aws, self.name),
                lambda: api.inline_policies(self._aws, self.name),
            )
        )
        if role is None:
            return None
        return {
            "arn": role["Arn"],
            "trust": role["AssumeRolePolicyDocument"],
            "policies": policies,
            "managed_policies": managed,
            "boundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "tags": tags.from_list(role.get("Tags") or ()),
        }

    def create(self, wanted: State) -> None:
        """Makes it, and then what belongs to it."""
        boundary = {"PermissionsBoundary": wanted["boundary"]} if wanted["boundary"] else {}
        self._call(
            "create_role",
            AssumeRolePolicyDocument=documents.to_json(wanted["trust"]),
            Description=self._description,
            Tags=tags.to_list(wanted["tags"]),
            **boundary,
        )
        self._write_policies({}, wanted["policies"])
        self._attach([], wanted["managed_policies"])

    def update(self, live: State, wanted: State, fields: frozenset[str]) -> None:
        """Writes what differs."""
        if "tags" in fields:
            self._call("tag_role", Tags=tags.to_list(wanted["tags"]))
        if "boundary" in fields and wanted["boundary"]:
            self._call("put_role_permissions_boundary", PermissionsBoundary=wanted["boundary"])
        elif "boundary" in fields:
            self._call("delete_role_permissions_boundary")
        if "trust" in fields:
            self._call("update_assume_role_policy", PolicyDocument=documents.to_json(wanted["trust"]))
        if "policies" in fields:
            self._write_policies(live["policies"], wanted["policies"])
        if "managed_policies" in fields:
            self._attach(live["managed_policies"], wanted["managed_policies"])

    def delete(self, live: State) -> None:
        """Takes away what belongs to it, then itself."""
        self._write_policies(live["policies"], {})
        self._attach(live["managed_policies"], [])
        self._call("delete_role")

    def _write_policies(self, live: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
        for name, document in wanted.items():
            if name not in live or not documents.same(live[name], document):
                self._call("put_role_policy", PolicyName=name, PolicyDocument=documents.to_json(document))
        for name in live.keys() - wanted.keys():
            self._call("delete_role_policy", PolicyName=name)

    def _attach(self, live: list[str], wanted: list[str]) -> None:
        for arn in sorted(set(wanted) - set(live)):
            self._call("attach_role_policy", PolicyArn=arn)
        for arn in sorted(set(live) - set(wanted)):
            self._call("detach_role_policy", PolicyArn=arn)

    def _call(self, operation: str, **params: Any) -> None:
        self._aws.call("iam", operation, RoleName=self.name, **params)
