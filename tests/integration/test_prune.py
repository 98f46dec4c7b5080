"""What the flavour no longer asks for goes, and nothing else."""

from __future__ import annotations

import pytest
import runs

POLICY = {"networkPolicy": {"enabled": True, "allowedNamespaces": ["shop"]}}
LABELS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}


def test_a_companion_that_is_no_longer_asked_for_is_deleted(instance, cluster, namespace) -> None:
    created = runs.changes(instance(flavour=POLICY))
    assert created["NetworkPolicy/cache"] == "created"
    for check in (True, False):
        # the ConfigMap lists what there is
        assert runs.changes(instance(flavour={}, check=check)) == {
            "ConfigMap/cache-config": "changed",
            "NetworkPolicy/cache": "deleted",
            "NetworkPolicy/cache-job-pods": "deleted",
        }
    assert cluster.get(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies")["items"] == []
    assert not instance(flavour={})["changed"]


def test_objects_with_our_labels_and_another_manager_stay(instance, cluster, namespace) -> None:
    """The operator copies our labels to its Services, so labels alone prove nothing."""
    instance(flavour={})
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "cache-headless", "labels": LABELS},
        "spec": {"clusterIP": "None", "ports": [{"port": 6379}]},
    }
    path = f"/api/v1/namespaces/{namespace}/services/cache-headless"
    cluster.apply(path, service, manager="redis-operator")
    assert not instance(flavour={})["changed"]
    instance(state="absent")
    assert cluster.get(path)


@pytest.mark.parametrize("kind", ["Secret", "PersistentVolumeClaim"])
def test_what_holds_data_is_never_pruned(instance, cluster, namespace, kind) -> None:
    instance(flavour={})
    manifest = {
        "Secret": {"data": {}},
        "PersistentVolumeClaim": {
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
        },
    }[kind]
    path = f"/api/v1/namespaces/{namespace}/{kind.lower()}s/old"
    metadata = {"name": "old", "labels": LABELS}
    cluster.apply(path, {"apiVersion": "v1", "kind": kind, "metadata": metadata, **manifest}, manager="eks.redis")
    assert not instance(flavour={})["changed"]
    assert cluster.get(path)


def test_an_instance_of_the_same_name_elsewhere_is_left_alone(instance, cluster, namespace) -> None:
    instance(flavour=POLICY)
    other = f"{namespace}-b"
    try:
        instance(flavour=POLICY, namespace=other)
        instance(flavour={}, namespace=other)
        assert cluster.get(f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies/cache")
    finally:
        cluster.delete(f"/api/v1/namespaces/{other}")


def test_a_service_monitor_in_the_namespace_of_prometheus(instance, cluster, namespace) -> None:
    """Two instances of one name have their ServiceMonitors side by side: each takes away its own."""
    other = f"{namespace}-b"
    flavour = {"metrics": {"enabled": True, "serviceMonitor": {"enabled": True, "namespace": namespace}}}
    path = f"/apis/monitoring.coreos.com/v1/namespaces/{namespace}/servicemonitors"

    def monitors() -> list[str]:
        return [one["metadata"]["labels"]["app.kubernetes.io/component"] for one in cluster.get(path)["items"]]

    try:
        instance(flavour=flavour)
        instance(flavour=flavour, namespace=other)
        assert monitors() == ["monitor", "monitor"]
        gone = runs.changes(instance(flavour={"metrics": {"enabled": True}}, namespace=other))
        assert sorted(gone.values()) == ["changed", "deleted"]
        assert monitors() == ["monitor"]
        assert not instance(flavour=flavour)["changed"]
        instance(state="absent")
        assert monitors() == []
    finally:
        cluster.delete(f"/api/v1/namespaces/{other}")
