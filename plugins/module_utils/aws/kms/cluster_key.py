# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of a cluster's volumes and backups, from the options of module kms_key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import policy, rules, usage
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.key import Key
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.transformations import wanted_rotation
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import together


def reconcile_key(aws: Aws, given: Mapping[str, Any], *, check: bool) -> Change:
    """What was done to it. Errors: AwsError, also for a key that is to go and is needed; rules.problems together."""
    given = {**given, "alias": given["alias"] or f"alias/eks-redis-{given['cluster_name']}"}
    problems = list(rules.problems(given))
    if problems:
        raise together(problems)
    return _made(aws, given, check) if given["state"] == "present" else _gone(aws, given, check)


def why_it_stays(change: Change, cluster: str) -> str | None:
    """For a key that was to go, and is left."""
    if change.action != "leave" or change.before is None:
        return None
    why = (
        "what it encrypted would be lost for ever; schedule its deletion with delete_key: true (playbooks: "
        "kms_key_delete)"
        if tags.is_ours(change.before["tags"], cluster)
        else f"it was not made by eks.redis for cluster {cluster}"
    )
    return f"{change.kind} {change.name} stays: {why}"


def _made(aws: Aws, given: Mapping[str, Any], check: bool) -> Change:
    users = policy.Users(*(given[option] for option in policy.Users._fields))
    place = policy.Place(aws.partition, aws.region, aws.account)
    wanted = {
        "description": given["description"],
        "rotation": wanted_rotation(given["rotation"], given["rotation_period"]),
        "policy": given["policy"] or policy.document(place, users),
        "tags": tags.ours(given["cluster_name"], given["tags"]),
    }
    key = Key(aws, given["alias"])
    return reconcile(key, wanted, check=check, cluster=given["cluster_name"], adopt=given["adopt"])


def _gone(aws: Aws, given: Mapping[str, Any], check: bool) -> Change:
    key = Key(aws, given["alias"], goes_in=given["pending_window"])
    plan = reconcile(key, None, check=True, cluster=given["cluster_name"])
    if plan.action != "delete" or plan.before is None:
        return plan
    if not given["delete_key"]:
        return replace(plan, action="leave", live=plan.before)
    usage.require_unused(aws, plan.before)
    return plan if check else reconcile(key, None, check=False, cluster=given["cluster_name"])
