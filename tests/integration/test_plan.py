"""A plan tells the fields that change and what that means, in every mode, and the run then tells the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from certified import secret

MODES: dict[str, dict[str, Any]] = {
    "standalone": {},
    "pair": {"deployment": {"config": {"replica": {"count": 1}}}},
    "sentinel": {"deployment": {"mode": "sentinel"}},
    "cluster": {"deployment": {"mode": "cluster"}},
}
ALONE = "restarts its only pod: Redis is away until it has loaded its data"
PAIR = "rolls 2 pods one by one: replicas first, the master last, after a planned failover"
THREE = "rolls 3 pods one by one: replicas first, the master last, after a planned failover"
WATCHERS = "rolls 3 sentinels one by one"
SIX = "rolls 6 pods one by one, each as a replica after a planned failover"

CONFIG, BUDGET = "ConfigMap cache-config", "PodDisruptionBudget cache-pdb"
REDIS, REPLICATION = "Redis cache", "RedisReplication cache"
SENTINEL, CLUSTER = "RedisSentinel cache", "RedisCluster cache"

CHECKSUM = "metadata.annotations[checksum/config]"
SIZE = "spec.storage.volumeClaimTemplate.spec.resources.requests.storage"
HZ = ["data[redis-additional.conf]: hz"]
IMAGE = {"image": "redis:7.2.4"}
# the container that runs first has Redis' image too
IMAGES = ["spec.initContainer.image", "spec.kubernetesConfig.image"]

Told = dict[str, tuple[list[str], list[str]]]

CASES: list[tuple[str, dict[str, Any], Told]] = [
    ("standalone", {"additionalConfig": {"hz": "20"}}, {CONFIG: (HZ, []), REDIS: ([CHECKSUM], [ALONE])}),
    ("pair", {"additionalConfig": {"hz": "20"}}, {CONFIG: (HZ, []), REPLICATION: ([CHECKSUM], [PAIR])}),
    ("sentinel", {"additionalConfig": {"hz": "20"}}, {CONFIG: (HZ, []), REPLICATION: ([CHECKSUM], [THREE])}),
    ("cluster", {"additionalConfig": {"hz": "20"}}, {CONFIG: (HZ, []), CLUSTER: ([CHECKSUM], [SIX])}),
    ("standalone", IMAGE, {REDIS: (IMAGES, [ALONE])}),
    ("pair", IMAGE, {REPLICATION: (IMAGES, [PAIR])}),
    ("sentinel", IMAGE, {REPLICATION: (IMAGES, [THREE])}),
    ("cluster", IMAGE, {CLUSTER: (IMAGES, [SIX])}),
    ("standalone", {"persistence": {"size": "20Gi"}}, {REDIS: ([SIZE], ["grows 1 volume from 10Gi to 20Gi"])}),
    ("pair", {"persistence": {"size": "20Gi"}}, {REPLICATION: ([SIZE], ["grows 2 volumes from 10Gi to 20Gi"])}),
    ("sentinel", {"persistence": {"size": "20Gi"}}, {REPLICATION: ([SIZE], ["grows 3 volumes from 10Gi to 20Gi"])}),
    ("cluster", {"persistence": {"size": "20Gi"}}, {CLUSTER: ([SIZE], ["grows 6 volumes from 10Gi to 20Gi"])}),
    (
        "sentinel",
        {"deployment": {"mode": "sentinel", "config": {"replica": {"count": 3}}}},
        {REPLICATION: (["spec.clusterSize"], ["scales from 3 to 4 pods"])},
    ),
    (
        "sentinel",
        {"deployment": {"mode": "sentinel", "config": {"sentinel": {"failoverTimeout": 90000}}}},
        {SENTINEL: (["spec.redisSentinelConfig.failoverTimeout"], [WATCHERS])},
    ),
    (
        "cluster",
        {"deployment": {"mode": "cluster", "config": {"replicasPerShard": 2}}},
        {
            BUDGET: (["spec.minAvailable"], []),
            CLUSTER: (["spec.redisFollower.replicas"], ["scales from 3 to 6 follower pods"]),
        },
    ),
    (
        "cluster",
        {"deployment": {"mode": "cluster", "config": {"numShards": 4}}},
        {
            BUDGET: (["spec.minAvailable"], []),
            CLUSTER: (
                ["spec.clusterSize", "spec.redisFollower.replicas", "spec.redisLeader.replicas"],
                [
                    "scales from 3 to 4 leader pods",
                    "scales from 3 to 4 follower pods",
                    "moves slots: 4 shards instead of 3",
                ],
            ),
        },
    ),
    (
        "sentinel",
        {"podDisruptionBudget": {"minAvailable": 2}},
        {BUDGET: (["spec.minAvailable"], [])},
    ),
]


def root(mode: str) -> dict[str, Any]:
    return {"clusterModeEnabled": mode == "cluster"}


def told(result: dict[str, Any]) -> Told:
    """Fields and effects of what changes, by object."""
    return {
        f"{one['kind']} {one['name']}": (one["fields"], one["effects"])
        for one in result["objects"]
        if one["change"] == "changed"
    }


@pytest.mark.parametrize(("mode", "changed", "expected"), CASES)
def test_a_change_is_told_before_it_is_made(instance, cluster, namespace, mode, changed, expected) -> None:
    instance(flavour=MODES[mode], root=root(mode))
    given = {"flavour": {**MODES[mode], **changed}, "root": root(mode)}

    since = cluster.position()
    planned = instance(check=True, **given)
    assert cluster.writes(since, namespace=namespace) == []
    assert told(planned) == expected
    assert planned["counts"]["changed"] == len(expected)

    made = instance(**given)
    same = ("objects", "counts", "summary", "changed")
    assert {key: made[key] for key in same} == {key: planned[key] for key in same}

    again = instance(**given)
    assert not again["changed"]
    assert {(*one["fields"], *one["effects"]) for one in again["objects"]} == {()}


def with_password(mode: str, token: str) -> dict[str, Any]:
    return {"flavour": MODES[mode], "root": {**root(mode), "authentication": {"enabled": True, "authToken": token}}}


def test_a_password_is_told_by_its_key(instance) -> None:
    instance(**with_password("standalone", "correct-horse-battery"))
    planned = instance(check=True, diff=True, **with_password("standalone", "another-horse-battery"))
    found = told(planned)
    assert found.pop("Secret cache-auth") == (["data.password"], [])
    assert {tuple(fields) for fields, _effects in found.values()} == {("metadata.annotations[checksum/auth]",)}
    assert all(effects for _fields, effects in found.values())
    assert "horse" not in json.dumps(planned)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "standalone"])
def test_a_password_of_pods_that_follow_each_other_stays(instance, cluster, namespace, mode) -> None:
    """Pods that restart one by one would not replicate with two passwords, or with one and none."""
    instance(**with_password(mode, "correct-horse-battery"))
    since = cluster.position()
    for other in (with_password(mode, "another-horse-battery"), {"flavour": MODES[mode], "root": root(mode)}):
        failed = instance(**other)
        assert failed["msg"] == (
            f"authentication: instance {namespace}/cache has replicas, which follow their master only with the same "
            "password, so that pods cannot go one by one from none to one or from one to another; keep the password as "
            "it is, or deploy under another name"
        )
    assert cluster.writes(since, namespace=namespace) == []


def test_a_password_from_elsewhere_must_be_the_same_for_them(instance, cluster, namespace) -> None:
    made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    cluster.apply(f"/api/v1/namespaces/{namespace}", made)
    for name, word in (("mine", "correct-horse-battery"), ("other", "another-horse-battery")):
        path = f"/api/v1/namespaces/{namespace}/secrets/{name}"
        cluster.apply(path, secret(namespace, name, password=word.encode()))
    given = with_password("sentinel", "correct-horse-battery")
    instance(**given)
    since = cluster.position()
    for authentication, where in (
        ({"existingSecret": {"name": "other"}}, f"Secret {namespace}/other under password"),
        ({"generate": True}, None),
        ({"existingSecret": {"name": "mine"}}, None),
    ):
        root = {**given["root"], "authentication": {"enabled": True, **authentication}}
        planned = instance(check=True, flavour=given["flavour"], root=root)
        if where:
            assert planned["msg"] == (
                f"authentication: instance {namespace}/cache has replicas, which follow their master only with the "
                "same password, so that pods cannot go one by one from none to one or from one to another; put what "
                f"Secret {namespace}/cache-auth has under password into {where} first, or deploy under another name"
            )
        else:
            assert not planned.get("failed"), planned["msg"]
    assert cluster.writes(since, namespace=namespace) == []


@pytest.mark.parametrize(
    ("mode", "effects"),
    [
        ("standalone", {REDIS: "1 pod with 1 volume of 10Gi"}),
        ("pair", {REPLICATION: "2 pods with 2 volumes of 10Gi"}),
        ("sentinel", {REPLICATION: "3 pods with 3 volumes of 10Gi", SENTINEL: "3 sentinels"}),
        ("cluster", {CLUSTER: "6 pods with 6 volumes of 10Gi and 6 volumes of 1Gi for nodes.conf"}),
    ],
)
def test_coming_and_going(instance, namespace, mode, effects) -> None:
    given = {"flavour": MODES[mode], "root": root(mode)}
    for check in (True, False):
        made = instance(check=check, **given)
        kinds = {f"{one['kind']} {one['name']}": one for one in made["objects"]}
        assert {name: one["effects"] for name, one in kinds.items() if one["effects"]} == {
            name: [f"creates {pods}"] for name, pods in effects.items()
        }
        for name, pods in effects.items():
            kind, _blank, short = name.partition(" ")
            assert f"created: {kind} {namespace}/{short}: creates {pods}" in made["summary"]
        assert made["counts"] == {"created": len(kinds), "changed": 0, "deleted": 0, "unchanged": 0}
    for check in (True, False):
        gone = instance(check=check, state="absent")
        assert gone["counts"]["deleted"] == len(gone["objects"]) == len(made["objects"]) - 1
        stopped = {f"{one['kind']} {one['name']}": one["effects"] for one in gone["objects"] if one["effects"]}
        assert stopped == {name: [f"stops {pods.partition(' with')[0]}"] for name, pods in effects.items()}


def test_an_object_that_is_taken_over(instance, cluster, namespace) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps/cache-config"
    instance(flavour={})
    live = cluster.get(path)
    cluster.delete(path)
    meta = {"name": "cache-config", "labels": live["metadata"]["labels"]}
    cluster.apply(path, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": live["data"]})
    for check in (True, False):
        assert told(instance(flavour={}, check=check)) == {
            CONFIG: (["metadata.annotations[eks.redis/objects]"], ["becomes an object of eks.redis"])
        }
    assert told(instance(flavour={})) == {}


def test_a_roll_that_was_interrupted(instance, cluster, namespace) -> None:
    instance(flavour=MODES["sentinel"])
    path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/redisreplications/cache"
    live = cluster.get(path)
    live["metadata"] = {key: live["metadata"][key] for key in ("name", "labels", "annotations")}
    config = live["spec"]["kubernetesConfig"]
    config["updateStrategy"] = {"type": "OnDelete"}
    del config["service"]["additional"]["type"]  # the CRD's default, nothing we send
    cluster.apply(path, live, "eks.redis")
    planned = instance(flavour=MODES["sentinel"], check=True)
    fields = ["spec.kubernetesConfig.updateStrategy.type"]
    assert told(planned) == {REPLICATION: (fields, ["finishes an interrupted roll"])}


def test_the_playbook_ends_with_a_count(deploy, cluster, namespace) -> None:
    given = {"redis_name": "cache", "redis_namespace": namespace, "redis_wait": False}
    play = deploy("plan", cluster=cluster, **given)
    assert play.code == 0, play.output
    assert "plan: 3 to create, 0 to change, 0 to delete, 0 unchanged" in play.output

    assert deploy("deploy", cluster=cluster, **given).code == 0
    play = deploy("plan", cluster=cluster, redis_flavour={"additionalConfig": {"hz": "20"}}, **given)
    assert f"changed: Redis {namespace}/cache ({CHECKSUM}): {ALONE}" in play.output
    assert "plan: 0 to create, 2 to change, 0 to delete, 1 unchanged" in play.output
    assert play.output.index('"persistence"') < play.output.index("changed: Redis")

    play = deploy("plan", cluster=cluster, redis_state="absent", **given)
    assert play.code == 0, play.output
    assert "plan: 0 to create, 0 to change, 2 to delete, 0 unchanged" in play.output
