"""What instance_info and operator_info tell."""

from __future__ import annotations

import pytest
import runs
from actors import run_pods
from rights import until_allowed

CUSTOM = ["redis", "redisreplications", "redissentinels", "redisclusters"]


@pytest.fixture
def info(capsys, namespace):
    def run(**options) -> list[dict]:
        return runs.module(capsys, "instance_info", **{"namespace": namespace, **options})["instances"]

    return run


def test_no_instance(info) -> None:
    assert info() == []


def test_an_instance_that_is_not_ready(instance, info, namespace) -> None:
    instance(flavour={})
    (found,) = info()
    assert found["name"] == "cache"
    assert found["namespace"] == namespace
    assert found["mode"] == "standalone"
    assert (found["desired"], found["ready"]) == (1, 0)
    assert found["endpoints"] == [{"name": "redis", "host": f"cache.{namespace}.svc", "port": 6379}]
    assert found["problem"] == "StatefulSet cache does not exist: the operator has not made it"
    assert not found["proven"]
    assert found["warnings"] == ["Pod cache-0: Redis does not answer: the pod has no address"]


@pytest.fixture
def running(instance, cluster, namespace, operate) -> None:
    """An instance whose pod is ready, and that nobody can ask: no kubelet runs it."""
    instance(flavour={})
    operate()
    run_pods(cluster, namespace, "app=cache")
    address = {"podIP": "192.0.2.1", "podIPs": [{"ip": "192.0.2.1"}]}
    cluster.merge(f"/api/v1/namespaces/{namespace}/pods/cache-0/status", {"status": address}, "kubelet")


@pytest.fixture
def reader(cluster, namespace) -> str:
    """A user who may list what an instance is made of, and nothing else."""
    group, name = "rbac.authorization.k8s.io", f"reader-of-{namespace}"
    collection = f"/apis/{group}/v1/namespaces/{namespace}"
    resources = ["pods", "services", "persistentvolumeclaims", "statefulsets"]
    rules = [{"apiGroups": ["*"], "resources": [*resources, *CUSTOM], "verbs": ["list"]}]
    cluster.apply(
        f"{collection}/roles/{name}",
        {
            "apiVersion": f"{group}/v1",
            "kind": "Role",
            "metadata": {"name": name},
            "rules": rules,
        },
    )
    cluster.apply(
        f"{collection}/rolebindings/{name}",
        {
            "apiVersion": f"{group}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": group, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": group, "kind": "User", "name": name}],
        },
    )
    until_allowed(cluster, name, rules[0], namespace)
    return name


def test_an_instance_whose_redis_cannot_be_asked(running, info, namespace) -> None:
    (found,) = info(name="cache")
    assert (found["desired"], found["ready"], found["problem"]) == (1, 1, None)
    assert not found["proven"]
    (warning,) = found["warnings"]
    assert warning.startswith(f"Redis could not be asked: Pod {namespace}/cache-0: ")
    (pod,) = found["pods"]
    assert (pod["name"], pod["ready"], pod["role"], pod["replication"]) == ("cache-0", True, None, None)
    (volume,) = found["volumes"]
    assert (volume["name"], volume["pod"], volume["size"], volume["phase"]) == (
        "cache-cache-0",
        "cache-0",
        "10Gi",
        "Pending",
    )
    assert info(name="other") == []


def test_who_may_only_list_is_told_what_kubernetes_says(running, reader, info, namespace) -> None:
    (found,) = info(impersonate_user=reader)
    assert (found["ready"], found["proven"], found["problem"]) == (1, False, None)
    assert found["warnings"] == [
        f"Redis could not be asked: Pod {namespace}/cache-0: user {reader} may not get pods/exec in namespace "
        f"{namespace}: it needs a Role with the verb get on pods/exec"
    ]
    guarded = found["security"]
    assert (guarded["users"], guarded["network"]["policies"], guarded["pods"]["level"]) == (None, None, None)
    assert [one["encrypted"] for one in guarded["at_rest"]] == [None]
    assert guarded["in_transit"] == {"tls": False, "certificate": None}


@pytest.fixture
def encrypted(instance) -> None:
    """An instance with a certificate; its namespace comes with it."""
    instance(flavour={}, root={"transitEncryption": {"enabled": True}})


def test_a_certificate_that_may_not_be_read_is_not_known(encrypted, reader, info) -> None:
    (found,) = info()
    certificate = found["security"]["in_transit"]["certificate"]
    assert (certificate["signer"], certificate["days_left"], certificate["shown"]) == ("own", 364, False)
    assert found["security"]["keeper"] == {"name": "cache-keeper", "desired": 1, "ready": 0}
    (found,) = info(impersonate_user=reader)
    certificate = found["security"]["in_transit"]["certificate"]
    assert (certificate["signer"], certificate["days_left"], certificate["shown"]) == (None, None, None)
    assert found["security"]["keeper"] is None


@pytest.mark.parametrize(
    ("flavour", "root", "mode", "desired", "endpoints", "missing"),
    [
        (
            {"deployment": {"config": {"replica": {"count": 1}}}},
            {},
            "standalone",
            2,
            ["primary", "reader"],
            "cache",
        ),
        ({"deployment": {"mode": "sentinel"}}, {}, "sentinel", 6, ["sentinel", "primary", "reader"], "cache"),
        (
            {"deployment": {"mode": "cluster", "config": {"numShards": 4, "replicasPerShard": 2}}},
            {"clusterModeEnabled": True},
            "cluster",
            12,
            ["cluster"],
            "cache-leader",
        ),
    ],
)
def test_every_mode_is_known_by_its_custom_resources(
    instance, info, flavour, root, mode, desired, endpoints, missing
) -> None:
    instance(flavour=flavour, root=root)
    (found,) = info()
    assert (found["mode"], found["desired"], found["ready"]) == (mode, desired, 0)
    assert [one["name"] for one in found["endpoints"]] == endpoints
    assert found["problem"] == f"StatefulSet {missing} does not exist: the operator has not made it"


def test_what_somebody_else_has_changed(instance, info, cluster, namespace) -> None:
    instance(flavour={})
    path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/cache"
    cluster.merge(path, {"spec": {"kubernetesConfig": {"imagePullPolicy": "Always"}}}, "kubectl-edit")
    (found,) = info()
    assert (
        "Redis cache: spec.kubernetesConfig.imagePullPolicy was set by kubectl-edit; deploy with redis_force=true to "
        "take it back"
    ) in found["warnings"]
    instance(flavour={}, force=True)
    (found,) = info()
    assert not any("kubectl-edit" in text for text in found["warnings"])


def test_requests_do_not_grow_with_the_number_of_instances(info, instance, asked) -> None:
    def lists() -> list[str]:
        requests = asked(info)
        others = [(one["verb"], one["objectRef"]["resource"]) for one in requests if one["verb"] != "list"]
        assert others == [("get", "namespaces")]
        return sorted(one["objectRef"]["resource"] for one in requests if one["verb"] == "list")

    instance(flavour={}, name="one")
    first = lists()
    instance(flavour={}, name="two")
    instance(flavour={"deployment": {"mode": "sentinel"}}, name="three")
    assert lists() == first
    assert len(first) == len(set(first)) == 15


def test_instances_of_all_namespaces(capsys, instance, namespace) -> None:
    instance(flavour={}, name="one")
    instance(flavour={}, name="two")
    found = runs.module(capsys, "instance_info")["instances"]
    assert [one["name"] for one in found if one["namespace"] == namespace] == ["one", "two"]


def test_custom_resources_of_others_are_no_instances(info, cluster, instance, namespace) -> None:
    instance(flavour={}, name="ours")
    labels = {"app.kubernetes.io/managed-by": "eks.redis"}
    manifest = {
        "apiVersion": "redis.redis.opstreelabs.in/v1beta2",
        "kind": "Redis",
        "metadata": {"name": "theirs", "labels": labels},
        "spec": {"kubernetesConfig": {"image": "redis"}},
    }
    path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redis/theirs"
    cluster.apply(path, manifest, manager="argocd")
    assert [one["name"] for one in info()] == ["ours"]


def test_the_operator(capsys, cluster) -> None:
    found = runs.module(capsys, "operator_info", wait=True, timeout=60)
    assert found["crds"] == dict.fromkeys(("Redis", "RedisReplication", "RedisSentinel", "RedisCluster"), True)
    version = cluster.operator["operator_version"]
    assert found["operators"] == [
        {
            "namespace": "redis-operator",
            "name": "redis-operator",
            "image": f"quay.io/opstree/redis-operator:{version}",
            "version": version.removeprefix("v"),
            "supported": True,
            "gate": True,
            "watch_namespaces": [],
            "available": True,
        }
    ]
