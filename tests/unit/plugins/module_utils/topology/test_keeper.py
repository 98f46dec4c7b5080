"""What is rendered of the keeper: what it is told, what it may do, what it sees of Secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import from_json

from .made import PASSWORD, SHAPES, TOKEN, at, merged, shaped_objects
from .traps import every_shape

KEPT: dict[str, Any] = {"keeper": {"enabled": True}}
TLS: dict[str, Any] = {"transitEncryption": {"enabled": True}}
STORE: dict[str, Any] = {"authentication": {"enabled": True, "secretsStore": {"objectName": "apps/cache"}}}
DEPLOYMENT = "Deployment cache-keeper"
POD = (DEPLOYMENT, "spec", "template", "spec")
HOSTS = {
    "standalone": ["cache-0.cache-headless.apps.svc"],
    "replicated": [f"cache-{number}.cache-headless.apps.svc" for number in range(3)],
    "sentinel": [f"cache-{number}.cache-headless.apps.svc" for number in range(3)],
    "cluster": [
        *(f"cache-leader-{number}.cache-leader-headless.apps.svc" for number in range(3)),
        *(f"cache-follower-{number}.cache-follower-headless.apps.svc" for number in range(6)),
    ],
}
OTHERS = [shape for shape in SHAPES if shape != "sentinel"]
every_other = pytest.mark.parametrize("shape", OTHERS)


def pod(shape: str, root: dict[str, Any] | None = None, *flavour: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = at(shaped_objects(shape, merged(KEPT, *flavour), root or {}), *POD)
    return found


def kept(shape: str, root: dict[str, Any] | None = None) -> list[str]:
    return [name for name in shaped_objects(shape, KEPT, root) if "keeper" in name]


def env(shape: str, root: dict[str, Any], *flavour: dict[str, Any]) -> list[dict[str, Any]]:
    """Without what the keeper is told."""
    told, *others = at(pod(shape, root, *flavour), "containers", 0, "env")
    assert told["name"] == "EKS_REDIS_KEEPER"
    return others


def secret(variable: str, name: str, key: str) -> dict[str, Any]:
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": name, "key": key}}}


@every_shape
def test_there_is_one_only_where_it_is_wanted(shape: str) -> None:
    assert DEPLOYMENT not in shaped_objects(shape)
    assert DEPLOYMENT in shaped_objects(shape, KEPT)
    # by itself, where certificates are to be renewed
    assert DEPLOYMENT in shaped_objects(shape, {}, TLS)


@every_shape
def test_it_is_told_whom_to_keep(shape: str) -> None:
    told = from_json(at(pod(shape), "containers", 0, "env", 0, "value"))
    assert (told.namespace, told.name) == ("apps", "cache")
    assert list(told.hosts) == HOSTS[shape]
    assert [f"{one}." for one in told.pods] == [host.partition(".")[0] + "." for host in told.hosts]
    sentinels = [f"cache-sentinel-{number}.cache-sentinel-headless.apps.svc" for number in range(3)]
    assert list(told.sentinels) == (sentinels if shape == "sentinel" else [])
    assert told.group == ("myMaster" if shape == "sentinel" else "")


def test_with_sentinels_it_may_label_the_redis_pods_and_nothing_else() -> None:
    objects = shaped_objects("sentinel", KEPT)
    assert objects["Role cache-keeper"]["rules"] == [
        {
            "apiGroups": [""],
            "resources": ["pods"],
            "resourceNames": ["cache-0", "cache-1", "cache-2"],
            "verbs": ["get", "patch"],
        }
    ]
    binding = objects["RoleBinding cache-keeper"]
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "cache-keeper", "namespace": "apps"}]
    assert binding["roleRef"]["name"] == "cache-keeper"
    # the token is mounted here only
    assert objects["ServiceAccount cache-keeper"]["automountServiceAccountToken"] is False
    assert at(objects, *POD)["automountServiceAccountToken"] is True
    assert at(objects, *POD)["serviceAccountName"] == "cache-keeper"


@every_other
def test_without_sentinels_it_has_no_rights_and_no_token(shape: str) -> None:
    assert kept(shape) == ["ServiceAccount cache-keeper", DEPLOYMENT]
    assert pod(shape)["automountServiceAccountToken"] is False


@every_shape
def test_a_failover_does_not_wait_for_a_pod_that_moves(shape: str) -> None:
    spec = shaped_objects(shape, KEPT)[DEPLOYMENT]["spec"]
    assert spec["replicas"] == (2 if shape == "sentinel" else 1)
    (apart,) = at(spec, "template", "spec", "topologySpreadConstraints")
    assert (apart["topologyKey"], apart["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "ScheduleAnyway")
    assert apart["labelSelector"]["matchLabels"] == spec["selector"]["matchLabels"]
    assert spec["selector"]["matchLabels"].items() <= at(spec, "template", "metadata", "labels").items()


@every_shape
def test_it_sees_the_certificate_but_not_its_key(shape: str) -> None:
    found = pod(shape, TLS)
    volume = next(one for one in found["volumes"] if one["name"] == "tls")
    assert volume["secret"]["secretName"] == "cache-tls"
    assert [item["key"] for item in volume["secret"]["items"]] == ["ca.crt", "tls.crt"]
    container = found["containers"][0]
    assert {"name": "tls", "mountPath": "/tls", "readOnly": True} in container["volumeMounts"]
    assert {"name": "EKS_REDIS_CA", "value": "/tls/ca.crt"} in container["env"]
    assert "tls" not in json.dumps(pod(shape, PASSWORD)["volumes"])


def test_it_logs_in_with_the_password_or_as_its_own_user() -> None:
    password = secret("REDISCLI_AUTH", "cache-auth", "password")
    of_sentinels = secret("EKS_REDIS_SENTINEL_AUTH", "cache-auth", "password")
    own = [{"name": "EKS_REDIS_USER", "value": "eks-redis-keeper"}, secret("REDISCLI_AUTH", "cache-logins", "keeper")]
    users = {"acl": {"enabled": True}}
    assert env("sentinel", {}) == []
    assert env("sentinel", PASSWORD) == [password, of_sentinels]
    assert env("sentinel", PASSWORD, users) == [*own, of_sentinels]
    for shape in OTHERS:
        assert env(shape, PASSWORD) == [password]
        assert env(shape, PASSWORD, users) == own
    assert TOKEN not in json.dumps(shaped_objects("sentinel", KEPT, PASSWORD)[DEPLOYMENT])


@every_shape
def test_it_keeps_the_secret_of_a_store_by_mounting_it(shape: str) -> None:
    objects = shaped_objects(shape, {}, STORE)
    found = at(objects, *POD)
    volume = next(one for one in found["volumes"] if one["name"] == "store")
    assert volume["csi"] == {
        "driver": "secrets-store.csi.k8s.io",
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": "cache-auth"},
    }
    mount = {"name": "store", "mountPath": "/mnt/secrets", "readOnly": True}
    assert mount in found["containers"][0]["volumeMounts"]
    assert found["serviceAccountName"] == "cache-keeper"


def test_a_store_is_read_as_the_account_that_has_the_role() -> None:
    for flavour, name in (({"serviceAccount": "reader"}, "reader"), ({"createServiceAccount": True}, "cache-redis")):
        objects = shaped_objects("sentinel", flavour, STORE)
        assert at(objects, *POD)["serviceAccountName"] == name
        assert objects["RoleBinding cache-keeper"]["subjects"][0]["name"] == name
        assert "ServiceAccount cache-keeper" not in objects
        # nobody else's business without a store
        assert at(shaped_objects("sentinel", merged(KEPT, flavour)), *POD)["serviceAccountName"] == "cache-keeper"


@every_shape
def test_it_is_admitted_as_restricted_and_has_its_own_resources(shape: str) -> None:
    found = pod(shape, {}, {"keeper": {"resources": {"limits": {"memory": "200Mi"}}}, "backup": {"image": "tools:v9"}})
    assert found["securityContext"]["runAsNonRoot"] is True
    (container,) = found["containers"]
    assert container["image"] == "tools:v9"
    assert container["command"][-1] == "keeper"
    assert container["resources"]["limits"]["memory"] == "200Mi"
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }
    # both probes look at files that the program keeps
    assert container["readinessProbe"]["exec"]["command"] == ["test", "-e", "/tmp/ready"]
    assert "/tmp/alive" in container["livenessProbe"]["exec"]["command"][-1]


@every_shape
def test_its_pods_are_not_taken_for_pods_of_redis(shape: str) -> None:
    labels = at(shaped_objects(shape, KEPT), *POD[:-1], "metadata", "labels")
    assert "app.kubernetes.io/managed-by" not in labels
    assert labels["app.kubernetes.io/component"] == "keeper"
