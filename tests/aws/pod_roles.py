"""IAM roles as EKS Pod Identity hands them out."""

from __future__ import annotations

import json

from conftest import Account

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ],
}


def make_role(account: Account, name: str) -> str:
    """Its ARN."""
    made = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return str(made["Role"]["Arn"])
