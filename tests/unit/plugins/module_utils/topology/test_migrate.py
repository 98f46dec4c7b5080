"""The Job of a live migration."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import migrating
from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache, Migration
from ansible_collections.eks.redis.plugins.module_utils.topology import migrate
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

from .made import ACL, PASSWORD, SHAPES, TLS, merged, shaped

OWNER = {"apiVersion": "v1beta2", "kind": "Redis", "name": "cache", "uid": "0b5b8c1e"}
CACHE = Cache("ElastiCache shop-prod", (Address("shop.cache.amazonaws.com", 6379),), "app", True, migrate.CA)
ACCESS = Access("shop-token", "token", "ca.pem", 1)
SECURITY = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}


def job(
    shape: str = "standalone",
    root: dict[str, Any] | None = None,
    *,
    access: Access = ACCESS,
    back: bool = False,
    flavour: dict[str, Any] | None = None,
) -> dict[str, Any]:
    made = shaped(shape, flavour or {}, root)
    plan = layout(made)
    given = Migration("k3x9", CACHE, plan.mode, plan.hosts, made.version, Address("shop.apps.svc", 6379), back=back)
    return migrate.job(made, given, access, "cache-exit-k3x9", OWNER)


def pod(made: dict[str, Any]) -> dict[str, Any]:
    return dict(made["spec"]["template"]["spec"])


def environment(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in pod(made)["containers"][0]["env"]}


@pytest.mark.parametrize("back", [False, True])
def test_it_is_named_and_goes_with_its_instance(back: bool) -> None:
    made = job(back=back)
    meta = made["metadata"]
    assert (made["kind"], meta["name"], meta["namespace"]) == ("Job", "cache-exit-k3x9", "apps")
    assert meta["ownerReferences"] == [OWNER]
    assert meta["annotations"] == {"eks.redis/exit": "k3x9", "eks.redis/back": "true" if back else "false"}
    for labels in (meta["labels"], made["spec"]["template"]["metadata"]["labels"]):
        assert labels["app.kubernetes.io/component"] == "migration"
        assert "app.kubernetes.io/managed-by" not in labels


def test_it_may_take_as_long_as_the_cache_is_the_way_back() -> None:
    spec = job()["spec"]
    assert "activeDeadlineSeconds" not in spec
    assert spec["ttlSecondsAfterFinished"] == 7 * 86400


def test_what_the_program_says_is_final_and_a_lost_pod_is_not() -> None:
    spec = job()["spec"]
    assert spec["backoffLimit"] > 0
    assert spec["podFailurePolicy"]["rules"] == [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2]}},
    ]
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize(("back", "key"), [(False, "shut"), (True, "shut-back")])
def test_a_pod_in_the_place_of_a_lost_one_begins_only_while_the_journal_lets_it(back: bool, key: str) -> None:
    made = pod(job(back=back))
    (gate,) = made["initContainers"]
    assert gate["command"] == ["sh", "-c", f"test ! -e /journal/{key}"]
    assert gate["volumeMounts"] == [{"name": "journal", "mountPath": "/journal", "readOnly": True}]
    assert gate["image"] == made["containers"][0]["image"]
    volumes = {one["name"]: one for one in made["volumes"]}
    assert volumes["journal"]["configMap"] == {"name": "cache-exit", "optional": True}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_program_is_told_what_goes_where(shape: str) -> None:
    made = job(shape)
    assert environment(made).keys() == {"EKS_REDIS_MIGRATION", "EKS_REDIS_CACHE_PASSWORD"}
    assert pod(made)["containers"][0]["command"][-1] == "migrate"
    given = migrating.from_json(environment(made)["EKS_REDIS_MIGRATION"]["value"])
    assert given == Migration(
        "k3x9", CACHE, given.mode, layout(shaped(shape, {})).hosts, "7.0.15", Address("shop.apps.svc", 6379)
    )
    assert given.mode == ("standalone" if shape == "replicated" else shape)


def test_passwords_come_from_their_secrets() -> None:
    secret = {"secretKeyRef": {"name": "shop-token", "key": "token"}}
    assert environment(job())["EKS_REDIS_CACHE_PASSWORD"]["valueFrom"] == secret
    own = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
    assert environment(job(root=PASSWORD))["REDISCLI_AUTH"]["valueFrom"] == own
    bare = job(access=Access())
    assert "secretKeyRef" not in str(bare)
    assert "secret" not in str(pod(bare)["volumes"])


def test_of_the_instance_it_has_a_user_and_a_ca_of_its_own() -> None:
    secure = job(root=merged(PASSWORD, TLS), flavour=ACL)
    told = environment(secure)
    assert told["EKS_REDIS_USER"]["value"] == "eks-redis-backup"
    assert told["REDISCLI_AUTH"]["valueFrom"] == {"secretKeyRef": {"name": "cache-logins", "key": "backup"}}
    assert told["EKS_REDIS_CA"]["value"] == "/tls/ca.crt"
    assert {one["name"]: one["secret"]["secretName"] for one in pod(secure)["volumes"] if "secret" in one} == {
        "ca": "cache-tls",
        "cache": "shop-token",
    }
    folders = {one["name"]: one["mountPath"] for one in pod(secure)["containers"][0]["volumeMounts"]}
    assert (folders["ca"], folders["cache"]) == ("/tls", "/cache")
    assert pod(secure)["initContainers"][0]["volumeMounts"] == [
        {"name": "journal", "mountPath": "/journal", "readOnly": True}
    ]


def test_certificates_of_the_cache_are_a_file() -> None:
    made = pod(job())
    volumes = {one["name"]: one for one in made["volumes"]}
    assert volumes["cache"]["secret"] == {
        "secretName": "shop-token",
        "items": [{"key": "ca.pem", "path": "ca.crt"}],
    }
    mounts = {one["name"]: one for one in made["containers"][0]["volumeMounts"]}
    assert mounts["cache"] == {"name": "cache", "mountPath": "/cache", "readOnly": True}
    assert migrate.CA == "/cache/ca.crt"


@pytest.mark.parametrize(("shards", "request_", "limit"), [(1, "256Mi", "1024Mi"), (8, "704Mi", "1472Mi")])
def test_each_shard_of_the_cache_is_a_process(shards: int, request_: str, limit: str) -> None:
    (container,) = pod(job(access=Access(shards=shards)))["containers"]
    assert container["resources"] == {
        "requests": {"cpu": "100m", "memory": request_},
        "limits": {"memory": limit},
    }


def test_it_is_as_restricted_as_all_pods_and_has_no_identity() -> None:
    made = pod(job())
    for container in (*made["initContainers"], *made["containers"]):
        assert container["securityContext"] == SECURITY
    assert made["automountServiceAccountToken"] is False
    assert made["serviceAccountName"] == "default"
    account = {"serviceAccount": "redis", "backup": {"serviceAccount": "backups"}}
    assert pod(job(flavour=account))["serviceAccountName"] == "redis"


def test_nodes_and_images_are_the_flavours() -> None:
    flavour = {"nodeSelector": {"pool": "redis"}, "imagePullSecrets": ["registry"]}
    made = pod(job(flavour=merged(flavour, {"backup": {"image": "mirror/toolbox:v9"}})))
    assert made["nodeSelector"] == {"pool": "redis"}
    assert made["imagePullSecrets"] == [{"name": "registry"}]
    assert made["containers"][0]["image"] == "mirror/toolbox:v9"
