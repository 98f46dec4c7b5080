"""Module service_account_role."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import ISSUER, Account, Run

from ansible_collections.eks.redis.plugins.modules import service_account_role

KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
GIVEN = {
    "cluster_name": "prod",
    "issuer": ISSUER,
    "namespace": "apps",
    "service_account": "cache-backup",
    "allow": [{"purpose": "backup", "bucket": "backups", "prefix": "apps/cache", "kms_key": KEY}],
    "managed_policies": ["arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"],
}
NAME = "eks-redis-prod-apps-cache-backup"


def live(account: Account) -> dict[str, Any]:
    iam = account.client("iam")
    return {
        "role": iam.get_role(RoleName=NAME)["Role"],
        "inline": iam.list_role_policies(RoleName=NAME)["PolicyNames"],
        "managed": [one["PolicyArn"] for one in iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]],
    }


def test_it_is_made_once_and_predicted_before(run: Run, account: Account) -> None:
    predicted = run(service_account_role, check=True, **GIVEN)
    assert predicted["arn"] == f"arn:aws:iam::{account.number}:role/{NAME}"
    assert account.writes() == []
    made = run(service_account_role, **GIVEN)
    assert made == predicted
    found = live(account)
    assert found["inline"] == ["eks-redis"] and found["managed"] == GIVEN["managed_policies"]
    condition = found["role"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    issuer = ISSUER.removeprefix("https://")
    assert condition == {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": "system:serviceaccount:apps:cache-backup",
    }
    writes = account.writes()
    again = run(service_account_role, **GIVEN)
    assert (again["changed"], again["change"]["action"]) == (False, "keep")
    assert account.writes() == writes


DRIFT = {
    "trust": lambda iam: iam.update_assume_role_policy(
        RoleName=NAME,
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}',
    ),
    "policies": lambda iam: iam.put_role_policy(
        RoleName=NAME,
        PolicyName="more",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    ),
    "managed_policies": lambda iam: iam.attach_role_policy(
        RoleName=NAME, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "boundary": lambda iam: iam.put_role_permissions_boundary(
        RoleName=NAME, PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess"
    ),
    "tags": lambda iam: iam.tag_role(RoleName=NAME, Tags=[{"Key": "team", "Value": "others"}]),
}


@pytest.mark.parametrize("field", DRIFT)
def test_a_manual_change_is_named_and_mended(field: str, run: Run, account: Account) -> None:
    given = {**GIVEN, "tags": {"team": "ours"}}
    run(service_account_role, **given)
    before = live(account)
    DRIFT[field](account.client("iam"))
    predicted = run(service_account_role, check=True, **given)
    assert predicted["change"] == {"kind": "IAM role", "name": NAME, "action": "change", "fields": [field]}
    assert run(service_account_role, **given) == predicted
    after = live(account)
    before["role"].pop("AssumeRolePolicyDocument"), after["role"].pop("AssumeRolePolicyDocument")
    assert after == before
    assert not run(service_account_role, **given)["changed"]


def test_a_policy_that_is_named_twice_is_attached_once(run: Run, account: Account) -> None:
    twice = ["arn:aws:iam::aws:policy/ReadOnlyAccess"] * 2
    assert run(service_account_role, **{**GIVEN, "managed_policies": twice})["changed"]
    assert not run(service_account_role, **{**GIVEN, "managed_policies": twice})["changed"]


def test_it_goes_with_all_that_belongs_to_it(run: Run, account: Account) -> None:
    run(service_account_role, **GIVEN)
    predicted = run(service_account_role, check=True, state="absent", **GIVEN)
    assert run(service_account_role, state="absent", **GIVEN) == predicted
    assert account.client("iam").list_roles()["Roles"] == []
    assert not run(service_account_role, state="absent", **GIVEN)["changed"]


def test_a_role_of_others_is_refused_or_adopted(run: Run, account: Account) -> None:
    trust = '{"Version":"2012-10-17","Statement":[]}'
    account.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=trust)
    assert run(service_account_role, **GIVEN)["msg"] == (
        f"IAM role {NAME} is there and was not made by eks.redis for cluster prod; choose another name, or make it "
        "eks.redis's with adopt: true"
    )
    assert run(service_account_role, state="absent", **GIVEN)["change"]["action"] == "leave"
    assert run(service_account_role, adopt=True, **GIVEN)["change"]["action"] == "change"
    assert not run(service_account_role, **GIVEN)["changed"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            {"issuer": None},
            "issuer: None is not the https URL of the cluster's OIDC issuer, which method irsa needs; eks_cluster_info "
            "tells it; a cluster that has none can use method pod_identity",
        ),
        (
            {"namespace": "Apps"},
            "namespace: 'Apps' is no name of Kubernetes: lower case letters, digits and '-' are allowed",
        ),
        (
            {"name": "a b"},
            "name: 'a b' is no name of an IAM role: up to 64 letters, digits and +=,.@_- are allowed",
        ),
        ({"allow": [{"purpose": "backup"}]}, "allow[0]: purpose backup needs bucket"),
        (
            {"allow": [{"purpose": "backup", "bucket": "backups", "kms_key": "alias/redis"}]},
            "allow[0]: kms_key 'alias/redis' is not the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID, and policies "
            "take no alias",
        ),
        (
            {"managed_policies": ["ReadOnlyAccess"]},
            "managed_policies: 'ReadOnlyAccess' is not the ARN of an IAM policy, such as arn:aws:iam::aws:policy/NAME",
        ),
        (
            {"managed_policies": ["arn:aws:iam::aws:policy/Nobody"]},
            "managed_policies: there is no policy arn:aws:iam::aws:policy/Nobody",
        ),
        (
            {"permissions_boundary": "arn:aws:iam::aws:policy/Nobody"},
            "permissions_boundary: there is no policy arn:aws:iam::aws:policy/Nobody",
        ),
        (
            {"allow": [{"purpose": "metrics"}, {"purpose": "backup", "bucket": "arn:aws:s3:::backups"}]},
            "allow[1]: bucket 'arn:aws:s3:::backups' is no name of a bucket; no ARN, no URL",
        ),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(
    bad: dict[str, Any], message: str, run: Run, account: Account
) -> None:
    assert run(service_account_role, **{**GIVEN, **bad})["msg"] == message
    assert account.client("iam").list_roles()["Roles"] == []
