"""Module compliance_info and playbook compliance: claims of a real API server, volumes and keys of the AWS stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import runs
from cluster import Cluster
from moto import backends

from lab.aws.stand_in import Account

LABELS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}


@pytest.fixture
def key(account: Account) -> str:
    kms = account.client("kms")
    arn: str = kms.create_key()["KeyMetadata"]["Arn"]
    kms.enable_key_rotation(KeyId=arn)
    return arn


@pytest.fixture(autouse=True)
def resource(cluster: Cluster, namespace: str) -> None:
    """The custom resource of the instance; nobody makes its pods."""
    there = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    cluster.apply(f"/api/v1/namespaces/{namespace}", there)
    path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache"
    redis = {"apiVersion": "redis.redis.opstreelabs.in/v1beta2", "kind": "Redis", "metadata": {"name": "cache"}}
    cluster.apply(path, {**redis, "spec": {"kubernetesConfig": {"image": "redis"}}})


@pytest.fixture
def compliance(capsys, cluster, namespace, account):
    def run(**options: Any) -> dict[str, Any]:
        given = {"name": "cache", "namespace": namespace, "cluster_name": "prod", **options}
        return runs.module(capsys, "compliance_info", **given)

    return run


@pytest.fixture
def claim(cluster: Cluster, namespace: str, account: Account) -> Iterator[Any]:
    """Makes a volume at EC2 and what Kubernetes has of it."""
    made = []

    def make(name: str = "cache-cache-0", **arguments: Any) -> str:
        ec2 = account.client("ec2")
        volume: str = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3", **arguments)[
            "VolumeId"
        ]
        spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "volumeName": f"{namespace}-{name}"}
        persistent = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"{namespace}-{name}"},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": volume},
                "claimRef": {"namespace": namespace, "name": name},
            },
        }
        cluster.apply(f"/api/v1/persistentvolumes/{namespace}-{name}", persistent)
        made.append(f"/api/v1/persistentvolumes/{namespace}-{name}")
        path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}"
        body = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "labels": LABELS},
            "spec": {**spec, "resources": {"requests": {"storage": "1Gi"}}},
        }
        cluster.apply(path, body)
        return volume

    yield make
    for path in made:
        cluster.delete(path)


def answers(result: dict[str, Any], subject: str) -> dict[str, tuple[str, str]]:
    return {
        one["requirement"]: (one["result"], one["found"])
        for one in result["checks"]
        if one["subject"].startswith(subject)
    }


def test_volumes_with_the_right_key_comply(compliance, claim, key, account) -> None:
    volume = claim(Encrypted=True, KmsKeyId=key)
    result = compliance(kms_key=key, customer_key=True)
    assert result["compliant"] and not result["changed"]
    assert (result["account"], result["region"], result["cluster_name"]) == (account.id, "us-east-1", "prod")
    assert answers(result, f"volume {volume}") == {
        "it is encrypted": ("pass", "encrypted"),
        f"its key is {key}": ("pass", f"its key is {key}"),
        "its key is managed by the customer": ("pass", "managed by customer"),
    }
    assert answers(result, f"key {key}") == {
        "it is enabled": ("pass", "it is Enabled"),
        "it is rotated": ("pass", "every 365 days"),
    }
    assert answers(result, "backup bucket")["backups are encrypted and kept from the public"][0] == "not checked"


def test_a_volume_that_is_not_encrypted_is_found_whatever_its_class_says(compliance, claim, key) -> None:
    claim(Encrypted=True, KmsKeyId=key)
    bare = claim("cache-cache-1")
    result = compliance()
    assert not result["compliant"]
    assert answers(result, f"volume {bare}") == {"it is encrypted": ("fail", "not encrypted")}
    assert result["counts"]["fail"] == 1


def test_a_key_that_goes_or_is_not_rotated_fails(compliance, claim, key, account) -> None:
    claim(Encrypted=True, KmsKeyId=key)
    account.client("kms").disable_key_rotation(KeyId=key)
    account.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    result = compliance()
    assert answers(result, f"key {key}") == {
        "it is enabled": ("fail", "it is PendingDeletion"),
        "it is rotated": ("fail", "it is not rotated"),
    }


def test_a_volume_that_was_deleted_behind_its_back(compliance, claim, account) -> None:
    volume = claim(Encrypted=True)
    account.client("ec2").delete_volume(VolumeId=volume)
    result = compliance()
    assert answers(result, f"volume {volume}") == {
        "it is there": ("fail", "EC2 does not know it in this account and region")
    }


def test_an_instance_without_volumes_passes_nothing(compliance) -> None:
    result = compliance()
    assert result["compliant"] and result["counts"]["pass"] == 0
    assert answers(result, "volumes") == {
        "the data is on encrypted EBS volumes": ("not checked", "the instance has no volumes")
    }


@pytest.mark.parametrize("name", ["alias/volumes", "{id}"])
def test_the_wanted_key_may_be_named_in_each_way(compliance, claim, key, account, name: str) -> None:
    account.client("kms").create_alias(AliasName="alias/volumes", TargetKeyId=key)
    claim(Encrypted=True, KmsKeyId=key)
    assert compliance(kms_key=name.format(id=key.rpartition("/")[2]))["compliant"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("volumes", "kms_key: 'volumes' is no KMS key: give its ARN, its ID, or its alias as alias/NAME"),
        ("alias/none", "kms_key: KMS key alias/none is not there in region us-east-1; name another"),
    ],
)
def test_a_wanted_key_that_is_none_is_an_error(compliance, name: str, message: str) -> None:
    assert compliance(kms_key=name)["msg"] == message


def test_a_key_of_another_account_that_may_not_be_looked_at_is_not_checked(compliance, claim, key, account) -> None:
    volume = claim(Encrypted=True, KmsKeyId=key)
    other = key.replace(account.id, "999999999999")
    backends.get_backend("ec2")[account.id]["us-east-1"].volumes[volume].kms_key_id = other
    account.fail("kms", "DescribeKey", "AccessDenied")
    result = compliance()
    ((answer, found),) = answers(result, f"key {other}").values()
    assert answer == "not checked" and found.startswith("another account has it: kms:DescribeKey on ")


@pytest.fixture
def annotated(cluster: Cluster, namespace: str) -> Callable[[str], dict[str, Any]]:
    """A ServiceAccount with this role; an option of the module."""

    def make(role: str) -> dict[str, Any]:
        body = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "backup"}}
        body["metadata"]["annotations"] = {"eks.amazonaws.com/role-arn": role}
        cluster.apply(f"/api/v1/namespaces/{namespace}/serviceaccounts/backup", body)
        return {"name": "backup"}

    return make


def test_an_annotation_that_is_no_role_fails(compliance, annotated, namespace: str) -> None:
    result = compliance(service_account=annotated("backup"))
    assert answers(result, f"ServiceAccount {namespace}/backup") == {
        "it has a role": ("fail", "annotation eks.amazonaws.com/role-arn is 'backup', which is no ARN of a role")
    }


def test_a_cluster_without_an_issuer_fails(compliance, annotated, aws, account, namespace: str) -> None:
    aws.account(account=account.id, cluster={"name": "bare", "identity": {}})
    role = annotated(f"arn:aws:iam::{account.id}:role/backup")
    result = compliance(cluster_name="bare", service_account=role)
    assert answers(result, f"ServiceAccount {namespace}/backup")["IAM knows the cluster's OIDC provider"] == (
        "fail",
        "the cluster has no OIDC issuer",
    )


def test_a_role_of_another_account_is_tried_and_not_looked_for_in_this_one(compliance, annotated, namespace) -> None:
    result = compliance(service_account=annotated("arn:aws:iam::999999999999:role/backup"))
    found = answers(result, f"ServiceAccount {namespace}/backup")
    assert found["the role trusts exactly this ServiceAccount"] == ("not checked", "the role is one of another account")
    assert found["it can assume the role"][0] == "fail"


@pytest.fixture
def playbook(account: Account, namespace: str, cluster: Cluster, deploy: Any) -> Callable[..., runs.Play]:
    instance = {"eks_cluster_name": "prod", "redis_name": "cache", "redis_namespace": namespace}
    return lambda *options, **given: deploy("compliance", *options, cluster=cluster, **{**instance, **given})


def test_the_report_is_written_and_what_fails_is_said(playbook, claim, tmp_path: Path) -> None:
    volume = claim()
    failed = playbook(compliance_report_file="report.html")
    assert failed.errors == [f"volume {volume} of claim cache-cache-0: it is encrypted: not encrypted"]
    page = (tmp_path / "report.html").read_text()
    assert page.startswith("<!doctype html>") and volume in page and "Not compliant" in page


def test_what_complies_passes_and_is_reported_in_check_mode_too(
    playbook, claim, key: str, namespace: str, tmp_path: Path
) -> None:
    claim(Encrypted=True, KmsKeyId=key)
    done = playbook("--check", compliance_kms_key=key, compliance_report_file="report.md")
    assert done.code == 0, done.output
    assert (tmp_path / "report.md").read_text().startswith(f"# Data at rest of {namespace}/cache")


def test_an_instance_that_is_not_there_does_not_comply(compliance, namespace: str) -> None:
    assert compliance(name="cash")["msg"] == (
        f"there is no Redis instance {namespace}/cash; ansible-playbook eks.redis.info lists them"
    )


def test_a_misspelt_variable_is_one_line(playbook) -> None:
    (error,) = playbook(compliance_reprot_file="report.md").errors
    assert error.startswith("compliance_reprot_file: unknown variable; known: compliance_bucket, ")


def test_who_is_asked_about_has_to_be_named(playbook) -> None:
    assert playbook(redis_name="").errors == [
        "eks_cluster_name, redis_name and redis_namespace are needed, for example: -e eks_cluster_name=prod "
        "-e redis_name=cache -e redis_namespace=apps"
    ]
