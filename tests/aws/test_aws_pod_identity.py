"""Module pod_identity."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conftest import Account, Run
from pod_roles import make_role

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import roles
from ansible_collections.eks.redis.plugins.modules import pod_identity

GIVEN = {"cluster_name": "prod", "namespace": "apps", "service_account": "cache-backup"}
NAME = "EKS Pod Identity association prod/apps/cache-backup"


def live(account: Account) -> list[dict[str, Any]]:
    eks = account.client("eks")
    listed = eks.list_pod_identity_associations(clusterName="prod")["associations"]
    return [
        eks.describe_pod_identity_association(clusterName="prod", associationId=each["associationId"])["association"]
        for each in listed
    ]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "_PAUSE", 0.05)


@pytest.fixture
def role(account: Account) -> str:
    return make_role(account, "backup")


def test_it_is_made_once_and_predicted_before(run: Run, account: Account, role: str) -> None:
    before = len(account.writes())
    predicted = run(pod_identity, check=True, role_arn=role, **GIVEN)
    assert (predicted["changed"], predicted["change"]["action"], predicted["id"]) == (True, "create", None)
    assert account.writes()[before:] == []
    made = run(pod_identity, role_arn=role, **GIVEN)
    assert (made["change"], made["diff"]) == (predicted["change"], predicted["diff"])
    (found,) = live(account)
    assert (found["roleArn"], found["associationId"], found["associationArn"]) == (role, made["id"], made["arn"])
    assert found["tags"] == {"app.kubernetes.io/managed-by": "eks.redis", "eks.redis/cluster": "prod"}
    before = len(account.writes())
    for check in (False, True):
        again = run(pod_identity, check=check, role_arn=role, **GIVEN)
        assert (again["changed"], again["change"]["action"], again["id"]) == (False, "keep", made["id"])
    assert account.writes()[before:] == []


def test_drift_is_named_and_mended(run: Run, account: Account, role: str) -> None:
    made = run(pod_identity, role_arn=role, **GIVEN)
    other = make_role(account, "other")
    eks = account.client("eks")
    eks.update_pod_identity_association(clusterName="prod", associationId=made["id"], roleArn=other)
    predicted = run(pod_identity, check=True, role_arn=role, tags={"team": "cache"}, **GIVEN)
    assert live(account)[0]["roleArn"] == other
    mended = run(pod_identity, role_arn=role, tags={"team": "cache"}, **GIVEN)
    assert mended["change"] == predicted["change"] and mended["change"]["fields"] == ["role_arn", "tags"]
    assert mended["diff"] == predicted["diff"]
    (found,) = live(account)
    assert (found["roleArn"], found["tags"]["team"], found["associationId"]) == (role, "cache", made["id"])


def test_it_is_taken_away_and_only_ours(run: Run, account: Account, role: str) -> None:
    run(pod_identity, role_arn=role, **GIVEN)
    assert run(pod_identity, check=True, state="absent", **GIVEN)["change"]["action"] == "delete"
    assert len(live(account)) == 1
    assert run(pod_identity, state="absent", **GIVEN)["changed"]
    assert live(account) == []
    assert not run(pod_identity, state="absent", **GIVEN)["changed"]


def test_one_of_others_is_refused_left_or_adopted(run: Run, account: Account, role: str) -> None:
    other = make_role(account, "other")
    account.client("eks").create_pod_identity_association(
        clusterName="prod", namespace="apps", serviceAccount="cache-backup", roleArn=other
    )
    assert run(pod_identity, role_arn=role, **GIVEN)["msg"].startswith(f"{NAME} is there and was not made by eks.redis")
    assert run(pod_identity, state="absent", **GIVEN)["change"]["action"] == "leave"
    assert live(account)[0]["roleArn"] == other
    assert run(pod_identity, role_arn=role, adopt=True, **GIVEN)["change"]["fields"] == ["role_arn", "tags"]
    assert run(pod_identity, state="absent", **GIVEN)["change"]["action"] == "delete"


def test_one_of_an_addon_is_left_to_the_addon(run: Run, account: Account, role: str) -> None:
    account.client("eks").create_addon(
        clusterName="prod",
        addonName="aws-ebs-csi-driver",
        podIdentityAssociations=[{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}],
    )
    given = {"cluster_name": "prod", "namespace": "kube-system", "service_account": "ebs-csi-controller-sa"}
    before = len(account.writes())
    message = run(pod_identity, role_arn=role, adopt=True, **given)["msg"]
    assert "kube-system/ebs-csi-controller-sa belongs to arn:aws:eks:" in message
    assert message.endswith("set its role there, with eks_addon")
    assert run(pod_identity, state="absent", **given)["change"]["action"] == "leave"
    assert account.writes()[before:] == []


def test_a_new_role_that_eks_does_not_see_yet_is_waited_for(run: Run, account: Account, role: str) -> None:
    account.fail(
        "eks",
        "CreatePodIdentityAssociation",
        "InvalidParameterException",
        message=f"Role provided in the request does not exist: {role}",
        times=1,
    )
    assert run(pod_identity, role_arn=role, **GIVEN)["changed"]
    assert live(account)[0]["roleArn"] == role


def test_a_role_that_is_not_there_is_told_at_once(run: Run, account: Account) -> None:
    arn = f"arn:aws:iam::{account.number}:role/typo"
    assert run(pod_identity, role_arn=arn, **GIVEN)["msg"] == (
        f"the role for ServiceAccount cache-backup, {arn}, does not exist in account {account.number}"
    )


@pytest.mark.parametrize("given", [None, "", "backup", "arn:aws:iam::123456789012:user/me", "arn:aws:iam::1:role/x"])
def test_what_is_no_role_is_refused_before_anything(run: Run, account: Account, given: str | None) -> None:
    assert run(pod_identity, role_arn=given, **GIVEN)["msg"] == (
        f"option role_arn: {given or ''!r} is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/NAME"
    )
    assert account.calls() == []


def test_a_cluster_that_is_not_there(run: Run, role: str) -> None:
    message = run(pod_identity, role_arn=role, **{**GIVEN, "cluster_name": "pord"})["msg"]
    assert message.endswith("there are: prod; did you mean prod?")


def test_denied_names_the_action(run: Run, account: Account, role: str) -> None:
    account.fail("eks", "CreatePodIdentityAssociation", "AccessDenied")
    message = run(pod_identity, role_arn=role, **GIVEN)["msg"]
    assert message.startswith("eks:CreatePodIdentityAssociation on ") and '"Effect": "Allow"' in message


def test_throttling_that_ends_is_not_seen(run: Run, account: Account, role: str) -> None:
    account.fail("eks", "CreatePodIdentityAssociation", "Throttling", times=1)
    assert run(pod_identity, role_arn=role, **GIVEN)["changed"]


def test_two_at_once_make_one(run: Run, account: Account, role: str) -> None:
    results: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: results.append(run(pod_identity, role_arn=role, **GIVEN))) for _each in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(live(account)) == 1
    assert all("changed" in each or "ResourceInUseException" in each["msg"] for each in results)
