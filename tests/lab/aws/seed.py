"""What accounts hold from the start: EKS clusters, of which the laboratory is one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from moto.core import DEFAULT_ACCOUNT_ID

VPC = {
    "subnetIds": ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002", "subnet-0a1b2c3d4e5f60003"],
    "securityGroupIds": [],
    "clusterSecurityGroupId": "sg-0a1b2c3d4e5f60001",
    "vpcId": "vpc-0a1b2c3d4e5f60001",
    "endpointPublicAccess": True,
    "endpointPrivateAccess": True,
    "publicAccessCidrs": ["0.0.0.0/0"],
}


@dataclass(frozen=True)
class Cluster:
    name: str
    region: str
    version: str  # of Kubernetes
    issuer: str = ""  # URL of the API server's --service-account-issuer; default: one as EKS makes them
    # further members of DescribeCluster's answer, in its spelling: computeConfig, storageConfig, status, …
    more: dict[str, Any] = field(default_factory=dict)


def cluster(wanted: Cluster, account: str = DEFAULT_ACCOUNT_ID) -> None:
    from moto.eks.models import eks_backends

    made = eks_backends[account][wanted.region].create_cluster(
        name=wanted.name,
        role_arn=f"arn:aws:iam::{account}:role/{wanted.name}-cluster",
        resources_vpc_config=VPC,
        version=wanted.version,
    )
    issuer = wanted.issuer or f"https://oidc.eks.{wanted.region}.amazonaws.com/id/{secrets.token_hex(16).upper()}"
    made.identity = {"oidc": {"issuer": issuer}}  # moto's own is too short
    made.access_config = {"authenticationMode": "API_AND_CONFIG_MAP"}
    for member, value in wanted.more.items():
        setattr(made, xform_name(member), value)


def administrator(account: str) -> tuple[str, str]:
    """Access key and secret of somebody who may do everything in the account."""
    from moto.iam.models import iam_backends

    key = iam_backends[account]["aws"].create_temp_access_key()
    return key.access_key_id, key.secret_access_key
