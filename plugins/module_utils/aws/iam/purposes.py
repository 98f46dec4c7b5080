# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a workload may do, by what it is for: the least that each needs. Pure.

Every action is one that is really called; a test takes them away one by one and sees the calls fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.ec2 import volume_key
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.contract import arns

Statement = dict[str, Any]
_READS = ("s3:GetObject", "s3:GetObjectVersion")  # a set names the versions of its files
Scope = Mapping[str, Any]  # bucket, prefix, secret, kms_key, partition, region, account


def statements(allow: Sequence[Scope], where: Scope) -> list[Statement]:
    """One list for all purposes, Sids numbered where a purpose comes twice. where: partition, region, account.

    Errors: AwsError where a purpose lacks what it needs.
    """
    made: list[Statement] = []
    for index, one in enumerate(allow):
        purpose = PURPOSES[one["purpose"]]
        missing = [option for option in purpose.needs if not one.get(option)]
        if missing:
            raise AwsError(f"allow[{index}]: purpose {one['purpose']} needs {' and '.join(missing)}")
        if one.get("kms_key") and not arns.KEY.fullmatch(one["kms_key"]):
            raise AwsError(
                f"allow[{index}]: kms_key {one['kms_key']!r} is not the ARN of a key, "
                "arn:aws:kms:REGION:ACCOUNT:key/ID, and policies take no alias"
            )
        given = {option: one.get(option) for option in ("bucket", "prefix", "secret", "kms_key")}
        made += purpose.make({**given, **where})
    return _distinct(made)


def _volumes(scope: Scope) -> list[Statement]:
    """The EBS CSI driver with a customer managed key."""
    return [
        {
            "Sid": "VolumeKeyGrants",
            "Effect": "Allow",
            "Action": volume_key.GRANTS,
            "Resource": scope["kms_key"],
            "Condition": volume_key.GRANTS_FOR_AWS,
        },
        {
            "Sid": "VolumeKeyUse",
            "Effect": "Allow",
            "Action": volume_key.USE,
            "Resource": scope["kms_key"],
        },
    ]


def _backup(scope: Scope) -> list[Statement]:
    """Writes sets in parts, reads them back to prove them, and prunes them where no lock is on them."""
    actions = (
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        *_READS,
        "s3:GetObjectLegalHold",
        "s3:GetObjectRetention",
        "s3:PutObject",
    )
    # S3 knows no prefix as a condition of this action: keys of uploads by others can be seen, and no more
    uploads: Statement = {
        "Sid": "BackupUploads",
        "Effect": "Allow",
        "Action": "s3:ListBucketMultipartUploads",
        "Resource": _bucket(scope),
    }
    return [
        *_listing(scope, "Backup"),
        uploads,
        _objects(scope, "Backup", actions),
        *_key(scope, "Backup", writes=True),
    ]


def _restore(scope: Scope) -> list[Statement]:
    """Reads sets, and can change none."""
    return [*_listing(scope, "Restore"), _objects(scope, "Restore", _READS), *_key(scope, "Restore")]


def _elasticache_exit(scope: Scope) -> list[Statement]:
    """Looks at caches, has snapshots taken and exported (ElastiCache User Guide, "Exporting a backup")."""
    caches = "arn:{partition}:elasticache:{region}:{account}:*".format(**scope)
    reads = ("CacheClusters", "CacheParameters", "ReplicationGroups", "ServerlessCaches", "ServerlessCacheSnapshots")
    snapshots = ("CopySnapshot", "CreateSnapshot", "CreateServerlessCacheSnapshot", "ExportServerlessCacheSnapshot")
    return [
        {
            "Sid": "ExitReads",
            "Effect": "Allow",
            "Action": [
                *(f"elasticache:Describe{kind}" for kind in reads),
                "elasticache:DescribeSnapshots",
                "elasticache:ListTagsForResource",
            ],
            "Resource": caches,
        },
        {
            "Sid": "ExitSnapshots",
            "Effect": "Allow",
            "Action": [f"elasticache:{action}" for action in snapshots],
            "Resource": caches,
        },
        {
            # what ElastiCache asks of the caller before it writes into a bucket
            "Sid": "ExitBucket",
            "Effect": "Allow",
            "Action": ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"],
            "Resource": _bucket(scope),
        },
        {"Sid": "ExitBuckets", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        # exports lie in no folder
        _objects({**scope, "prefix": None}, "Exit", ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")),
        *_key(scope, "Exit", writes=True),
        {"Sid": "ExitMetrics", "Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"},
    ]


def _metrics(scope: Scope) -> list[Statement]:
    """Publishes metrics of its own namespace; CloudWatch knows no resources for this, only the condition."""
    return [
        {
            "Sid": "Metrics",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": METRICS_NAMESPACE}},
        }
    ]


METRICS_NAMESPACE = "eks.redis"


def _secret(scope: Scope) -> list[Statement]:
    """Reads one secret, as External Secrets Operator and the provider of the Secrets Store CSI driver do."""
    named = scope["secret"]
    if not named.startswith("arn:"):
        # Secrets Manager adds a hyphen and 6 characters to the name
        named = "arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-??????".format(**scope)
    actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    return [
        {"Sid": "SecretRead", "Effect": "Allow", "Action": actions, "Resource": named},
        *_key(scope, "Secret", by="secretsmanager"),
    ]


class Purpose:
    """needs: the options without which it says nothing."""

    def __init__(self, make: Callable[[Scope], list[Statement]], *needs: str) -> None:
        self.make, self.needs = make, needs


PURPOSES = {
    "volumes": Purpose(_volumes, "kms_key"),
    "backup": Purpose(_backup, "bucket"),
    "restore": Purpose(_restore, "bucket"),
    "elasticache_exit": Purpose(_elasticache_exit, "bucket"),
    "metrics": Purpose(_metrics),
    "secret": Purpose(_secret, "secret"),
}


def _bucket(scope: Scope) -> str:
    return f"arn:{scope['partition']}:s3:::{scope['bucket']}"


def _prefix(scope: Scope) -> str:
    """Without a slash at its end; empty for the whole bucket."""
    return (scope["prefix"] or "").strip("/")


def _listing(scope: Scope, who: str) -> list[Statement]:
    listing: Statement = {"Sid": f"{who}List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": _bucket(scope)}
    if prefix := _prefix(scope):
        listing["Condition"] = {"StringLike": {"s3:prefix": [prefix, f"{prefix}/*"]}}
    return [listing]


def _objects(scope: Scope, who: str, actions: Sequence[str]) -> Statement:
    prefix = _prefix(scope)
    below = f"{prefix}/*" if prefix else "*"
    resource = f"{_bucket(scope)}/{below}"
    return {"Sid": f"{who}Objects", "Effect": "Allow", "Action": list(actions), "Resource": resource}


def _key(scope: Scope, who: str, *, writes: bool = False, by: str = "s3") -> list[Statement]:
    """S3 asks KMS in the caller's name: to write for a data key, to read, and to finish an upload in parts, to decrypt
    one (S3 User Guide, "Uploading an object in parts with SSE-KMS"). by: the service that asks."""
    if not scope["kms_key"]:
        return []
    service = f"{by}.*.amazonaws.com" + (".cn" if scope["partition"] == "aws-cn" else "")
    return [
        {
            "Sid": f"{who}Key",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", *(("kms:GenerateDataKey",) if writes else ())],
            "Resource": scope["kms_key"],
            "Condition": {"StringLike": {"kms:ViaService": service}},
        }
    ]


def _distinct(made: Sequence[Statement]) -> list[Statement]:
    """A Sid may stand once in a policy; a statement that says the same twice need not."""
    seen: list[Statement] = []
    for statement in made:
        if statement in seen:
            continue
        taken = sum(one["Sid"].rstrip("0123456789") == statement["Sid"] for one in seen)
        seen.append({**statement, "Sid": f"{statement['Sid']}{taken + 1}"} if taken else statement)
    return seen
