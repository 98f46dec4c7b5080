# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may assume a role: exactly one ServiceAccount of one cluster. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.documents import policy

AUDIENCE = "sts.amazonaws.com"


def irsa(provider_arn: str, namespace: str, service_account: str) -> dict[str, Any]:
    """By the token of the ServiceAccount (EKS User Guide, "Assign IAM roles to Kubernetes service accounts").

    Both conditions are needed: without ``sub`` every ServiceAccount of the cluster could assume the role, without
    ``aud`` a token that was made for somebody else would do.
    """
    issuer = provider_arn.partition("oidc-provider/")[2]
    return policy(
        [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{issuer}:aud": AUDIENCE,
                        f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                    }
                },
            }
        ]
    )


def pod_identity(cluster_arn: str, namespace: str, service_account: str) -> dict[str, Any]:
    """By EKS Pod Identity, which names pod and cluster in session tags (EKS User Guide, "EKS Pod Identity role")."""
    return policy(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {
                        "aws:RequestTag/eks-cluster-arn": cluster_arn,
                        "aws:RequestTag/kubernetes-namespace": namespace,
                        "aws:RequestTag/kubernetes-service-account": service_account,
                    }
                },
            }
        ]
    )


def service(principal: str, account: str) -> dict[str, Any]:
    """By a service of AWS on behalf of this account alone."""
    return policy(
        [
            {
                "Effect": "Allow",
                "Principal": {"Service": principal},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            }
        ]
    )
