"""Every operation supplied to moto; importing this package registers them all."""

from __future__ import annotations

from lab.aws.supply import (
    ec2,
    eks_addon_versions,
    eks_addons,
    eks_auth,
    eks_pod_identity,
    eks_tags,
    eks_updates,
    elasticache_failover,
    elasticache_nodes,
    elasticache_parameters,
    elasticache_serverless,
    elasticache_serverless_snapshots,
    elasticache_snapshots,
    elasticache_users,
    iam,
    iam_simulation,
    kms,
    s3,
    s3_objects,
    sts,
)
from lab.aws.supply.registry import SUPPLIED, call

__all__ = [
    "SUPPLIED",
    "call",
    "ec2",
    "eks_addon_versions",
    "eks_addons",
    "eks_auth",
    "eks_pod_identity",
    "eks_tags",
    "eks_updates",
    "elasticache_failover",
    "elasticache_nodes",
    "elasticache_parameters",
    "elasticache_serverless",
    "elasticache_serverless_snapshots",
    "elasticache_snapshots",
    "elasticache_users",
    "iam",
    "iam_simulation",
    "kms",
    "s3",
    "s3_objects",
    "sts",
]
