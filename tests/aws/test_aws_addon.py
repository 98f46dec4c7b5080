"""Module eks_addon: what is made, changed and taken away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from addons import live, others
from conftest import Account, Run
from pod_roles import make_role

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import waiters
from ansible_collections.eks.redis.plugins.modules import eks_addon

DRIVER, ACCOUNT = "aws-ebs-csi-driver", "ebs-csi-controller-sa"
GIVEN = {"cluster_name": "prod", "name": DRIVER}
DEFAULT, NEWEST, OLD = "v1.50.1-eksbuild.1", "v1.53.0-eksbuild.1", "v1.48.0-eksbuild.1"
OURS = {"app.kubernetes.io/managed-by": "eks.redis", "eks.redis/cluster": "prod"}
IRSA = "arn:aws:iam::123456789012:role/ebs-csi"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiters, "_PAUSES", (0.05,))


def test_it_is_made_once_and_predicted_before(run: Run, account: Account) -> None:
    given = {**GIVEN, "configuration": {"controller": {"replicaCount": 1}}, "role_arn": IRSA, "tags": {"team": "cache"}}
    predicted = run(eks_addon, check=True, **given)
    assert (predicted["changed"], predicted["change"]["action"]) == (True, "create")
    assert (predicted["addon"]["version"], predicted["addon"]["arn"]) == (DEFAULT, None)
    assert account.writes() == []
    made = run(eks_addon, **given)
    assert (made["change"], made["diff"]) == (predicted["change"], predicted["diff"])
    found = live(account, DRIVER)
    assert made["addon"] == {
        "name": DRIVER,
        "arn": found["addonArn"],
        "version": DEFAULT,
        "status": "ACTIVE",
        "configuration": {"controller": {"replicaCount": 1}},
        "role_arn": IRSA,
        "pod_identity_associations": {},
        "issues": [],
    }
    assert found["tags"] == {**OURS, "team": "cache"}
    before = len(account.writes())
    for check in (False, True):
        again = run(eks_addon, check=check, **given)
        assert (again["changed"], again["change"]["action"], again["addon"]) == (False, "keep", made["addon"])
    assert account.writes()[before:] == []


@pytest.mark.parametrize(
    ("version", "chosen"),
    [("keep", DEFAULT), ("default", DEFAULT), ("latest", NEWEST), (OLD, OLD), ("v1.48", OLD), ("1.53", NEWEST)],
)
def test_versions_of_a_new_one(run: Run, account: Account, version: str, chosen: str) -> None:
    assert run(eks_addon, check=True, version=version, **GIVEN)["addon"]["version"] == chosen
    run(eks_addon, version=version, **GIVEN)
    assert live(account, DRIVER)["addonVersion"] == chosen


@pytest.mark.parametrize(
    ("version", "chosen"), [("keep", DEFAULT), ("default", DEFAULT), ("latest", NEWEST), (OLD, OLD), ("v1.53", NEWEST)]
)
def test_versions_of_one_that_is_there(run: Run, account: Account, version: str, chosen: str) -> None:
    run(eks_addon, **GIVEN)
    predicted = run(eks_addon, check=True, version=version, **GIVEN)
    changed = run(eks_addon, version=version, **GIVEN)
    assert changed["change"] == predicted["change"] and changed["diff"] == predicted["diff"]
    assert changed["change"]["fields"] == ([] if chosen == DEFAULT else ["version"])
    assert live(account, DRIVER)["addonVersion"] == changed["addon"]["version"] == chosen


def test_a_version_that_is_not_there_or_would_go_back(run: Run, account: Account) -> None:
    what = f"version of EKS add-on {DRIVER} for Kubernetes 1.34"
    assert run(eks_addon, version="v1.31.0-eksbuild.1", **GIVEN)["msg"] == (
        f"option version v1.31.0-eksbuild.1: there is no such {what}; newest: {NEWEST}, {DEFAULT} (default), {OLD}"
    )
    run(eks_addon, version="latest", **GIVEN)
    before = len(account.writes())
    assert run(eks_addon, version="v1.48", **GIVEN)["msg"] == (
        f"option version v1.48: {what} is at {NEWEST}; to go back to an older one, give its full name: {OLD}"
    )
    assert account.writes()[before:] == []


def test_an_addon_that_is_not_known(run: Run, account: Account) -> None:
    assert run(eks_addon, cluster_name="prod", name="aws-ebs-csi")["msg"] == (
        f"option name: no EKS add-on aws-ebs-csi for Kubernetes 1.34; did you mean {DRIVER}?"
    )
    assert run(eks_addon, cluster_name="prod", name="redis")["msg"].endswith(
        "for Kubernetes 1.34; see: aws eks describe-addon-versions"
    )
    assert account.writes() == []


def test_configuration_is_merged_and_drift_mended(run: Run, account: Account) -> None:
    values = {"controller": {"replicaCount": 1, "resources": {"limits": {"cpu": "1"}}}, "defaultStorageClass": {}}
    others(account, DRIVER, configurationValues="controller:\n  replicaCount: 1\n  nodeSelector: {zone: a}\n")
    given = {**GIVEN, "configuration": {**values, "controller": {**values["controller"], "nodeSelector": None}}}
    predicted = run(eks_addon, check=True, **given)
    changed = run(eks_addon, **given)
    assert changed["change"] == predicted["change"] and changed["change"]["fields"] == ["configuration"]
    assert json.loads(live(account, DRIVER)["configurationValues"]) == values
    assert changed["addon"]["configuration"] == values
    assert not run(eks_addon, **given)["changed"]


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"controler": {}}, ": unknown key controler; did you mean controller?"),
        ({"controller": {"replicas": 1}}, ".controller: unknown key replicas; did you mean replicaCount?"),
        ({"controller": {"replicaCount": "two"}}, '.controller.replicaCount: "two" is not of type integer'),
    ],
)
def test_configuration_that_the_schema_does_not_know(
    run: Run, account: Account, configuration: dict[str, Any], message: str
) -> None:
    for check in (True, False):
        found = run(eks_addon, check=check, configuration=configuration, **GIVEN)
        assert found["msg"] == f"option configuration{message} (EKS add-on {DRIVER} {DEFAULT})"
    assert account.writes() == []


def test_configuration_that_only_eks_refuses(run: Run, account: Account) -> None:
    message = run(eks_addon, configuration={"controller": {"replicaCount": 0}}, **GIVEN)["msg"]
    assert message.startswith("eks:CreateAddon: ConfigurationValue provided in request is not supported")
    assert "\n" not in message and message.endswith("(InvalidParameterException)")


def test_a_role_by_pod_identity(run: Run, account: Account) -> None:
    role, other = make_role(account, "driver"), make_role(account, "other")
    given = {**GIVEN, "pod_identity_associations": [{"service_account": ACCOUNT, "role_arn": role}]}
    made = run(eks_addon, **given)
    assert made["addon"]["pod_identity_associations"] == {ACCOUNT: role}
    assert not run(eks_addon, **given)["changed"]
    (arn,) = live(account, DRIVER)["podIdentityAssociations"]
    account.client("eks").update_pod_identity_association(
        clusterName="prod", associationId=arn.rpartition("/")[2], roleArn=other
    )
    mended = run(eks_addon, **given)
    assert mended["change"]["fields"] == ["pod_identity_associations"]
    assert mended["addon"]["pod_identity_associations"] == {ACCOUNT: role}
    other_version = run(eks_addon, version="latest", **GIVEN)
    assert other_version["addon"]["pod_identity_associations"] == {ACCOUNT: role}
    assert run(eks_addon, pod_identity_associations=[], **GIVEN)["addon"]["pod_identity_associations"] == {}


def test_from_irsa_to_pod_identity_and_back(run: Run, account: Account) -> None:
    run(eks_addon, role_arn=IRSA, **GIVEN)
    given = {
        **GIVEN,
        "pod_identity_associations": [{"service_account": ACCOUNT, "role_arn": make_role(account, "csi")}],
    }
    assert run(eks_addon, check=True, **given)["change"]["fields"] == ["pod_identity_associations"]
    assert run(eks_addon, **given)["change"]["fields"] == ["pod_identity_associations"]
    again = run(eks_addon, **given)
    # EKS may not let go of the role by IRSA, and pods take it first
    still = (
        f"EKS add-on {DRIVER} of cluster prod still has role {IRSA} by IRSA, which its pods take before Pod Identity"
    )
    assert [warning.partition(";")[0] for warning in again["warnings"]] == [still] * bool(again["addon"]["role_arn"])
    assert not again["changed"]
    other = IRSA.replace("ebs-csi", "other")
    back = run(eks_addon, role_arn=other, **GIVEN)
    assert (back["addon"]["role_arn"], back["addon"]["pod_identity_associations"], back["warnings"]) == (other, {}, [])
    assert not run(eks_addon, role_arn=other, **GIVEN)["changed"]


def test_an_upgrade_keeps_what_is_not_named(run: Run, account: Account) -> None:
    run(eks_addon, role_arn=IRSA, configuration={"node": {"tolerateAllTaints": True}}, **GIVEN)
    found = run(eks_addon, version="latest", **GIVEN)["addon"]
    assert (found["version"], found["role_arn"]) == (NEWEST, IRSA)
    assert found["configuration"] == {"node": {"tolerateAllTaints": True}}


def test_tags_alone_are_no_update(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    before = len(account.writes())
    assert run(eks_addon, tags={"team": "cache"}, **GIVEN)["change"]["fields"] == ["tags"]
    assert account.writes()[before:] == ["eks:TagResource"]
    assert live(account, DRIVER)["tags"] == {**OURS, "team": "cache"}


def test_one_of_others_is_used_and_left_or_adopted(run: Run, account: Account) -> None:
    others(account, DRIVER, addonVersion=OLD, serviceAccountRoleArn=IRSA)
    before = len(account.writes())
    kept = run(eks_addon, **GIVEN)
    assert (kept["changed"], kept["addon"]["version"], kept["addon"]["role_arn"]) == (False, OLD, IRSA)
    assert run(eks_addon, state="absent", **GIVEN)["change"]["action"] == "leave"
    assert account.writes()[before:] == []
    assert run(eks_addon, version="default", **GIVEN)["change"]["fields"] == ["version"]
    assert live(account, DRIVER)["tags"] == {}
    assert run(eks_addon, adopt=True, **GIVEN)["change"]["fields"] == ["tags"]
    assert run(eks_addon, state="absent", **GIVEN)["change"]["action"] == "delete"


def test_it_is_taken_away(run: Run, account: Account) -> None:
    run(eks_addon, **GIVEN)
    predicted = run(eks_addon, check=True, state="absent", **GIVEN)
    assert predicted["change"]["action"] == "delete" and live(account, DRIVER)
    gone = run(eks_addon, state="absent", **GIVEN)
    assert (gone["change"], gone["addon"]["status"]) == (predicted["change"], None)
    assert account.client("eks").list_addons(clusterName="prod")["addons"] == []
    assert not run(eks_addon, state="absent", **GIVEN)["changed"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"role_arn": "ebs-csi"}, "option role_arn: 'ebs-csi' is not the ARN of an IAM role, such as "),
        (
            {"pod_identity_associations": [{"service_account": "a", "role_arn": "b"}]},
            "option pod_identity_associations.role_arn: 'b' is not the ARN of an IAM role, such as ",
        ),
        (
            {"role_arn": IRSA, "pod_identity_associations": []},
            "options role_arn (IRSA) and pod_identity_associations (EKS Pod Identity) exclude each other: give one",
        ),
        (
            {"pod_identity_associations": [{"service_account": "a", "role_arn": IRSA}] * 2},
            "option pod_identity_associations: a ServiceAccount is named twice; it can have one role",
        ),
    ],
)
def test_options_that_make_no_sense(run: Run, account: Account, given: dict[str, Any], message: str) -> None:
    assert run(eks_addon, **GIVEN, **given)["msg"].startswith(message)
    assert account.calls() == []


def test_a_role_that_is_not_there(run: Run, account: Account) -> None:
    arn = f"arn:aws:iam::{account.number}:role/typo"
    found = run(eks_addon, pod_identity_associations=[{"service_account": ACCOUNT, "role_arn": arn}], **GIVEN)
    assert found["msg"] == f"the role for ServiceAccount {ACCOUNT}, {arn}, does not exist in account {account.number}"


def test_a_cluster_that_is_not_there(run: Run) -> None:
    assert run(eks_addon, cluster_name="pord", name=DRIVER)["msg"].endswith("there are: prod; did you mean prod?")


@pytest.mark.parametrize("operation", ["DescribeAddon", "DescribeAddonVersions", "CreateAddon"])
def test_denied_names_the_action(run: Run, account: Account, operation: str) -> None:
    account.fail("eks", operation, "AccessDenied")
    message = run(eks_addon, **GIVEN)["msg"]
    assert message.startswith(f"eks:{operation} on ") and f'"Action": "eks:{operation}"' in message


def test_throttling_that_ends_is_not_seen(run: Run, account: Account) -> None:
    account.fail("eks", "CreateAddon", "Throttling", times=1)
    account.fail("eks", "DescribeAddon", "Throttling", times=1)
    assert run(eks_addon, **GIVEN)["addon"]["status"] == "ACTIVE"


# the examples of the guide
@pytest.mark.parametrize(
    "given",
    [
        {"name": "vpc-cni", "configuration": {"enableNetworkPolicy": "true"}},
        {"name": "eks-pod-identity-agent", "version": "latest"},
        {"name": "amazon-cloudwatch-observability", "configuration": {"containerLogs": {"enabled": False}}},
    ],
)
def test_other_addons(run: Run, account: Account, given: dict[str, Any]) -> None:
    if given["name"] == "amazon-cloudwatch-observability":
        role = make_role(account, "cloudwatch-agent")
        given["pod_identity_associations"] = [{"service_account": "cloudwatch-agent", "role_arn": role}]
    made = run(eks_addon, cluster_name="prod", **given)
    assert (made["addon"]["status"], made["addon"]["configuration"]) == ("ACTIVE", given.get("configuration", {}))
    assert not run(eks_addon, cluster_name="prod", **given)["changed"]


def test_the_network_policy_switch_leaves_the_rest_of_the_cni(run: Run, account: Account) -> None:
    others(account, "vpc-cni", configurationValues='{"env": {"WARM_IP_TARGET": "5"}}')
    given = {"name": "vpc-cni", "configuration": {"enableNetworkPolicy": "true"}}
    found = run(eks_addon, cluster_name="prod", **given)["addon"]["configuration"]
    assert found == {"env": {"WARM_IP_TARGET": "5"}, "enableNetworkPolicy": "true"}
