"""What the account holds from the start: the EKS cluster that the laboratory is."""

from __future__ import annotations

from typing import NamedTuple

from moto.core import DEFAULT_ACCOUNT_ID


class Cluster(NamedTuple):
    name: str
    region: str
    issuer: str  # URL of the API server's --service-account-issuer, as IAM's trust in its tokens needs it
    version: str


def cluster(wanted: Cluster) -> None:
    from moto.eks.models import eks_backends

    made = eks_backends[DEFAULT_ACCOUNT_ID][wanted.region].create_cluster(
        name=wanted.name,
        role_arn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{wanted.name}-cluster",
        resources_vpc_config={},
        version=wanted.version,
    )
    made.identity = {"oidc": {"issuer": wanted.issuer}}  # moto's own is random
