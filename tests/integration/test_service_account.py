"""Module service_account."""

from __future__ import annotations

from typing import Any

import pytest
import runs
from cluster import eventually

ROLE = "arn:aws:iam::123456789012:role/eks-redis-prod-apps-cache-backup"
ANNOTATION = "eks.amazonaws.com/role-arn"


@pytest.fixture
def account(capsys, cluster, namespace):
    def run(**options: Any) -> dict[str, Any]:
        return runs.module(capsys, "service_account", **{"name": "backup", "namespace": namespace, **options})

    return run


@pytest.fixture
def path(namespace) -> str:
    return f"/api/v1/namespaces/{namespace}/serviceaccounts/backup"


def test_it_is_made_with_its_namespace(account, cluster, namespace, path) -> None:
    predicted = account(role_arn=ROLE, check=True, diff=True)
    assert not cluster.get(f"/api/v1/namespaces/{namespace}")
    assert account(role_arn=ROLE, diff=True) == predicted
    assert runs.changes(predicted) == {f"Namespace/{namespace}": "created", "ServiceAccount/backup": "created"}
    assert cluster.get(path)["metadata"]["annotations"] == {ANNOTATION: ROLE}
    assert not account(role_arn=ROLE)["changed"]


def test_another_role_is_drift_and_no_role_takes_the_annotation_away(account, cluster, path) -> None:
    account(role_arn=ROLE)
    cluster.merge(path, {"metadata": {"annotations": {ANNOTATION: "arn:aws:iam::123456789012:role/other"}}})
    assert "conflict with " in account(role_arn=ROLE)["msg"]
    assert account(role_arn=ROLE, force=True)["objects"][1]["fields"] == [f"metadata.annotations[{ANNOTATION}]"]
    assert cluster.get(path)["metadata"]["annotations"] == {ANNOTATION: ROLE}
    account()
    assert "annotations" not in cluster.get(path)["metadata"]


def test_a_role_is_named_by_its_arn(account, cluster, namespace) -> None:
    assert account(role_arn="backup")["msg"] == (
        "role_arn: 'backup' is not the ARN of an IAM role, such as arn:aws:iam::ACCOUNT:role/NAME"
    )
    assert not cluster.get(f"/api/v1/namespaces/{namespace}")


def test_one_that_pods_use_stays(account, cluster, namespace, path) -> None:
    account(role_arn=ROLE)
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "job"},
        "spec": {"serviceAccountName": "backup", "containers": [{"name": "job", "image": "redis"}]},
    }
    cluster.apply(f"/api/v1/namespaces/{namespace}/pods/job", pod)
    assert account(state="absent")["msg"] == (
        f"ServiceAccount {namespace}/backup is used by Pod job; take them away first"
    )
    cluster.delete(f"/api/v1/namespaces/{namespace}/pods/job")
    eventually(lambda: not cluster.get(f"/api/v1/namespaces/{namespace}/pods/job"))
    assert runs.changes(account(state="absent")) == {"ServiceAccount/backup": "deleted"}
    assert not account(state="absent")["changed"]


def test_one_of_others_stays(account, cluster, namespace, path) -> None:
    namespace_ = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    cluster.apply(f"/api/v1/namespaces/{namespace}", namespace_)
    foreign = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "backup"}}
    cluster.apply(path, foreign, "eksctl")
    assert not account(state="absent")["changed"]
    assert cluster.get(path)
