"""Module eks_cluster_info."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ISSUER, Account, Run
from pod_roles import make_role

from ansible_collections.eks.redis.plugins.modules import eks_cluster_info
from lab.aws import seed

KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"


def make(account: Account, name: str, region: str = "us-east-1", **more: Any) -> None:
    """A further cluster. more: members of DescribeCluster's answer."""
    seed.cluster(seed.Cluster(name, region, "1.34", ISSUER, more), account.number)


def test_a_bare_cluster(run: Run, account: Account) -> None:
    found = run(eks_cluster_info, name="prod")
    assert found == {
        "changed": False,
        "warnings": [],
        "cluster": {
            "name": "prod",
            "arn": f"arn:aws:eks:us-east-1:{account.number}:cluster/prod",
            "account": account.number,
            "region": "us-east-1",
            "version": "1.34",
            "status": "ACTIVE",
            "issuer": ISSUER,
            "oidc_provider_arn": f"arn:aws:iam::{account.number}:oidc-provider/{ISSUER.removeprefix('https://')}",
            "oidc_provider": False,
            "authentication_mode": "API_AND_CONFIG_MAP",
            "secrets_key_arn": None,
            "auto_mode": {"compute": False, "storage": False},
            "addons": [],
            "pod_identity_associations": [],
        },
    }


def test_what_a_cluster_has(run: Run, account: Account) -> None:
    make(
        account,
        "full",
        status="UPDATING",
        encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
        computeConfig={"enabled": True},
        storageConfig={"blockStorage": {"enabled": True}},
    )
    eks, iam = account.client("eks"), account.client("iam")
    iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["sts.amazonaws.com"])
    role = make_role(account, "cni")
    ours = {"app.kubernetes.io/managed-by": "eks.redis", "eks.redis/cluster": "full"}
    eks.create_addon(clusterName="full", addonName="eks-pod-identity-agent", tags=ours)
    eks.create_addon(clusterName="full", addonName="vpc-cni", serviceAccountRoleArn=role)
    made = eks.create_pod_identity_association(
        clusterName="full", namespace="apps", serviceAccount="cache-backup", roleArn=role
    )
    found = run(eks_cluster_info, name="full")["cluster"]
    assert (found["status"], found["oidc_provider"], found["secrets_key_arn"]) == ("UPDATING", True, KEY)
    assert found["auto_mode"] == {"compute": True, "storage": True}
    assert [(addon["name"], addon["role_arn"], addon["managed"]) for addon in found["addons"]] == [
        ("eks-pod-identity-agent", None, True),
        ("vpc-cni", role, False),
    ]
    assert all(addon["version"].startswith("v1.") and addon["status"] for addon in found["addons"])
    assert found["pod_identity_associations"] == [
        {
            "namespace": "apps",
            "service_account": "cache-backup",
            "id": made["association"]["associationId"],
            "owner_arn": None,
        }
    ]


def test_a_cluster_without_an_issuer(run: Run, account: Account) -> None:
    make(account, "odd", identity={})
    found = run(eks_cluster_info, name="odd")["cluster"]
    assert (found["issuer"], found["oidc_provider_arn"], found["oidc_provider"]) == (None, None, False)


def test_one_that_is_not_there_names_those_that_are(run: Run, account: Account) -> None:
    make(account, "staging")
    where = f"EKS cluster prdo is not in region us-east-1 of account {account.number}"
    assert run(eks_cluster_info, name="prdo")["msg"] == f"{where}, there are: prod, staging; did you mean prod?"
    account.client("eks").delete_cluster(name="prod")
    assert run(eks_cluster_info, name="prdo")["msg"] == (
        f"{where}, there are: staging; check the region and the credentials"
    )
    account.client("eks").delete_cluster(name="staging")
    assert run(eks_cluster_info, name="prdo")["msg"] == (
        f"{where}, there is none at all; check the region and the credentials"
    )


def test_another_region(run: Run, account: Account) -> None:
    make(account, "europe", region="eu-west-1")
    assert "not in region us-east-1" in run(eks_cluster_info, name="europe")["msg"]
    assert run(eks_cluster_info, name="europe", region="eu-west-1")["cluster"]["region"] == "eu-west-1"


@pytest.mark.parametrize("name", ["", "a/b", "pröd", "arn:aws:eks:us-east-1:123456789012:cluster/prod", "c" * 101])
def test_a_name_that_no_cluster_has(run: Run, account: Account, name: str) -> None:
    assert run(eks_cluster_info, name=name)["msg"] == (
        f"EKS cluster {name!r}: no cluster has such a name; give its name, no ARN: up to 100 letters, digits, "
        "'-' and '_'"
    )


def test_one_that_is_not_there_and_the_others_may_not_be_seen(run: Run, account: Account) -> None:
    account.fail("eks", "ListClusters", "AccessDenied")
    assert run(eks_cluster_info, name="shop")["msg"] == (
        f"EKS cluster shop is not in region us-east-1 of account {account.number}; check its name, the region and the "
        "credentials"
    )


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("CREATING", "; when it is made (aws eks wait cluster-active --name odd), run again"),
        ("DELETING", ""),
        ("FAILED", ""),
    ],
)
def test_one_that_cannot_be_used(run: Run, account: Account, status: str, advice: str) -> None:
    make(account, "odd", status=status)
    assert run(eks_cluster_info, name="odd")["msg"] == f"EKS cluster odd is {status}, not ACTIVE{advice}"


def test_denied_names_the_action(run: Run, account: Account) -> None:
    account.fail("eks", "DescribeCluster", "AccessDenied")
    found = run(eks_cluster_info, name="prod")
    assert found["msg"].startswith("eks:DescribeCluster on ") and '"Action": "eks:DescribeCluster"' in found["msg"]


def test_throttling_that_ends_is_not_seen(run: Run, account: Account) -> None:
    account.fail("eks", "DescribeCluster", "Throttling", times=1)
    assert run(eks_cluster_info, name="prod")["cluster"]["name"] == "prod"


def test_it_only_reads(run: Run, account: Account) -> None:
    run(eks_cluster_info, name="prod")
    calls = [call["operation"] for call in account.calls()]
    assert sorted(calls) == [
        "DescribeCluster",
        "GetCallerIdentity",
        "GetOpenIDConnectProvider",
        "ListAddons",
        "ListPodIdentityAssociations",
    ]
