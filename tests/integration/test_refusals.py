"""What is refused before anything is changed, in one clear line each."""

from __future__ import annotations

import pytest
import runs
from cluster import eventually

# what the operator copies from the custom resource
OURS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
CLAIM = "/api/v1/namespaces/{}/persistentvolumeclaims/cache-cache-0"


def _claim(size: str, storage_class: str) -> dict:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class,
        "resources": {"requests": {"storage": size}},
    }
    metadata = {"name": "cache-cache-0", "labels": OURS}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}


@pytest.mark.parametrize(
    ("flavour", "root", "line"),
    [
        (
            {"persistence": {"storageClass": "gp9"}},
            {},
            "persistence.storageClass: there is no StorageClass gp9; there are: gp3",
        ),
        (
            {"serviceAccount": "reader"},
            {},
            "serviceAccount: there is no ServiceAccount {}/reader; create it first",
        ),
        (
            {"priorityClassName": "high"},
            {},
            "priorityClassName: there is no PriorityClass high; there are: "
            "system-cluster-critical, system-node-critical",
        ),
        (
            {},
            {"authentication": {"enabled": True, "existingSecret": {"name": "mine", "key": "password"}}},
            "authentication.existingSecret.name: there is no Secret {}/mine; create it first",
        ),
    ],
)
def test_what_the_flavour_names_must_be_there(instance, cluster, namespace, flavour, root, line) -> None:
    since = cluster.position()
    failed = instance(flavour=flavour, root=root)
    assert failed["msg"] == line.format(namespace)
    assert cluster.writes(since, namespace=namespace) == []


def test_all_problems_are_told_at_once(instance) -> None:
    failed = instance(flavour={"serviceAccount": "reader", "priorityClassName": "high"})
    assert [line.partition(":")[0] for line in failed["msg"].splitlines()] == ["serviceAccount", "priorityClassName"]


def test_the_key_of_an_existing_secret_must_be_there(instance, cluster, namespace) -> None:
    instance(flavour={})
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "data": {"token": "eA=="}}
    cluster.apply(f"/api/v1/namespaces/{namespace}/secrets/mine", secret)
    authentication = {"enabled": True, "existingSecret": {"name": "mine", "key": "password"}}
    failed = instance(flavour={}, root={"authentication": authentication})
    assert failed["msg"] == (
        f"authentication.existingSecret.key: Secret {namespace}/mine has no key password; its keys: token"
    )


@pytest.mark.parametrize(
    ("size", "storage_class", "flavour", "line"),
    [
        (
            "10Gi",
            "gp3",
            {"persistence": {"size": "5Gi"}},
            "persistence.size: PersistentVolumeClaim {}/cache-cache-0 has 10Gi, and a volume cannot shrink to 5Gi; "
            "keep 10Gi, or deploy under another name",
        ),
        (
            "10Gi",
            "slow",
            {"persistence": {"size": "20Gi"}},
            "persistence.size: PersistentVolumeClaim {}/cache-cache-0 has 10Gi, and StorageClass slow does not let a "
            "volume grow to 20Gi; keep 10Gi, or set allowVolumeExpansion: true on the class",
        ),
        (
            "10Gi",
            "slow",
            {"persistence": {"storageClass": "gp3"}},
            "persistence.storageClass: PersistentVolumeClaim {}/cache-cache-0 is of class slow, and that cannot be "
            "changed to gp3; keep slow, or deploy under another name",
        ),
    ],
)
def test_what_a_volume_cannot_become(instance, cluster, namespace, size, storage_class, flavour, line) -> None:
    instance(flavour={})
    cluster.apply(CLAIM.format(namespace), _claim(size, storage_class))
    failed = instance(flavour=flavour)
    assert failed["msg"] == line.format(namespace)


@pytest.mark.parametrize(("made_with", "now", "line"), [(True, False, "with"), (False, True, "without")])
def test_persistence_cannot_be_turned_on_or_off(instance, cluster, namespace, made_with, now, line) -> None:
    instance(flavour={"persistence": {"enabled": made_with}})
    labels = {"app": "cache"}
    claim = {"metadata": {"name": "cache"}, "spec": _claim("10Gi", "gp3")["spec"]}
    pod = {"containers": [{"name": "cache", "image": "redis"}]}
    statefulset = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "cache", "labels": OURS},
        "spec": {
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
            "volumeClaimTemplates": [claim] if made_with else [],
        },
    }
    cluster.apply(f"/apis/apps/v1/namespaces/{namespace}/statefulsets/cache", statefulset)
    failed = instance(flavour={"persistence": {"enabled": now}})
    assert failed["msg"] == (
        f"persistence.enabled: instance {namespace}/cache was made {line} volumes, and that cannot be changed; "
        f"set it to {str(made_with).lower()}, or deploy under another name"
    )


def test_another_mode_of_the_same_name(instance, cluster, namespace) -> None:
    instance(flavour={}, name="other")
    replication = {
        "apiVersion": "redis.redis.opstreelabs.in/v1beta2",
        "kind": "RedisReplication",
        "metadata": {"name": "cache"},
        "spec": {"clusterSize": 3, "kubernetesConfig": {"image": "redis"}},
    }
    path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redisreplications/cache"
    cluster.apply(path, replication)
    failed = instance(flavour={})
    assert failed["msg"] == (
        f"deployment.mode: RedisReplication {namespace}/cache is there, and an instance cannot change its mode from or "
        "to standalone; keep the mode, or deploy under another name"
    )


@pytest.mark.parametrize("labels", [{"team": "b"}, {"team": "a", "tier": "1"}, {}])
def test_labels_of_pods_that_find_each_other_by_them(instance, cluster, namespace, labels) -> None:
    flavour = {"deployment": {"mode": "sentinel"}}
    instance(flavour=flavour, labels={"team": "a"})
    since = cluster.position()
    failed = instance(flavour=flavour, labels=labels)
    wanted = ", ".join(f"{key}={value}" for key, value in labels.items()) or "none"
    assert failed["msg"] == (
        f"labels: instance {namespace}/cache was made with team=a, and its pods find each other through Services that "
        f"select all labels, so that they cannot go one by one to {wanted}; keep team=a, or deploy under another name"
    )
    assert cluster.writes(since, namespace=namespace) == []
    assert not instance(flavour=flavour, labels={"team": "a"})["changed"]


def test_labels_of_a_single_pod_can_change(instance) -> None:
    instance(flavour={}, labels={"team": "a"})
    assert instance(flavour={}, labels={"team": "b"})["changed"]


def test_a_namespace_that_is_being_deleted(instance, cluster, namespace) -> None:
    instance(flavour={})
    held = {"metadata": {"finalizers": ["eks.redis/test"]}}
    cluster.merge(f"/api/v1/namespaces/{namespace}/configmaps/cache-config", held)
    cluster.delete(f"/api/v1/namespaces/{namespace}")
    config = f"/api/v1/namespaces/{namespace}/configmaps/cache-config"
    eventually(lambda: cluster.get(config)["metadata"].get("deletionTimestamp"))
    failed = instance(flavour={})
    cluster.merge(f"/api/v1/namespaces/{namespace}/configmaps/cache-config", {"metadata": {"finalizers": None}})
    assert failed["msg"] == f"Namespace {namespace} is being deleted; wait until it is gone, then run again"


def test_errors_of_the_flavour_come_all_at_once_and_need_no_cluster(instance, monkeypatch) -> None:
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", "/nowhere")
    failed = instance(flavour={"persistence": {"size": "5GB"}, "metrics": {"enabled": "yes"}})
    assert [line.partition(":")[0] for line in failed["msg"].splitlines()] == ["persistence.size", "metrics.enabled"]


@pytest.mark.parametrize(
    ("flavour", "root", "name", "paths"),
    [
        (
            {"deployment": {"mode": "sentinel"}, "replicaCount": 0, "additionalConfig": {"tiemout": 1, "save": ""}},
            {"version": "6.0.20"},
            "cache",
            ["additionalConfig.save", "version", "replicaCount", "additionalConfig.tiemout"],
        ),
        (
            {"deployment": {"mode": "cluster"}, "additionalConfig": {"min-replicas-to-write": 2, "hz": "fast"}},
            {"clusterModeEnabled": True},
            "x" * 44,
            ["name", "additionalConfig.hz", "additionalConfig.min-replicas-to-write"],
        ),
    ],
)
def test_what_a_mode_cannot_do_is_refused_before_anything_is_asked(
    instance, cluster, namespace, flavour, root, name, paths
) -> None:
    since = cluster.position()
    failed = instance(flavour=flavour, root=root, name=name)
    assert [line.partition(":")[0] for line in failed["msg"].splitlines()] == paths
    assert cluster.audit(since, namespace=namespace) == []


def test_strict_refuses_what_is_otherwise_a_warning(instance, cluster, namespace) -> None:
    flavour = {"deployment": {"mode": "sentinel"}, "persistence": {"enabled": False}}
    since = cluster.position()
    failed = instance(flavour=flavour, strict=True)
    assert failed["msg"].startswith("persistence.enabled: false with replicas: ")
    assert cluster.audit(since, namespace=namespace) == []
    assert failed["msg"] in runs.warnings(instance(flavour=flavour))


def test_an_object_that_the_server_refuses_stops_the_run_before_the_first_write(instance, cluster, namespace) -> None:
    instance(flavour={})
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "none"},
        "spec": {"hard": {"count/networkpolicies.networking.k8s.io": "0"}},
    }
    path = f"/api/v1/namespaces/{namespace}/resourcequotas/none"
    cluster.apply(path, quota)
    policies = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    one = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "one"},
        "spec": {"podSelector": {}},
    }
    # admission hears of it later than of its status
    eventually(lambda: "exceeded quota: none" in cluster.refusal(policies, one))
    since = cluster.position()
    failed = instance(flavour={"networkPolicy": {"enabled": True}, "additionalConfig": {"timeout": "5"}})
    assert failed["msg"].startswith(f"NetworkPolicy {namespace}/cache: cannot apply: ")
    assert "exceeded quota: none" in failed["msg"]
    assert cluster.writes(since, namespace=namespace, resource="configmaps") == []
    assert runs.changes(instance(flavour={"additionalConfig": {"timeout": "5"}}))["Redis/cache"] == "changed"
