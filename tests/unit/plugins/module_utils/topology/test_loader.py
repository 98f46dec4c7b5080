"""The parts of a pod that has a loader; what its script does is tested with a real Redis (tests/jobs)."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology import loader

RESOURCES = {"requests": {"memory": "1Gi"}, "limits": {"memory": "2Gi"}}
SECRET = {"name": "REDIS_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "cache-auth", "key": "password"}}}


def test_it_is_a_native_sidecar_of_the_instances_own_image() -> None:
    made = loader.sidecar("redis:7.2.6", "Always", RESOURCES)
    assert made["name"] == "loader"
    assert made["restartPolicy"] == "Always"
    assert (made["image"], made["imagePullPolicy"], made["resources"]) == ("redis:7.2.6", "Always", RESOURCES)
    assert made["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    assert made["volumeMounts"] == [loader.mount()] == [{"name": "work", "mountPath": "/work"}]
    assert loader.volume("20Gi") == {"name": "work", "emptyDir": {"sizeLimit": "20Gi"}}


@pytest.mark.parametrize(("reachable", "line"), [(False, "bind 127.0.0.1"), (True, "protected-mode no")])
def test_others_reach_it_only_where_they_copy_from_it(reachable: bool, line: str) -> None:
    made = loader.sidecar("redis", "Always", RESOURCES, reachable=reachable)
    assert {"name": "LOADER_LISTENS", "value": line} in made["env"]
    assert SECRET["name"] not in [one["name"] for one in made["env"]]


def test_with_tls_it_speaks_nothing_else_and_its_key_is_the_loaders_alone() -> None:
    plain, tls = (loader.sidecar("redis", "Always", RESOURCES, tls=tls) for tls in (False, True))
    speaks = [next(one["value"] for one in made["env"] if one["name"] == "LOADER_SPEAKS") for made in (plain, tls)]
    assert speaks[0] == "port 6379"
    assert speaks[1].splitlines() == [
        "port 0",
        "tls-port 6379",
        "tls-ca-cert-file /tls/ca.crt",
        "tls-cert-file /tls/tls.crt",
        "tls-key-file /tls/tls.key",
        "tls-auth-clients no",
        "tls-replication yes",
        "tls-cluster yes",
    ]
    assert plain["volumeMounts"] == [loader.mount()]
    assert tls["volumeMounts"][1] == {"name": "loader-tls", "mountPath": "/tls", "readOnly": True}
    assert loader.certificate("cache-tls") == {"name": "loader-tls", "secret": {"secretName": "cache-tls"}}


def test_the_password_comes_from_the_secret() -> None:
    made = loader.sidecar("redis", "Always", RESOURCES, reachable=True, password=("cache-auth", "password"))
    assert made["env"][-1] == SECRET
    assert "password" not in "".join(made["command"][:-1])
