# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of IAM."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

MISSING = ("NoSuchEntity", "NoSuchEntityException")


def oidc_provider(aws: Aws, arn: str) -> dict[str, Any] | None:
    """``{Url, ClientIDList, ThumbprintList, Tags, …}``."""
    return aws.find("iam", "get_open_id_connect_provider", missing=MISSING, OpenIDConnectProviderArn=arn)


def role(aws: Aws, name: str) -> dict[str, Any] | None:
    """``{Arn, AssumeRolePolicyDocument, PermissionsBoundary, Tags, …}``, policy documents as mappings."""
    found = aws.find("iam", "get_role", missing=MISSING, RoleName=name)
    return found["Role"] if found else None


def policy_exists(aws: Aws, arn: str) -> bool:
    """Whether there is a managed policy of this ARN."""
    return aws.find("iam", "get_policy", missing=MISSING, PolicyArn=arn) is not None


def attached_policies(aws: Aws, name: str) -> list[str]:
    """The ARNs of a role's managed policies; of a role that is not there, none."""
    found = aws.find_pages("iam", "list_attached_role_policies", "AttachedPolicies", missing=MISSING, RoleName=name)
    return sorted(policy["PolicyArn"] for policy in found)


def inline_policies(aws: Aws, name: str) -> dict[str, Any]:
    """A role's own policies, documents by name; of a role that is not there, none."""
    names = aws.find_pages("iam", "list_role_policies", "PolicyNames", missing=MISSING, RoleName=name)

    def document(policy: str) -> Any:
        return aws.call("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]

    return dict(zip(names, side_by_side(lambda policy=policy: document(policy) for policy in names), strict=True))
