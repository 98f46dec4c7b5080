"""Every guard; importing this package registers them all."""

from __future__ import annotations

from lab.aws.guards import ec2, elasticache, iam, kms, s3, s3_bucket, sts
from lab.aws.guards.registry import GUARDS, check

__all__ = ["GUARDS", "check", "ec2", "elasticache", "iam", "kms", "s3", "s3_bucket", "sts"]
