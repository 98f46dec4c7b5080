# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role of a ServiceAccount, from the options of module service_account_role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.documents import policy
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import api as eks
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api, names, provider, purposes, trust
from ansible_collections.eks.redis.plugins.module_utils.aws.iam.role import Role
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

POLICY = "eks-redis"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# no wildcards: a role of this purpose reads what is named
_SECRET = re.compile(r"(?:arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,519}")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_ARN = re.compile(r"arn:aws[\w-]*:iam::(\d{12}|aws):policy/\S+")


def reconcile_role(aws: Aws, given: Mapping[str, Any], *, check: bool) -> tuple[Role, Change]:
    """The role, and what was done to it."""
    _require(given)
    cluster, namespace, account = given["cluster_name"], given["namespace"], given["service_account"]
    name = given["name"] or names.role_name(cluster, namespace, account)
    role = Role(aws, name, f"Assumed by ServiceAccount {namespace}/{account} of EKS cluster {cluster}")
    wanted = None
    if given["state"] == "present":
        wanted = _wanted(aws, given)
        _require_policies(aws, given)
    return role, reconcile(role, wanted, check=check, cluster=cluster, adopt=given["adopt"])


def _require(given: Mapping[str, Any]) -> None:
    """Errors: AwsError for what IAM would refuse later, or would take and never fit a token."""
    for option in ("namespace", "service_account"):
        if not _LABEL.fullmatch(given[option]):
            raise AwsError(
                f"{option}: {given[option]!r} is no name of Kubernetes: lower case letters, digits and '-' are allowed"
            )
    if given["name"] and not names.is_valid(given["name"]):
        raise AwsError(
            f"name: {given['name']!r} is no name of an IAM role: up to {names.LONGEST} letters, digits and +=,.@_- "
            "are allowed"
        )
    if given["state"] == "present" and given["method"] == "irsa":
        provider.require_issuer(given["issuer"])
    for index, one in enumerate(given["allow"] if given["state"] == "present" else ()):
        if one.get("bucket") and not _BUCKET.fullmatch(one["bucket"]):
            raise AwsError(f"allow[{index}]: bucket {one['bucket']!r} is no name of a bucket; no ARN, no URL")
        if one.get("secret") and not _SECRET.fullmatch(one["secret"]):
            raise AwsError(
                f"allow[{index}]: secret {one['secret']!r} is neither name nor ARN of a secret of Secrets Manager"
            )
    for option in ("managed_policies", "permissions_boundary"):
        for arn in _listed(given[option]):
            if not _ARN.fullmatch(arn):
                raise AwsError(
                    f"{option}: {arn!r} is not the ARN of an IAM policy, such as arn:aws:iam::aws:policy/NAME"
                )


def _require_policies(aws: Aws, given: Mapping[str, Any]) -> None:
    for option in ("managed_policies", "permissions_boundary"):
        arns = _listed(given[option])
        there = side_by_side(lambda arn=arn: api.policy_exists(aws, arn) for arn in arns)
        missing = [arn for arn, is_there in zip(arns, there, strict=True) if not is_there]
        if missing:
            raise AwsError(f"{option}: there is no policy {' and no policy '.join(missing)}")


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _wanted(aws: Aws, given: Mapping[str, Any]) -> dict[str, Any]:
    where = {"partition": aws.partition, "region": aws.region, "account": aws.account}
    statements = [*purposes.statements(given["allow"], where), *given["statements"]]
    return {
        "trust": _trust(aws, given),
        "policies": {POLICY: policy(statements)} if statements else {},
        "managed_policies": sorted(set(given["managed_policies"])),
        "boundary": given["permissions_boundary"] or None,
        "tags": tags.ours(given["cluster_name"], given["tags"]),
    }


def _trust(aws: Aws, given: Mapping[str, Any]) -> dict[str, Any]:
    who = (given["namespace"], given["service_account"])
    if given["method"] == "irsa":
        return trust.irsa(provider.arn(aws, given["issuer"]), *who)
    return trust.pod_identity(eks.cluster_arn(aws, given["cluster_name"]), *who)
