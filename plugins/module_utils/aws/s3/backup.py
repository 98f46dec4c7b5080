# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bucket of backups and the role of its replication, from the options of module backup_bucket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api as kms
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.transformations import TO_COME
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import Change, reconcile
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import documents, replicas, rules
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.bucket import BackupBucket
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.contents import require_empty
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import together

_OWNER = "BucketOwnerEnforced"  # S3's name: objects are the bucket owner's, ACLs mean nothing
Warn = Callable[[str], None]


class Done(NamedTuple):
    """role: None where nothing is, was or will be replicated."""

    bucket: Change
    role: Change | None


def reconcile_bucket(aws: Aws, given: Mapping[str, Any], *, check: bool, warn: Warn) -> Done:
    """All is looked at first, so that what cannot be is refused before anything is written.

    warn: is told in check mode of what is missing, since what is run before may make it. Errors: AwsError, and those of
    rules.problems together.
    """
    given = {**given, "name": given["name"] or _name(aws, given["cluster_name"])}
    problems = list(rules.problems(given))
    if problems:
        raise together(problems)
    wanted, wanted_role = _wanted(aws, given, warn if check else None) if given["state"] == "present" else (None, None)
    bucket, role = BackupBucket(aws, given["name"]), replicas.role(aws, given["name"])
    bring = partial(reconcile, cluster=given["cluster_name"], adopt=given["adopt"])
    plan = bring(bucket, wanted, check=True)
    _require_possible(aws, plan)
    replicates = wanted_role is not None or wanted is None or (plan.before or {}).get("replication") is not None
    plan_of_role = bring(role, wanted_role, check=True) if replicates and plan.action != "leave" else None
    if check:
        return Done(plan, plan_of_role)
    # The role first: nothing can replicate without it. And when both go: a bucket that is left tells of its role
    done_role = bring(role, wanted_role, check=False) if plan_of_role and plan_of_role.changed else plan_of_role
    return Done(bring(bucket, wanted, check=False) if plan.changed else plan, done_role)


def _name(aws: Aws, cluster: str) -> str:
    """Where none is given. Clusters are known by region and account, buckets in all the world."""
    plain = cluster.lower().replace("_", "-")
    return names.shortened(f"eks-redis-{plain}-{aws.region}-{aws.account}", rules.LONGEST)


def _wanted(aws: Aws, given: Mapping[str, Any], warn: Warn | None) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """States of bucket and role. Errors: AwsError for a key or a bucket for copies that cannot be used."""
    key = _key(aws, given["kms_key"], warn) if given["kms_key"] else None
    encryption = {"algorithm": "aws:kms" if key else "AES256", "key": key, "bucket_key": bool(key)}
    bucket: dict[str, Any] = {
        "versioning": True,
        "encryption": encryption,
        "public_access_blocked": True,
        "ownership": _OWNER,
        "policy": documents.statements(f"arn:{aws.partition}:s3:::{given['name']}", given["policy_statements"]),
        "lifecycle": documents.lifecycle(given["lifecycle"]),
        "replication": None,
        "tags": tags.ours(given["cluster_name"], given["tags"]),
    }
    if given["object_lock"]:
        bucket["object_lock"] = dict(given["object_lock"])
    if not given["replication"]:
        return bucket, None
    _known(lambda: replicas.require(aws, given), warn)
    bucket["replication"] = replicas.wanted(aws, given)
    return bucket, replicas.wanted_role(aws, given, key)


def _key(aws: Aws, name: str, warn: Warn | None) -> str:
    """Its ARN; in check mode its name where it is missing, and no word of one that check mode itself has predicted."""
    if warn and name.endswith(TO_COME):
        return name
    found = _known(lambda: kms.usable(aws, name), warn)
    return str(found["arn"]) if found else name


def _known(look: Callable[[], Any], warn: Warn | None) -> Any:
    """What it finds. With warn, something that is missing is None, and told."""
    try:
        return look()
    except AwsError as error:
        if warn is None or error.code not in (*kms.MISSING, replicas.MISSING):
            raise
        warn(f"{error} (no error in check mode: what is run before may make it)")
        return None


def _require_possible(aws: Aws, plan: Change) -> None:
    if plan.action == "delete":
        require_empty(aws, plan.name)
    others = [rule.get("ID", "without ID") for rule in (plan.before or {}).get("replication_of_others", ())]
    if others and "replication" in plan.fields:
        raise AwsError(
            f"S3 bucket {plan.name} replicates by rules of others ({', '.join(others)}), and S3 keeps one role for all "
            "rules of a bucket: take those rules away, or leave replication to them"
        )
