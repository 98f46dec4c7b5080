"""Playbook prerequisites: from a bare cluster and account to the finished state, and back.

The operator's part is that of the role operator, which other tests run; here there are no nodes that it could run on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import modules_run
import pytest
import runs
from cluster import Cluster, eventually
from policy_page import policies, someone

from lab import model
from lab.aws.stand_in import Account, StandIn

ISSUER = model.OIDC_ISSUER
PROVIDER = ISSUER.removeprefix("https://")
CSI, BACKUP = "eks-redis-prod-kube-system-ebs-csi-controller-sa", "eks-redis-prod-redis-redis-backup"
SERVICE_ACCOUNT = "/api/v1/namespaces/redis/serviceaccounts/redis-backup"
CLASS = "/apis/storage.k8s.io/v1/storageclasses/{}"
# modules that it runs when there is nothing to do
MOST = 12
OPERATOR = 1  # eks.redis.operator_info, which ends its part where an operator runs; here there are no nodes for one
Run = Callable[..., runs.Play]


@pytest.fixture
def prerequisites(empty: Cluster, account: Account, deploy: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Its output tells which modules it ran."""
    for name, value in modules_run.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def run(*options: str, **variables: Any) -> runs.Play:
        given = {"eks_cluster_name": "prod", "operator_enabled": False, **variables}
        return deploy("prerequisites", *options, cluster=empty, **given)

    return run


@pytest.fixture
def act_as(account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What is run from now on is run by ``looker`` or ``maker``, who have the documented policies and no others."""
    granted = policies("prerequisites")
    places = {
        "REGION": account.region,
        "CLUSTER": "prod",
        "BUCKET": f"eks-redis-prod-{account.region}-{account.id}",
        "COPIES": "copies",
    }
    people = {
        "looker": someone(account.client, "looker", [granted["Look only"]], **places),
        "maker": someone(account.client, "maker", list(granted.values()), **places),
    }

    def act(name: str) -> None:
        for variable, value in people[name].items():
            monkeypatch.setenv(variable.upper(), value)

    return act


def writes(account: Account) -> list[str]:
    return [f"{call['service']}:{call['operation']}" for call in account.calls() if call["mutates"]]


def everything(account: Account) -> set[str]:
    """What a first run makes, as its diff names it."""
    return {
        "KMS key alias/eks-redis-prod",
        f"IAM role {CSI}",
        f"IAM OIDC provider arn:aws:iam::{account.id}:oidc-provider/{PROVIDER}",
        "EKS add-on aws-ebs-csi-driver",
        "StorageClass gp3",
        "StorageClass gp3-encrypted",
        f"S3 bucket eks-redis-prod-us-east-1-{account.id}",
        f"IAM role {BACKUP}",
        "Namespace redis",
        "ServiceAccount redis/redis-backup",
    }


def few_modules(play: runs.Play) -> None:
    """Each costs Ansible a process."""
    ran = modules_run.told(play.output)
    assert {"eks.redis.kms_key", "eks.redis.backup_bucket", "eks.redis.service_account"} < set(ran)
    assert len(ran) + OPERATOR <= MOST, ran


def test_from_nothing_to_the_finished_state_and_back(
    prerequisites: Run, act_as: Callable[[str], None], account: Account, empty: Cluster
) -> None:
    done, since = writes(account), empty.position()
    act_as("looker")
    predicted = prerequisites("--check", "--diff")
    assert predicted.code == 0, predicted.output
    assert predicted.objects == everything(account)
    assert writes(account) == done and empty.writes(since) == []

    act_as("maker")
    made = prerequisites("--diff")
    assert made.code == 0, made.output
    assert made.objects == predicted.objects
    key = account.client("kms").describe_key(KeyId="alias/eks-redis-prod")["KeyMetadata"]["Arn"]
    assert empty.get(CLASS.format("gp3"))["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert empty.get(CLASS.format("gp3-encrypted"))["parameters"]["kmsKeyId"] == key
    role = empty.get(SERVICE_ACCOUNT)["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    assert role == f"arn:aws:iam::{account.id}:role/{BACKUP}"

    done, since = writes(account), empty.position()
    again = prerequisites("--diff")
    assert again.code == 0 and again.recap["changed"] == 0, again.output
    assert again.objects == set() and writes(account) == done and empty.writes(since) == []
    few_modules(again)
    act_as("looker")
    looked = prerequisites("--check")
    assert looked.code == 0 and looked.recap["changed"] == 0, looked.output

    act_as("maker")
    gone = prerequisites("--diff", redis_state="absent", kms_key_delete=True)
    assert gone.code == 0, gone.output
    # others may use the provider by now, and a namespace may hold more
    stay = {f"IAM OIDC provider arn:aws:iam::{account.id}:oidc-provider/{PROVIDER}", "Namespace redis"}
    assert gone.objects == everything(account) - stay
    assert {role["RoleName"] for role in account.client("iam").list_roles()["Roles"]} == {"looker", "maker"}
    assert account.client("s3").list_buckets()["Buckets"] == []
    assert not empty.get(SERVICE_ACCOUNT) and not empty.get(CLASS.format("gp3"))
    assert prerequisites(redis_state="absent").recap["changed"] == 0


def test_by_pod_identity(prerequisites: Run, act_as: Callable[[str], None], account: Account, empty: Cluster) -> None:
    act_as("looker")
    predicted = prerequisites("--check", "--diff", eks_identity="pod_identity")
    act_as("maker")
    made = prerequisites("--diff", eks_identity="pod_identity")
    assert made.code == 0 and made.objects == predicted.objects, made.output
    assert "EKS add-on eks-pod-identity-agent" in made.objects
    assert not any("OIDC" in one for one in made.objects)
    found = account.client("eks").list_pod_identity_associations(clusterName="prod", namespace="redis")["associations"]
    assert [one["serviceAccount"] for one in found] == ["redis-backup"]
    assert "annotations" not in empty.get(SERVICE_ACCOUNT)["metadata"]
    again = prerequisites(eks_identity="pod_identity")
    assert again.code == 0 and again.recap["changed"] == 0, again.output
    few_modules(again)
    act_as("looker")
    looked = prerequisites("--check", eks_identity="pod_identity")
    assert looked.code == 0 and looked.recap["changed"] == 0, looked.output
    act_as("maker")
    gone = prerequisites(eks_identity="pod_identity", redis_state="absent")
    assert gone.code == 0, gone.output
    assert account.client("eks").list_pod_identity_associations(clusterName="prod")["associations"] == []
    assert account.client("eks").list_addons(clusterName="prod")["addons"] == []


def test_each_manual_change_is_shown_and_mended(prerequisites: Run, account: Account, empty: Cluster) -> None:
    assert prerequisites().code == 0
    bucket = f"eks-redis-prod-us-east-1-{account.id}"
    key = account.client("kms").describe_key(KeyId="alias/eks-redis-prod")["KeyMetadata"]["KeyId"]
    account.client("kms").disable_key_rotation(KeyId=key)
    account.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    account.client("s3").delete_public_access_block(Bucket=bucket)
    account.client("iam").delete_role_policy(RoleName=BACKUP, PolicyName="eks-redis")
    account.client("iam").attach_role_policy(RoleName=CSI, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    other = f"arn:aws:iam::{account.id}:role/other"
    empty.merge(SERVICE_ACCOUNT, {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": other}}})
    empty.merge(CLASS.format("gp3"), {"allowVolumeExpansion": False})
    drifted = {
        "KMS key alias/eks-redis-prod",
        f"S3 bucket {bucket}",
        f"IAM role {BACKUP}",
        f"IAM role {CSI}",
        "StorageClass gp3",
        "ServiceAccount redis/redis-backup",
    }
    done = writes(account)
    # what another field manager owns is not taken over unasked
    (conflict,) = prerequisites("--check").errors
    assert conflict.startswith("StorageClass gp3: conflict with redis-operator on .allowVolumeExpansion")
    shown = prerequisites("--check", "--diff", redis_force=True)
    assert shown.code == 0 and shown.objects == drifted and writes(account) == done, shown.output
    mended = prerequisites("--diff", redis_force=True)
    assert mended.code == 0 and mended.objects == drifted, mended.output
    assert prerequisites().recap["changed"] == 0


def test_backups_keep_their_bucket_their_key_and_all_parts(
    prerequisites: Run, account: Account, empty: Cluster
) -> None:
    assert prerequisites().code == 0
    bucket = f"eks-redis-prod-us-east-1-{account.id}"
    account.client("s3").put_object(
        Bucket=bucket, Key="redis/cache/set/manifest.json", Body=b"{}", ServerSideEncryption="AES256"
    )
    done = writes(account)
    (kept,) = prerequisites(redis_state="absent").errors
    assert bucket in kept and "holds" in kept
    (kept,) = prerequisites(redis_state="absent", backup_bucket_enabled=False, kms_key_delete=True).errors
    assert kept.startswith(f"KMS key alias/eks-redis-prod stays: bucket {bucket} would be lost with it")
    assert writes(account) == done and empty.get(SERVICE_ACCOUNT) and empty.get(CLASS.format("gp3"))


@pytest.fixture
def bound(empty: Cluster) -> Iterator[None]:
    """A volume of the EBS CSI driver that another than Redis uses, of a class that is not there."""
    volume, claim = "/api/v1/persistentvolumes/other", "/api/v1/namespaces/default/persistentvolumeclaims/other"
    common = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    driver = {"driver": "ebs.csi.aws.com", "volumeHandle": "vol-1"}
    of = {"claimRef": {"namespace": "default", "name": "other"}, "capacity": {"storage": "1Gi"}, "csi": driver}
    asked = {"volumeName": "other", "resources": {"requests": {"storage": "1Gi"}}}
    for path, kind, spec in ((volume, "PersistentVolume", of), (claim, "PersistentVolumeClaim", asked)):
        body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "other"}, "spec": {**common, **spec}}
        empty.apply(path, body)
    eventually(lambda: empty.get(volume)["status"]["phase"] == "Bound")
    yield
    for path in (claim, volume):
        empty.merge(path, {"metadata": {"finalizers": None}})
        empty.delete(path)
    eventually(lambda: not empty.get(claim) and not empty.get(volume))


def test_a_volume_of_others_keeps_all_parts(prerequisites: Run, account: Account, empty: Cluster, bound: None) -> None:
    assert prerequisites().code == 0
    done = writes(account)
    assert prerequisites(redis_state="absent").errors == [
        "EKS add-on aws-ebs-csi-driver: only this driver can mount the volumes of the claims other; take away what "
        "uses them first"
    ]
    assert writes(account) == done and empty.get(SERVICE_ACCOUNT) and empty.get(CLASS.format("gp3"))


def test_parts_can_be_switched_off_and_pointed_at_what_is_there(
    prerequisites: Run, account: Account, empty: Cluster
) -> None:
    key = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    given = {
        "kms_key_arn": key,
        "backup_bucket_enabled": False,
        "workload_identity_enabled": False,
        "ebs_csi_enabled": False,
        "storage_class_classes": [{"name": "gp3-encrypted"}],
    }
    since = len(writes(account))
    made = prerequisites("--diff", **given)
    assert made.code == 0 and made.objects == {"StorageClass gp3-encrypted"}, made.output
    assert empty.get(CLASS.format("gp3-encrypted"))["parameters"]["kmsKeyId"] == key
    gone = prerequisites("--diff", redis_state="absent", **given)
    assert gone.code == 0 and gone.objects == {"StorageClass gp3-encrypted"}, gone.output
    assert writes(account)[since:] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"eks_cluster_name": ""},
            r"eks_cluster_name is needed, for example: -e eks_cluster_name=prod -e aws_region=.*",
        ),
        ({"redis_state": "gone"}, r"redis_state: 'gone' cannot be used; allowed: present or absent"),
        ({"eks_identity": "iam"}, r"eks_identity: 'iam' cannot be used; allowed: irsa or pod_identity"),
        (
            {"redis_namespace": "My_Redis"},
            r"redis_namespace: 'My_Redis' is no name of a namespace: up to 63 lower case letters, digits and '-' .*",
        ),
        ({"aws_tags": {"aws:team": "a"}}, r"tags: 'aws:team': names that begin with aws: are AWS's own; .*"),
        ({"aws_region": "us-esat-1"}, r"region 'us-esat-1' is no name of an AWS region; did you mean us-east-1\?"),
        ({"eks_cluster_name": "a/b"}, r"EKS cluster 'a/b': no cluster has such a name; give its name, no ARN: .*"),
        ({"aws_tags": "team=a"}, r'aws_tags: it must be a mapping, such as \{"team": "cache"\}'),
        (
            {"kms_key_arnn": "arn:aws:kms:us-east-1:123456789012:key/1"},
            r"kms_key_arnn: unknown variable; known: kms_key_adminis.*, kms_key_arn, .*",
        ),
        ({"kms_key_enabled": "ture"}, r"kms_key_enabled: 'ture' cannot be used; allowed: true or false"),
        ({"ebs_csi_method": "iam"}, r"ebs_csi_method: 'iam' cannot be used; allowed: irsa or pod_identity"),
        ({"ebs_csi_state": "gone"}, r"ebs_csi_state: 'gone' cannot be used; allowed: present or absent"),
        (
            {"eks_cluster_name": "prd"},
            r"EKS cluster prd is not in region us-east-1 of account \d+, there are: prod; did you mean prod\?",
        ),
        (
            {"aws_region": "eu-west-1"},
            r"EKS cluster prod is not in region eu-west-1 of account \d+, there is none at all; check the region and "
            r"the credentials",
        ),
        ({"storage_class_classes": [{"name": "gp3", "iops": 100}]}, r"iops: 100 is out of range for type gp3; .*"),
    ],
)
def test_bad_input_is_one_clear_line(prerequisites: Run, account: Account, given: dict[str, Any], message: str) -> None:
    (error,) = prerequisites("--check", **given).errors
    assert re.fullmatch(message, error), error
    assert writes(account) == []


def test_a_cluster_without_an_issuer_is_told_what_it_can_have(
    prerequisites: Run, aws: StandIn, account: Account, empty: Cluster
) -> None:
    aws.account(account=account.id, cluster={"name": "bare", "identity": {}})
    since = empty.position()
    assert prerequisites(eks_cluster_name="bare").errors == [
        "EKS cluster bare has no OIDC issuer, which eks_identity=irsa needs; -e eks_identity=pod_identity needs none"
    ]
    assert writes(account) == [] and empty.writes(since) == []
    made = prerequisites(eks_cluster_name="bare", eks_identity="pod_identity")
    assert made.code == 0, made.output


def test_a_kubeconfig_of_another_cluster_is_refused(
    prerequisites: Run, aws: StandIn, account: Account, empty: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = aws.account(cluster={"name": "prod"})
    for name, value in other.environment.items():
        monkeypatch.setenv(name, value)
    since = empty.position()
    (error,) = prerequisites().errors
    assert re.fullmatch(
        rf"kubeconfig \S+ leads to https://\S+, which is not EKS cluster prod: it issues tokens as {ISSUER}, "
        r"and prod as https://oidc\.eks\.us-east-1\.amazonaws\.com/id/[0-9A-F]{32}\. Nothing was changed; "
        r"aws eks update-kubeconfig --name prod writes a kubeconfig that leads there",
        error,
    ), error
    assert writes(other) == [] and empty.writes(since) == []


def test_a_denied_call_names_the_action_and_the_run_can_be_repeated(prerequisites: Run, account: Account) -> None:
    account.fail("s3", "PutBucketVersioning", "AccessDenied", times=1)
    (error,) = prerequisites().errors
    assert "s3:PutBucketVersioning" in error and '"Effect": "Allow"' in error
    again = prerequisites()
    assert again.code == 0 and again.recap["changed"] > 0, again.output


def test_the_operator_comes_first_and_goes_last(prerequisites: Run, started: Cluster) -> None:
    deployment = "/apis/apps/v1/namespaces/redis-operator/deployments/redis-operator"
    instances = "/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/default/redis"
    parts = ("ebs_csi", "kms_key", "storage_class", "backup_bucket", "workload_identity")
    given = {"operator_enabled": True, **{f"{part}_enabled": False for part in parts}}
    assert prerequisites(**given).code == 0
    assert started.get(deployment)
    spec = {"kubernetesConfig": {"image": "redis"}}
    redis = {"apiVersion": "redis.redis.opstreelabs.in/v1beta2", "kind": "Redis", "spec": spec}
    started.apply(f"{instances}/cache", {**redis, "metadata": {"name": "cache"}})
    assert prerequisites(redis_state="absent", **given).errors == [
        "there are Redis instances (default/cache), so nothing was taken away; take them away first, those of "
        "eks.redis with ansible-playbook eks.redis.undeploy"
    ]
    started.delete(f"{instances}/cache")
    eventually(lambda: not started.get(f"{instances}/cache"))
    gone = prerequisites(redis_state="absent", **given)
    assert gone.code == 0, gone.output
    assert not started.get(deployment)
    assert started.get(instances) is not None  # the CRD stays, as it would take every instance with it
    assert prerequisites(redis_state="absent", **given).recap["changed"] == 0
