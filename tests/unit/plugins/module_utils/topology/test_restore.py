"""The Job of a restore."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import restoring
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod, Restore, Target
from ansible_collections.eks.redis.plugins.module_utils.topology import restore
from ansible_collections.eks.redis.plugins.module_utils.topology.backup import settings
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from .made import ACL, PASSWORD, TLS, merged, shaped

BACKED = {"backup": {"enabled": True, "s3Bucket": "backups"}}
OWNER = {"apiVersion": "v1beta2", "kind": "Redis", "name": "cache", "uid": "0b5b8c1e"}
TARGET = Target((Pod("cache-0", "10.0.0.1", 6379),), 0, {})


def job(
    shape: str, root: dict[str, Any] | None = None, *sizes: int, flavour: dict[str, Any] | None = None
) -> dict[str, Any]:
    made = shaped(shape, merged(BACKED, flavour or {}), root)
    files = tuple(File(f"{number}.rdb", "b", "k", "", size) for number, size in enumerate(sizes or (1000,)))
    given = Restore("k3x9", "a set", files, TARGET, True, True)
    return restore.job(made, settings(made, layout(made)), given, "cache-restore-k3x9", OWNER)


def pod(made: dict[str, Any]) -> dict[str, Any]:
    return dict(made["spec"]["template"]["spec"])


def test_it_is_named_and_goes_with_its_instance() -> None:
    made = job("standalone")
    meta = made["metadata"]
    assert (made["kind"], meta["name"], meta["namespace"]) == ("Job", "cache-restore-k3x9", "apps")
    assert meta["ownerReferences"] == [OWNER]
    assert meta["annotations"] == {"eks.redis/restore": "k3x9"}
    assert meta["labels"]["app.kubernetes.io/component"] == "restore"
    assert made["spec"]["ttlSecondsAfterFinished"] == 7 * 86400


def test_what_the_program_says_is_final_and_a_lost_pod_is_not() -> None:
    spec = job("standalone")["spec"]
    assert spec["backoffLimit"] > 0
    assert [rule["action"] for rule in spec["podFailurePolicy"]["rules"]] == ["Ignore", "FailJob"]
    codes = spec["podFailurePolicy"]["rules"][1]["onExitCodes"]
    assert codes == {"containerName": "toolbox", "operator": "In", "values": [1, 2]}
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("shape", ["standalone", "replicated", "sentinel", "cluster"])
def test_pods_of_the_instance_reach_the_loader_where_they_copy_from_it(shape: str) -> None:
    (loader,) = pod(job(shape))["initContainers"]
    said = {one["name"]: one.get("value") for one in loader["env"]}
    assert said["LOADER_LISTENS"] == ("bind 127.0.0.1" if shape == "cluster" else "protected-mode no")
    assert loader["image"] == "quay.io/opstree/redis:v7.0.15"


def test_loader_and_program_know_the_password_of_the_instance_from_its_secret() -> None:
    secret = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
    made = pod(job("sentinel", PASSWORD))
    assert {"name": "REDIS_PASSWORD", "valueFrom": secret} in made["initContainers"][0]["env"]
    environment = made["containers"][0]["env"]
    assert {"name": "REDISCLI_AUTH", "valueFrom": secret} in environment
    assert {"name": "EKS_REDIS_LOADER_AUTH", "valueFrom": secret} in environment
    assert "secretKeyRef" not in str(job("sentinel"))


@pytest.mark.parametrize("shape", ["standalone", "replicated", "sentinel", "cluster"])
def test_the_password_of_sentinels_is_given_where_there_are_some(shape: str) -> None:
    variables = {one["name"]: one for one in pod(job(shape, PASSWORD))["containers"][0]["env"]}
    assert ("EKS_REDIS_SENTINEL_AUTH" in variables) is (shape == "sentinel")
    if shape == "sentinel":
        key = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
        assert variables["EKS_REDIS_SENTINEL_AUTH"]["valueFrom"] == key


@pytest.mark.parametrize("shape", ["standalone", "sentinel", "cluster"])
def test_with_acl_users_the_program_is_its_own_and_the_loader_knows_pods(shape: str) -> None:
    made = pod(job(shape, PASSWORD, flavour=ACL))
    program, loader = (
        {one["name"]: one for one in container["env"]}
        for container in (made["containers"][0], made["initContainers"][0])
    )
    own = {"secretKeyRef": {"name": "cache-logins", "key": "backup"}}
    instances = {"secretKeyRef": {"name": "cache-auth", "key": "password"}}
    assert program["EKS_REDIS_USER"]["value"] == "eks-redis-backup"
    assert program["REDISCLI_AUTH"]["valueFrom"] == own
    assert program["EKS_REDIS_LOADER_AUTH"]["valueFrom"] == loader["REDIS_PASSWORD"]["valueFrom"] == instances


@pytest.mark.parametrize("shape", ["standalone", "sentinel", "cluster"])
def test_with_tls_only_the_loader_has_the_key(shape: str) -> None:
    made = pod(job(shape, merged(PASSWORD, TLS)))
    volumes = {one["name"]: one["secret"] for one in made["volumes"] if "secret" in one}
    assert volumes == {
        "ca": {"secretName": "cache-tls", "items": [{"key": "ca.crt", "path": "ca.crt"}]},
        "loader-tls": {"secretName": "cache-tls"},
    }
    names = [
        {one["name"] for one in container["volumeMounts"]} & volumes.keys()
        for container in (made["containers"][0], made["initContainers"][0])
    ]
    assert names == [{"ca"}, {"loader-tls"}]
    assert {"name": "EKS_REDIS_CA", "value": "/tls/ca.crt"} in made["containers"][0]["env"]


def test_the_program_is_told_what_goes_where() -> None:
    (container,) = pod(job("standalone"))["containers"]
    assert container["command"][-1] == "restore"
    environment = {one["name"]: one for one in container["env"]}
    given = restoring.from_json(environment["EKS_REDIS_RESTORE"]["value"])
    assert (given.id, given.target) == ("k3x9", TARGET)
    assert json.loads(environment["EKS_REDIS_JOB"]["value"])["store"]["bucket"] == "backups"
    assert environment["POD_IP"]["valueFrom"] == {"fieldRef": {"fieldPath": "status.podIP"}}
    assert {"name": "work", "mountPath": "/work"} in container["volumeMounts"]


@pytest.mark.parametrize(("sizes", "room"), [((1,), "65Mi"), ((2**30, 2**30), "2113Mi")])
def test_the_scratch_volume_holds_all_files(sizes: tuple[int, ...], room: str) -> None:
    volumes = {one["name"]: one for one in pod(job("cluster", None, *sizes))["volumes"]}
    assert volumes["work"]["emptyDir"] == {"sizeLimit": room}


def test_it_is_as_restricted_as_all_pods() -> None:
    made = pod(job("standalone"))
    for container in (*made["initContainers"], *made["containers"]):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }
    assert made["automountServiceAccountToken"] is False
