"""What instance_info and operator_info tell."""

from __future__ import annotations

import pytest
import runs
from actors import run_pods


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


def test_an_instance_that_is_ready(instance, info, cluster, namespace, operate) -> None:
    instance(flavour={})
    operate()
    run_pods(cluster, namespace, "app=cache")
    (found,) = info(name="cache")
    assert (found["desired"], found["ready"], found["problem"]) == (1, 1, None)
    (pod,) = found["pods"]
    assert (pod["name"], pod["ready"], pod["role"]) == ("cache-0", True, "standalone")
    (volume,) = found["volumes"]
    assert (volume["name"], volume["size"], volume["phase"]) == ("cache-cache-0", "10Gi", "Pending")
    assert info(name="other") == []


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
