"""Role ebs_csi, as ansible-playbook runs it: an API server for what stands in the cluster, the stand-in for AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import runs
import yaml
from cluster import Cluster, eventually

from lab.aws import seed
from lab.aws.stand_in import Account

DRIVER, AGENT = "aws-ebs-csi-driver", "eks-pod-identity-agent"
ROLE = "eks-redis-prod-kube-system-ebs-csi-controller-sa"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments"
VOLUME = "/api/v1/persistentvolumes/pv-of-ebs-csi"
CLAIM = "/api/v1/namespaces/default/persistentvolumeclaims/data-cache-0"
Role = Callable[..., runs.Play]


@pytest.fixture
def role(account: Account, empty: Cluster, tmp_path: Path) -> Role:
    def run(*options: str, **variables: Any) -> runs.Play:
        tasks = [
            {"ansible.builtin.include_role": {"name": "eks.redis.ebs_csi"}},
            {"ansible.builtin.debug": {"msg": "driver by {{ ebs_csi_driver.by | default('nobody') }}"}},
        ]
        given = {"ebs_csi_cluster_name": "prod", **variables}
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": given, "tasks": tasks}
        (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
        return runs.ansible("play.yml", *options, kubeconfig=empty.kubeconfig, directory=tmp_path)

    return run


def documented() -> list[dict[str, Any]]:
    """The plays and the tasks that the guide shows, as plays."""
    text = (Path(__file__).parents[2] / "docs" / "ebs-csi.md").read_text()
    blocks = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)]
    local = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    return [play for block in blocks for play in (block if "hosts" in block[0] else [{**local, "tasks": block}])]


@contextmanager
def bound(cluster: Cluster) -> Iterator[None]:
    """A claim with a volume of EBS, as long as it lasts."""
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "pv-of-ebs-csi"},
        "spec": {
            **common,
            "capacity": {"storage": "1Gi"},
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-0123456789abcdef0"},
            "persistentVolumeReclaimPolicy": "Retain",
        },
    }
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data-cache-0"},
        "spec": {**common, "resources": {"requests": {"storage": "1Gi"}}, "volumeName": "pv-of-ebs-csi"},
    }
    cluster.apply(VOLUME, volume)
    cluster.apply(CLAIM, claim)
    eventually(lambda: cluster.get(VOLUME)["status"]["phase"] == "Bound")
    try:
        yield
    finally:
        for path in (CLAIM, VOLUME):
            cluster.merge(path, {"metadata": {"finalizers": None}})
            cluster.delete(path)
        eventually(lambda: not cluster.get(CLAIM) and not cluster.get(VOLUME))


def writes(account: Account) -> list[str]:
    return [call["operation"] for call in account.calls() if call["mutates"]]


def attached(account: Account) -> list[str]:
    found = account.client("iam").list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in found]


def test_by_irsa(role: Role, account: Account) -> None:
    given = {"ebs_csi_kms_key": KEY, "ebs_csi_configuration": {"controller": {"replicaCount": 1}}}
    predicted = role("--check", "--diff", **given)
    assert predicted.code == 0 and predicted.recap["changed"] == 3, predicted.output
    for named in (f"IAM role {ROLE}", "IAM OIDC provider arn:aws:iam::", f"EKS add-on {DRIVER}"):
        assert f"+++ after: {named}" in predicted.output
    assert writes(account) == []
    done = role("--diff", **given)
    assert done.code == 0 and done.recap["changed"] == 3, done.output
    assert done.objects == predicted.objects and "driver by eks_redis" in done.output
    addon = account.client("eks").describe_addon(clusterName="prod", addonName=DRIVER)["addon"]
    assert addon["serviceAccountRoleArn"] == f"arn:aws:iam::{account.id}:role/{ROLE}"
    assert json.loads(addon["configurationValues"]) == given["ebs_csi_configuration"]
    assert attached(account) == ["arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"]
    document = account.client("iam").get_role_policy(RoleName=ROLE, PolicyName="eks-redis")["PolicyDocument"]
    assert {statement["Resource"] for statement in document["Statement"]} == {KEY}
    made = writes(account)
    again = role(**given)
    assert again.code == 0 and again.recap["changed"] == 0 and writes(account) == made, again.output


def test_by_pod_identity_and_away_again(role: Role, account: Account, empty: Cluster) -> None:
    done = role(ebs_csi_method="pod_identity")
    assert done.code == 0 and done.recap["changed"] == 3, done.output
    eks = account.client("eks")
    assert eks.list_addons(clusterName="prod")["addons"] == [DRIVER, AGENT]
    (association,) = eks.list_pod_identity_associations(clusterName="prod")["associations"]
    assert association["serviceAccount"] == "ebs-csi-controller-sa" and association["ownerArn"]
    assert role(ebs_csi_method="pod_identity").recap["changed"] == 0
    made = writes(account)
    with bound(empty):
        refused = role(ebs_csi_state="absent", ebs_csi_method="pod_identity")
    assert refused.errors == [
        f"EKS add-on {DRIVER}: only this driver can mount the volumes of the claims data-cache-0; take away what uses "
        "them first"
    ]
    assert writes(account) == made
    predicted = role("--check", ebs_csi_state="absent", ebs_csi_method="pod_identity")
    assert predicted.recap["changed"] == 3 and writes(account) == made, predicted.output
    gone = role(ebs_csi_state="absent", ebs_csi_method="pod_identity")
    assert gone.code == 0 and gone.recap["changed"] == 3, gone.output
    assert eks.list_addons(clusterName="prod")["addons"] == []
    assert account.client("iam").list_roles()["Roles"] == []
    assert role(ebs_csi_state="absent").recap["changed"] == 0


def test_a_role_of_the_users(role: Role, account: Account) -> None:
    arn = "arn:aws:iam::123456789012:role/driver"
    assert role(ebs_csi_role_arn=arn).recap["changed"] == 1
    assert writes(account) == ["CreateAddon"]
    addon = account.client("eks").describe_addon(clusterName="prod", addonName=DRIVER)["addon"]
    assert addon["serviceAccountRoleArn"] == arn


def test_an_addon_of_others_is_left(role: Role, account: Account) -> None:
    account.client("eks").create_addon(clusterName="prod", addonName=DRIVER)
    made = writes(account)
    done = role()
    assert done.code == 0 and writes(account) == made and "driver by addon" in done.output, done.output
    assert "which others made; it is left as it is" in done.output
    assert role(ebs_csi_state="absent").recap["changed"] == 0
    assert "driver by eks_redis" in role(ebs_csi_adopt=True).output


def test_auto_mode_brings_its_own(role: Role, account: Account) -> None:
    more = {"storageConfig": {"blockStorage": {"enabled": True}}, "computeConfig": {"enabled": True}}
    seed.cluster(seed.Cluster("auto", "us-east-1", "1.34", "", more), account.id)
    done = role(ebs_csi_cluster_name="auto")
    assert done.code == 0 and writes(account) == [] and "driver by auto_mode" in done.output, done.output


def test_a_driver_that_is_no_addon_is_left(role: Role, account: Account, empty: Cluster) -> None:
    labels = {"app": "ebs-csi-controller"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "driver", "image": "driver"}]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "ebs-csi-controller"},
        "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod},
    }
    empty.apply(f"{DEPLOYMENTS}/ebs-csi-controller", deployment)
    try:
        done = role()
    finally:
        empty.delete(f"{DEPLOYMENTS}/ebs-csi-controller")
    assert done.code == 0 and writes(account) == [] and "driver by self_managed" in done.output, done.output


def test_it_can_be_switched_off(role: Role, account: Account) -> None:
    assert role(ebs_csi_enabled=False).code == 0
    assert account.calls() == []


def test_irsa_without_an_issuer_is_refused_before_anything(role: Role, account: Account) -> None:
    seed.cluster(seed.Cluster("odd", "us-east-1", "1.34", "", {"identity": {}}), account.id)
    (error,) = role(ebs_csi_cluster_name="odd").errors
    assert "method irsa needs" in error and writes(account) == []


def test_what_the_guide_shows(account: Account, empty: Cluster, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(yaml.safe_dump(documented()))
    done = runs.ansible("play.yml", kubeconfig=empty.kubeconfig, directory=tmp_path)
    assert done.code == 0, done.output
    installed = account.client("eks").list_addons(clusterName="prod")["addons"]
    assert installed == ["amazon-cloudwatch-observability", DRIVER, AGENT, "vpc-cni"]
    again = runs.ansible("play.yml", kubeconfig=empty.kubeconfig, directory=tmp_path)
    assert again.recap["changed"] == 0, again.output
