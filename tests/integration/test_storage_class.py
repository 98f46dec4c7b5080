"""Module storage_class, on a cluster that has no class."""

from __future__ import annotations

from typing import Any

import pytest
import runs
from cluster import eventually

PATH = "/apis/storage.k8s.io/v1/storageclasses/{}"
DEFAULT = "storageclass.kubernetes.io/is-default-class"
KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"


@pytest.fixture
def storage(capsys, empty):
    def run(name: str = "t-gp3", **options: Any) -> dict[str, Any]:
        return runs.module(capsys, "storage_class", name=name, **options)

    yield run
    for name in ("t-gp3", "t-io2"):
        empty.delete(PATH.format(name))


def test_the_first_is_default_and_the_second_is_not(storage, empty) -> None:
    predicted = storage(check=True, diff=True)
    assert not empty.get(PATH.format("t-gp3"))
    made = storage(diff=True)
    assert made == predicted
    live = empty.get(PATH.format("t-gp3"))
    assert live["metadata"]["annotations"][DEFAULT] == "true"
    assert live["parameters"] == {"type": "gp3", "encrypted": "true"}
    assert live["volumeBindingMode"] == "WaitForFirstConsumer"
    second = storage(name="t-io2", type="io2", iops=1000, kms_key=KEY, reclaim_policy="Retain")
    assert runs.changes(second) == {"StorageClass/t-io2": "created"}
    live = empty.get(PATH.format("t-io2"))
    assert live["metadata"]["annotations"][DEFAULT] == "false"
    assert live["parameters"] == {"type": "io2", "encrypted": "true", "iops": "1000", "kmsKeyId": KEY}
    assert (
        not storage()["changed"]
        and not storage(name="t-io2", type="io2", iops=1000, kms_key=KEY, reclaim_policy="Retain")["changed"]
    )


def test_two_defaults_are_warned_of(storage, empty) -> None:
    storage()
    second = storage(name="t-io2", type="io2", iops=1000, default="true")
    assert runs.warnings(second) == ["StorageClass t-gp3 is default too; Kubernetes takes the newest"]


def test_what_can_be_changed_is_changed(storage, empty) -> None:
    storage()
    empty.merge(PATH.format("t-gp3"), {"allowVolumeExpansion": False, "metadata": {"annotations": {DEFAULT: "false"}}})
    refused = storage(default="true")["msg"]
    assert refused.startswith(
        "StorageClass t-gp3: conflict with redis-operator on .allowVolumeExpansion, .metadata.annot"
    )
    predicted = storage(check=True, default="true", force=True)
    assert runs.changes(predicted) == {"StorageClass/t-gp3": "changed"}
    assert runs.changes(storage(default="true", force=True)) == {"StorageClass/t-gp3": "changed"}
    assert empty.get(PATH.format("t-gp3"))["allowVolumeExpansion"] is True


def test_what_cannot_be_changed_is_said_and_replaced_on_request(storage, empty) -> None:
    foreign = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "t-gp3"},
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"type": "gp2"},
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    empty.apply(PATH.format("t-gp3"), foreign, "kubectl")
    assert storage()["msg"] == (
        "StorageClass t-gp3 is there, and differs: parameters.encrypted is not set, wanted true; parameters.type is "
        "gp2, wanted gp3; Kubernetes cannot change this: choose another name, or have the class made anew with "
        "replace: true; volumes stay as they are"
    )
    before = empty.get(PATH.format("t-gp3"))["metadata"]["uid"]
    predicted = storage(replace=True, check=True, diff=True)
    assert empty.get(PATH.format("t-gp3"))["metadata"]["uid"] == before
    assert storage(replace=True, diff=True) == predicted
    assert runs.changes(predicted) == {"StorageClass/t-gp3": "changed"}
    live = empty.get(PATH.format("t-gp3"))
    assert live["metadata"]["uid"] != before and live["parameters"]["type"] == "gp3"
    assert not storage(replace=True)["changed"]


def test_a_class_that_claims_use_stays(storage, empty) -> None:
    storage()
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "t-data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "t-gp3",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    path = "/api/v1/namespaces/default/persistentvolumeclaims/t-data"
    empty.apply(path, claim)
    assert storage(state="absent")["msg"] == (
        "StorageClass t-gp3 is used by default/t-data: without it these volumes cannot grow; take them away first"
    )
    empty.delete(path)
    eventually(lambda: not empty.get(path))
    assert runs.changes(storage(state="absent", check=True)) == {"StorageClass/t-gp3": "deleted"}
    assert runs.changes(storage(state="absent")) == {"StorageClass/t-gp3": "deleted"}
    assert not storage(state="absent")["changed"]


def test_a_class_of_others_stays(storage, empty) -> None:
    foreign = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "t-gp3"}}
    empty.apply(PATH.format("t-gp3"), {**foreign, "provisioner": "ebs.csi.aws.com"}, "kubectl")
    assert not storage(state="absent")["changed"]
    assert empty.get(PATH.format("t-gp3"))


def test_bad_figures_are_refused_together(storage, empty) -> None:
    assert storage(iops=100, throughput=3000)["msg"] == (
        "iops: 100 is out of range for type gp3; allowed: 3000 to 80000\n"
        "throughput: 3000 is out of range for type gp3; allowed: 125 to 2000\n"
        "throughput: 3000 MiB/s need iops of at least 12000, given 100"
    )
    assert not empty.get(PATH.format("t-gp3"))
