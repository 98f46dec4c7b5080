"""Taking an instance away: what goes, what stays, what stops it."""

from __future__ import annotations

import pytest
import runs
from cluster import eventually

REDIS = "/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{}/redis/cache"
LABELS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
ROOT = {"authentication": {"enabled": True, "authToken": "correct-horse-battery"}}


@pytest.fixture
def volume(cluster, namespace):
    """The claim of the instance's pod, as its StatefulSet leaves it."""

    def make() -> str:
        path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/cache-cache-0"
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}}
        metadata = {"name": "cache-cache-0", "labels": {**LABELS, "app": "cache"}}
        claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}
        cluster.apply(path, claim)
        return path

    return make


def test_volumes_and_password_stay(instance, cluster, namespace, volume) -> None:
    instance(flavour={}, root=ROOT)
    path = volume()
    for check in (True, False):
        done = instance(state="absent", check=check)
        assert runs.changes(done) == {"Redis/cache": "deleted", "ConfigMap/cache-config": "deleted"}
        assert done["kept"] == [f"Secret {namespace}/cache-auth", f"PersistentVolumeClaim {namespace}/cache-cache-0"]
    assert cluster.get(path)
    assert cluster.get(f"/api/v1/namespaces/{namespace}/secrets/cache-auth")
    assert cluster.get(f"/api/v1/namespaces/{namespace}")
    assert not instance(state="absent")["changed"]


def test_data_goes_when_asked_for_by_name(instance, cluster, namespace, volume) -> None:
    instance(flavour={}, root=ROOT)
    path = volume()
    done = instance(state="absent", delete_data=True)
    assert done["kept"] == []
    assert runs.changes(done)["Secret/cache-auth"] == "deleted"
    assert runs.changes(done)["PersistentVolumeClaim/cache-cache-0"] == "deleted"
    eventually(lambda: not cluster.get(path))
    assert not cluster.get(f"/api/v1/namespaces/{namespace}/secrets/cache-auth")


def test_data_that_was_kept_can_be_deleted_later(instance, cluster, namespace, volume) -> None:
    instance(flavour={}, root=ROOT)
    path = volume()
    instance(state="absent")
    assert runs.changes(instance(state="absent", delete_data=True, check=True)) == {
        "Secret/cache-auth": "deleted",
        "PersistentVolumeClaim/cache-cache-0": "deleted",
    }
    instance(state="absent", delete_data=True)
    eventually(lambda: not cluster.get(path))


@pytest.mark.parametrize(("name", "component"), [("cache-restore", "restore"), ("cache-exit", "migration")])
def test_what_is_not_complete_is_known_as_long_as_its_volumes_are_there(
    instance, cluster, namespace, name: str, component: str
) -> None:
    instance(flavour={})
    path = f"/api/v1/namespaces/{namespace}/configmaps/{name}"
    labels = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": component}
    metadata = {"name": name, "labels": labels}
    cluster.apply(path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}})
    assert instance(state="absent")["kept"] == [f"ConfigMap {namespace}/{name}"]
    assert cluster.get(path)
    assert runs.changes(instance(state="absent", delete_data=True)) == {f"ConfigMap/{name}": "deleted"}
    assert not cluster.get(path)


def test_an_instance_that_is_not_there(instance, cluster, namespace) -> None:
    since = cluster.position()
    done = instance(state="absent", wait=True)
    assert not done["changed"]
    assert done["objects"] == done["kept"] == []
    assert cluster.writes(since, namespace=namespace) == []


def test_a_custom_resource_of_somebody_else_is_left_alone(instance, cluster, namespace) -> None:
    instance(flavour={}, name="other")
    spec = {"kubernetesConfig": {"image": "redis"}}
    manifest = {
        "apiVersion": "redis.redis.opstreelabs.in/v1beta2",
        "kind": "Redis",
        "metadata": {"name": "cache"},
        "spec": spec,
    }
    cluster.apply(REDIS.format(namespace), manifest, manager="argocd")
    assert instance(state="absent")["msg"] == (
        f"Redis {namespace}/cache was not made by eks.redis, so it is left alone; delete it as it was made"
    )
    assert cluster.get(REDIS.format(namespace))


def test_an_operator_that_does_not_finish(instance, cluster, namespace) -> None:
    """No operator process runs in this laboratory, only its Deployment is there: the finalizer stays."""
    instance(flavour={})
    cluster.merge(REDIS.format(namespace), {"metadata": {"finalizers": ["redisFinalizer"]}})
    failed = instance(state="absent", wait=True, timeout=2)
    assert failed["msg"] == (
        f"instance {namespace}/cache is not gone after 2 s: Redis {namespace}/cache is still there, its finalizers: "
        "redisFinalizer; look at the operator's log, then run again"
    )
    cluster.merge(REDIS.format(namespace), {"metadata": {"finalizers": None}})
    assert runs.changes(instance(state="absent", wait=True)) == {"ConfigMap/cache-config": "deleted"}


def test_it_waits_for_the_end_of_the_pods(instance, cluster, namespace) -> None:
    instance(flavour={})
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "cache-0", "labels": LABELS, "finalizers": ["eks.redis/test"]},
        "spec": {"containers": [{"name": "cache", "image": "redis"}]},
    }
    path = f"/api/v1/namespaces/{namespace}/pods/cache-0"
    # no pod is taken before it is there
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default"))
    cluster.apply(path, pod)
    assert instance(state="absent", wait=True, timeout=1)["msg"] == (
        f"instance {namespace}/cache is not gone after 1 s: still there: Pod cache-0; "
        "look at the operator's log, then run again"
    )
    cluster.merge(path, {"metadata": {"finalizers": None}})
    cluster.delete(path)
    assert not instance(state="absent", wait=True).get("failed")


def test_it_waits_for_the_end_of_volumes_that_are_to_go(instance, cluster, namespace, volume) -> None:
    instance(flavour={})
    path = volume()
    cluster.merge(path, {"metadata": {"finalizers": ["eks.redis/test"]}})
    assert instance(state="absent", delete_data=True, wait=True, timeout=1)["msg"] == (
        f"volumes of {namespace}/cache are not gone after 1 s: still there: PersistentVolumeClaim cache-cache-0; "
        "a pod that uses one keeps it, end that pod, then run again"
    )
    cluster.merge(path, {"metadata": {"finalizers": None}})
    assert not instance(state="absent", delete_data=True, wait=True).get("failed")
    assert not cluster.get(path)
