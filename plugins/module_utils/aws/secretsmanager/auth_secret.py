# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret of an instance's password, from the options of module auth_secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api as kms
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager import rules
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager.secret import RENEWED, SET, Secret
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import together


def reconcile_secret(aws: Aws, given: Mapping[str, Any], *, check: bool) -> tuple[Secret, Change]:
    """The secret, and what was done to it. Errors: AwsError; rules.problems together."""
    if wrong := list(rules.problems(given)):
        raise together(wrong)
    name, field, cluster = given["name"], given["property"], given["cluster_name"]
    if given["state"] == "absent":
        secret = Secret(aws, name, field, goes_in=given["recovery_window"])
        return secret, reconcile(secret, None, check=check, cluster=cluster)
    wanted: dict[str, Any] = {
        "description": given["description"],
        "password": RENEWED if given["rotate"] else SET,
        "tags": tags.ours(cluster, given["tags"]),
    }
    if given["kms_key"]:
        wanted["kms_key"] = kms.usable(aws, given["kms_key"])["arn"]
    secret = Secret(aws, name, field, renew=given["rotate"])
    return secret, reconcile(secret, wanted, check=check, cluster=cluster, adopt=given["adopt"])


def is_to_come(change: Change) -> bool:
    """Whether check mode says that a password is made, which nobody knows yet."""
    return change.predicted and (change.action == "create" or "password" in change.fields)


def why_it_stays(change: Change, cluster: str) -> str | None:
    """For a secret that was to go, and is left."""
    if change.action != "leave":
        return None
    return f"{change.kind} {change.name} stays: it was not made by eks.redis for cluster {cluster}"
