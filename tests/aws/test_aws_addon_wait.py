"""Module eks_addon: what is waited for, and what is said of an add-on that does not get there."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from addons import live, others
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import waiters
from ansible_collections.eks.redis.plugins.modules import eks_addon

DRIVER = "aws-ebs-csi-driver"
GIVEN = {"cluster_name": "prod", "name": DRIVER}
WHAT = f"EKS add-on {DRIVER} of cluster prod"
CONFLICT = {
    "code": "ConfigurationConflict",
    "message": "Conflicts found when trying to apply.\nWill not continue due to resolve conflicts mode.",
    "resourceIds": ["Deployment/ebs-csi-controller", "ServiceAccount/ebs-csi-controller-sa"],
}
CONFLICT_LINE = (
    "\n  ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode "
    "(Deployment/ebs-csi-controller, ServiceAccount/ebs-csi-controller-sa); somebody else set these fields; "
    "resolve_conflicts: overwrite sets them back"
)
REPLICAS = {"code": "InsufficientNumberOfReplicas", "message": "The add-on is unhealthy: 0 of 2 replicas."}
REPLICAS_LINE = (
    "\n  InsufficientNumberOfReplicas: The add-on is unhealthy: 0 of 2 replicas; its pods do not run: look at them, "
    "and whether there are nodes for them"
)
FOREVER = 100000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiters, "_PAUSES", (0.05,))


def test_it_waits_until_it_is_active_and_tells(run: Run, account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "eks.redis")
    account.addon(DRIVER, polls=3)
    assert run(eks_addon, **GIVEN)["addon"]["status"] == "ACTIVE"
    assert caplog.messages == [f"{WHAT} is CREATING", f"created: EKS add-on {DRIVER}"]
    assert [call["operation"] for call in account.calls()].count("DescribeAddon") == 5
    caplog.clear()
    assert run(eks_addon, version="latest", **GIVEN)["addon"]["status"] == "ACTIVE"
    assert caplog.messages == [f"{WHAT} is UPDATING", f"changed: EKS add-on {DRIVER} (version)"]
    caplog.clear()
    run(eks_addon, state="absent", **GIVEN)
    assert caplog.messages == [f"{WHAT} is DELETING", f"deleted: EKS add-on {DRIVER}"]
    assert account.client("eks").list_addons(clusterName="prod")["addons"] == []


def test_a_creation_that_fails_prints_all_that_ails_it(run: Run, account: Account) -> None:
    account.addon(DRIVER, status="CREATE_FAILED", issues=[CONFLICT, REPLICAS])
    failed = run(eks_addon, **GIVEN)
    assert failed["failed"] and failed["msg"] == f"{WHAT} is CREATE_FAILED{CONFLICT_LINE}{REPLICAS_LINE}"
    assert [issue["code"] for issue in failed["issues"]] == ["ConfigurationConflict", "InsufficientNumberOfReplicas"]
    assert failed["issues"][0]["resources"] == CONFLICT["resourceIds"]


def test_one_that_failed_is_written_again(run: Run, account: Account) -> None:
    account.addon(DRIVER, status="CREATE_FAILED", issues=[CONFLICT])
    run(eks_addon, **GIVEN)
    account.addon(DRIVER)
    predicted = run(eks_addon, check=True, resolve_conflicts="overwrite", **GIVEN)
    again = run(eks_addon, resolve_conflicts="overwrite", **GIVEN)
    assert again["change"] == predicted["change"] and again["change"]["fields"] == ["status"]
    assert again["addon"]["status"] == "ACTIVE"
    assert not run(eks_addon, **GIVEN)["changed"]


def test_an_update_that_fails(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    account.addon(DRIVER, status="UPDATE_FAILED", issues=[CONFLICT])
    failed = run(eks_addon, version="latest", **GIVEN)
    assert failed["msg"] == f"the update of {WHAT} ended as Failed{CONFLICT_LINE}"
    account.addon(DRIVER)
    assert run(eks_addon, version="latest", resolve_conflicts="overwrite", **GIVEN)["addon"]["status"] == "ACTIVE"


@pytest.mark.parametrize("check", [False, True])
def test_one_that_is_not_healthy_is_no_success(run: Run, account: Account, check: bool) -> None:
    account.addon(DRIVER, status="DEGRADED", issues=[REPLICAS])
    others(account, DRIVER)
    assert run(eks_addon, check=check, **GIVEN)["msg"] == f"{WHAT} is DEGRADED{REPLICAS_LINE}"
    found = run(eks_addon, check=check, wait=False, **GIVEN)
    assert (found["changed"], found["addon"]["status"]) == (False, "DEGRADED")
    assert found["addon"]["issues"] == [{"code": REPLICAS["code"], "message": REPLICAS["message"], "resources": []}]
    assert run(eks_addon, check=check, state="absent", **GIVEN)["change"]["action"] == "leave"


def test_a_deletion_that_fails(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    account.addon(DRIVER, status="DELETE_FAILED", issues=[{"code": "ClusterUnreachable", "message": "No"}])
    assert run(eks_addon, state="absent", **GIVEN)["msg"] == (
        f"{WHAT} is DELETE_FAILED\n  ClusterUnreachable: No; EKS cannot reach the cluster's API: look at the cluster's "
        "health and subnets"
    )


STILL = f"{WHAT} is still %s at the end of the timeout; EKS goes on, run again to wait for it"


def test_the_time_is_up_and_another_run_waits_further(run: Run, account: Account) -> None:
    account.addon(DRIVER, polls=FOREVER)
    assert run(eks_addon, timeout=0, **GIVEN)["msg"] == STILL % "CREATING"
    assert run(eks_addon, timeout=1, **GIVEN)["msg"] == STILL % "CREATING"
    assert account.writes() == ["eks:CreateAddon"]


def test_a_run_takes_up_the_wait_of_another(run: Run, account: Account) -> None:
    account.addon(DRIVER, polls=8)
    assert run(eks_addon, timeout=0, **GIVEN)["failed"]
    found = run(eks_addon, **GIVEN)
    assert (found["changed"], found["addon"]["status"]) == (False, "ACTIVE")
    assert account.writes() == ["eks:CreateAddon"]


def test_a_change_waits_for_what_eks_is_at(run: Run, account: Account) -> None:
    account.addon(DRIVER, polls=8)
    assert run(eks_addon, wait=False, **GIVEN)["addon"]["status"] == "CREATING"
    changed = run(eks_addon, version="latest", **GIVEN)
    assert (changed["change"]["fields"], changed["addon"]["status"]) == (["version"], "ACTIVE")


def test_an_update_that_takes_too_long(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    account.addon(DRIVER, polls=FOREVER)
    assert run(eks_addon, version="latest", timeout=0, **GIVEN)["msg"] == STILL % "UPDATING"
    assert run(eks_addon, version="latest", timeout=0, **GIVEN)["msg"] == STILL % "UPDATING"


def test_nobody_waits(run: Run, account: Account) -> None:
    account.addon(DRIVER, polls=FOREVER)
    given: dict[str, Any] = {**GIVEN, "wait": False}
    assert run(eks_addon, **given)["addon"]["status"] == "CREATING"
    assert run(eks_addon, **given)["changed"] is False
    assert run(eks_addon, version="latest", **given)["msg"] == (
        f"eks:UpdateAddon: Addon {DRIVER} cannot be modified as it is currently in CREATING state "
        "(ResourceInUseException)"
    )
    assert live(account, DRIVER)["status"] == "CREATING"


def test_nobody_waits_for_one_of_others_that_is_to_go(run: Run, account: Account) -> None:
    account.addon(DRIVER, polls=FOREVER)
    account.client("eks").create_addon(clusterName="prod", addonName=DRIVER)
    found = run(eks_addon, state="absent", **GIVEN)
    assert (found["change"]["action"], found["addon"]["status"]) == ("leave", "CREATING")


def test_one_that_is_going_is_waited_for_and_made_anew(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    account.client("eks").delete_addon(clusterName="prod", addonName=DRIVER)
    found = run(eks_addon, **GIVEN)
    assert (found["change"]["action"], found["addon"]["status"]) == ("create", "ACTIVE")
    account.client("eks").delete_addon(clusterName="prod", addonName=DRIVER)
    assert run(eks_addon, state="absent", **GIVEN)["change"]["action"] == "keep"
