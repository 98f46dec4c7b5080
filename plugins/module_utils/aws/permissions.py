# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which IAM action an operation of an AWS service asks for. Pure.

Most actions are named as their operations (AWS Service Authorization Reference); the table holds the others.
"""

from __future__ import annotations

# what ElastiCache asks of whoever has it write into a bucket (ElastiCache User Guide, "Exporting a backup")
_EXPORT = (
    "s3:DeleteObject",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "s3:PutObject",
)
# service:Operation -> the actions it needs
_OTHER = {
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:PutBucketReplication": ("s3:PutReplicationConfiguration", "iam:PassRole"),
    "s3:DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    # S3 decrypts in the caller's name
    "s3:GetObject": ("s3:GetObject", "kms:Decrypt"),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3:DeleteBucketTagging": ("s3:PutBucketTagging",),
    # EKS looks with the caller's rights whether the role of an association is there
    "eks:CreateAddon": ("eks:CreateAddon", "eks:TagResource", "iam:GetRole", "iam:PassRole"),
    "eks:UpdateAddon": ("eks:UpdateAddon", "iam:GetRole", "iam:PassRole"),
    "eks:CreatePodIdentityAssociation": (
        "eks:CreatePodIdentityAssociation",
        "eks:TagResource",
        "iam:GetRole",
        "iam:PassRole",
    ),
    "eks:UpdatePodIdentityAssociation": ("eks:UpdatePodIdentityAssociation", "iam:GetRole", "iam:PassRole"),
    "elasticache:CopySnapshot": ("elasticache:CopySnapshot", *_EXPORT),
    "elasticache:CreateServerlessCacheSnapshot": (
        "elasticache:CreateServerlessCacheSnapshot",
        "elasticache:AddTagsToResource",
    ),
    "elasticache:CreateSnapshot": ("elasticache:CreateSnapshot", "elasticache:AddTagsToResource"),
    "elasticache:ExportServerlessCacheSnapshot": ("elasticache:ExportServerlessCacheSnapshot", *_EXPORT),
    "iam:CreateRole": ("iam:CreateRole", "iam:TagRole"),
    "iam:CreateOpenIDConnectProvider": ("iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"),
    "kms:CreateKey": ("kms:CreateKey", "kms:TagResource"),
    # Secrets Manager encrypts and decrypts in the caller's name
    "secretsmanager:CreateSecret": (
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
        "kms:GenerateDataKey",
        "kms:Decrypt",
    ),
    "secretsmanager:GetSecretValue": ("secretsmanager:GetSecretValue", "kms:Decrypt"),
    "secretsmanager:PutSecretValue": ("secretsmanager:PutSecretValue", "kms:GenerateDataKey", "kms:Decrypt"),
    "secretsmanager:UpdateSecret": (
        "secretsmanager:UpdateSecret",
        "kms:GenerateDataKey",
        "kms:Encrypt",
        "kms:Decrypt",
    ),
}


def actions(service: str, operation: str) -> tuple[str, ...]:
    """All that a call needs, its own action first. operation: ``HeadBucket``."""
    own = f"{service}:{operation}"
    return _OTHER.get(own, (own,))


def action(service: str, operation: str) -> str:
    """The call's own."""
    return actions(service, operation)[0]
