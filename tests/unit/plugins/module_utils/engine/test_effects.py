"""What a change means for pods and volumes, on the objects that the flavours of each mode render."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.effects import effects, rolled_sections, rolls

from ..topology.made import PASSWORD, merged, nested, objects

STANDALONE: dict[str, Any] = {}
PAIR = nested("deployment.config.replica.count", 1)
SENTINEL = nested("deployment.mode", "sentinel")
CLUSTER = nested("deployment.mode", "cluster")
LONE_SHARDS = merged(CLUSTER, nested("deployment.config.replicasPerShard", 0))

REDIS, REPLICATION = "Redis cache", "RedisReplication cache"
SENTINELS, SHARDS = "RedisSentinel cache", "RedisCluster cache"

AWAY = "restarts its only pod: Redis is away until it has loaded its data"
WATCHERS = "rolls 3 sentinels one by one"
CAREFULLY = "one by one: replicas first, the master last, after a planned failover"
EACH = "one by one, each as a replica after a planned failover"
BARELY = "one by one: each shard is away while its pod restarts"
ONLY_GROW = "volumes that are there stay as they are: they can only grow"
ROLLS_SIX = f"rolls 6 pods {EACH}"
ROLLS_THREE = f"rolls 3 pods {CAREFULLY}"


def rendered(flavour: dict[str, Any], root: dict[str, Any] | None = None) -> dict[str, Any]:
    clustered = flavour.get("deployment", {}).get("mode") == "cluster"
    return objects(flavour, {**(root or {}), "clusterModeEnabled": clustered})


def told(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """The effects of each object that stays and has any."""
    found = {name: effects(before[name], after[name]) for name in before if name in after}
    return {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize(
    ("flavour", "path", "value", "expected"),
    [
        (STANDALONE, "image", "redis:7.2.4", {REDIS: [AWAY]}),
        (STANDALONE, "additionalConfig", {"hz": "20"}, {REDIS: [AWAY]}),
        (STANDALONE, "nodeSelector", {"disk": "fast"}, {REDIS: [AWAY]}),
        (STANDALONE, "metrics.enabled", True, {REDIS: [AWAY]}),
        (STANDALONE, "master.resources.limits.memory", "4Gi", {REDIS: [AWAY]}),
        (STANDALONE, "persistence.rdb.saveInterval", "60 1", {REDIS: [AWAY]}),
        (PAIR, "priorityClassName", "high", {REPLICATION: [f"rolls 2 pods {CAREFULLY}"]}),
        (SENTINEL, "image", "redis:7.2.4", {REPLICATION: [ROLLS_THREE]}),
        (SENTINEL, "sentinelImage", "redis:7.2.4", {SENTINELS: [WATCHERS]}),
        (SENTINEL, "additionalConfig", {"hz": "20"}, {REPLICATION: [ROLLS_THREE]}),
        (SENTINEL, "antiAffinity", "required", {REPLICATION: [ROLLS_THREE], SENTINELS: [WATCHERS]}),
        (SENTINEL, "deployment.config.sentinel.downAfterMilliseconds", 9000, {SENTINELS: [WATCHERS]}),
        (CLUSTER, "image", "redis:7.2.4", {SHARDS: [ROLLS_SIX]}),
        (CLUSTER, "additionalConfig", {"hz": "20"}, {SHARDS: [ROLLS_SIX]}),
        (CLUSTER, "antiAffinity", "required", {SHARDS: [ROLLS_SIX]}),
        (LONE_SHARDS, "image", "redis:7.2.4", {SHARDS: [f"rolls 3 pods {BARELY}"]}),
    ],
)
def test_what_pods_see_restarts_them(flavour, path, value, expected) -> None:
    before, after = rendered(flavour), rendered(merged(flavour, nested(path, value)))
    assert told(before, after) == expected
    assert [name for name in before if name in after and rolls(before[name], after[name])] == list(expected)


@pytest.mark.parametrize("flavour", [STANDALONE, PAIR, SENTINEL, CLUSTER, LONE_SHARDS])
def test_a_password_restarts_whoever_uses_it(flavour) -> None:
    after = rendered(flavour, merged(PASSWORD, nested("authentication.authToken", "another-horse-battery")))
    customs = [name for name in after if name.startswith("Redis")]
    assert list(told(rendered(flavour), after)) == customs
    assert list(told(rendered(flavour, PASSWORD), after)) == customs


@pytest.mark.parametrize(
    ("flavour", "path", "value"),
    [
        (STANDALONE, "service.type", "NodePort"),
        (SENTINEL, "podDisruptionBudget.minAvailable", 2),
        (SENTINEL, "networkPolicy.enabled", True),
        (CLUSTER, "podDisruptionBudget.enabled", False),
    ],
)
def test_what_no_pod_sees_restarts_nothing(flavour, path, value) -> None:
    before, after = rendered(flavour), rendered(merged(flavour, nested(path, value)))
    assert before != after
    assert told(before, after) == {}


@pytest.mark.parametrize("name", ["ConfigMap cache-config", "Secret cache-auth"])
def test_a_file_alone_restarts_nothing(name) -> None:
    before = rendered(STANDALONE, PASSWORD)
    after = rendered(
        {"additionalConfig": {"hz": "20"}}, nested("authentication", {"enabled": True, "authToken": "b" * 20})
    )
    assert before[name] != after[name]
    assert effects(before[name], after[name]) == []
    assert not rolls(before[name], after[name])


@pytest.mark.parametrize(
    ("flavour", "path", "value", "expected"),
    [
        (SENTINEL, "deployment.config.replica.count", 4, {REPLICATION: ["scales from 3 to 5 pods"]}),
        (SENTINEL, "deployment.config.replica.count", 1, {REPLICATION: ["scales from 3 to 2 pods"]}),
        (
            SENTINEL,
            "deployment.config.sentinel",
            {"replicas": 5, "quorum": 2},
            {SENTINELS: ["scales from 3 to 5 sentinels"]},
        ),
        (CLUSTER, "deployment.config.replicasPerShard", 2, {SHARDS: ["scales from 3 to 6 follower pods"]}),
        (CLUSTER, "deployment.config.replicasPerShard", 0, {SHARDS: ["scales from 3 to 0 follower pods"]}),
        (
            CLUSTER,
            "deployment.config.numShards",
            4,
            {
                SHARDS: [
                    "scales from 3 to 4 leader pods",
                    "scales from 3 to 4 follower pods",
                    "moves slots: 4 shards instead of 3",
                ]
            },
        ),
    ],
)
def test_scaling_restarts_nothing(flavour, path, value, expected) -> None:
    before, after = rendered(flavour), rendered(merged(flavour, nested(path, value)))
    assert told(before, after) == expected
    assert not any(rolls(before[name], after[name]) for name in expected)


@pytest.mark.parametrize(
    ("flavour", "name", "volumes"),
    [(STANDALONE, REDIS, "1 volume"), (SENTINEL, REPLICATION, "3 volumes"), (CLUSTER, SHARDS, "6 volumes")],
)
def test_volumes_grow_without_a_restart(flavour, name, volumes) -> None:
    small, large = (rendered(merged(flavour, nested("persistence.size", size))) for size in ("10Gi", "20Gi"))
    assert told(small, large) == {name: [f"grows {volumes} from 10Gi to 20Gi"]}
    assert told(large, small) == {name: [ONLY_GROW]}
    assert not rolls(small[name], large[name])


def test_only_the_size_of_a_volume_can_change() -> None:
    before = rendered(STANDALONE)
    after = rendered({"persistence": {"storageClass": "io2", "size": "20Gi"}})
    assert told(before, after) == {REDIS: ["grows 1 volume from 10Gi to 20Gi", ONLY_GROW]}


def test_the_size_changes_before_pods_restart() -> None:
    more = merged(SENTINEL, {"image": "redis:7.2.4"}, nested("deployment.config.replica.count", 4))
    assert told(rendered(SENTINEL), rendered(more)) == {
        REPLICATION: ["scales from 3 to 5 pods", f"rolls 5 pods {CAREFULLY}"]
    }
    assert told(rendered(more), rendered(SENTINEL)) == {REPLICATION: ["scales from 5 to 3 pods", ROLLS_THREE]}


def test_sentinels_change_their_size_and_restart_at_once() -> None:
    more = merged(SENTINEL, nested("deployment.config.sentinel.replicas", 5))
    assert told(rendered(SENTINEL), rendered(more)) == {SENTINELS: ["scales from 3 to 5 sentinels", WATCHERS]}


def test_pods_that_only_come_are_not_rolled() -> None:
    before, after = rendered(LONE_SHARDS)[SHARDS], rendered(CLUSTER)[SHARDS]
    assert effects(before, after) == ["scales from 0 to 3 follower pods"]
    slower = edited(after, "spec.redisFollower.terminationGracePeriodSeconds", 7)
    assert effects(before, slower) == ["scales from 0 to 3 follower pods"]
    newer = edited(after, "spec.kubernetesConfig.image", "redis:7.2.4")
    assert effects(before, newer) == ["scales from 0 to 3 follower pods", ROLLS_SIX]


def test_the_resources_of_one_role_restart_only_its_pods() -> None:
    # small enough to leave alone the container that both roles run first, which has the larger of both
    masters = merged(CLUSTER, nested("master.resources.limits.memory", "8Gi"))
    replicas = merged(masters, nested("deployment.config.replica.resources.limits.memory", "4Gi"))
    before, after = rendered(masters)[SHARDS], rendered(replicas)[SHARDS]
    assert effects(before, after) == [f"rolls 3 follower pods {EACH}"]
    assert rolled_sections(before, after) == ("redisFollower",)


def test_a_role_without_pods_is_not_rolled() -> None:
    before = rendered(LONE_SHARDS)[SHARDS]
    after = edited(before, "spec.redisFollower.terminationGracePeriodSeconds", 7)
    assert effects(before, after) == []
    assert not rolls(before, after)


@pytest.mark.parametrize("role", ["redisLeader", "redisFollower"])
def test_the_resources_of_a_cluster_count_where_a_role_has_none(role) -> None:
    before = rendered(CLUSTER)[SHARDS]
    larger = edited(before, "spec.kubernetesConfig.resources.limits.memory", "8Gi")
    assert rolled_sections(before, larger) == ()
    for one in (before, larger):
        del one["spec"][role]["resources"]
    assert rolled_sections(before, larger) == (role,)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.annotations.eks|redis/touch", "1"),
        ("metadata.annotations.kubectl|kubernetes|io/last-applied-configuration", "{}"),
        ("metadata.finalizers", ["redisFinalizer"]),
        ("spec.kubernetesConfig.minReadySeconds", 5),
        ("spec.kubernetesConfig.service.serviceType", "NodePort"),
        ("spec.storage.keepAfterDelete", False),
        ("spec.redisConfig.dynamicConfig", ["hz 20"]),
    ],
)
def test_what_the_operator_reads_itself_restarts_nothing(path, value) -> None:
    before = rendered(STANDALONE)[REDIS]
    assert effects(before, edited(before, path, value)) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.annotations.team", "a"),
        ("metadata.labels.team", "a"),
        ("spec.storage.volumeMount.volume", [{"name": "tmp", "emptyDir": {}}]),
        # one that this code has never heard of
        ("spec.hostPort", 6379),
    ],
)
def test_all_the_rest_does(path, value) -> None:
    before = rendered(STANDALONE)[REDIS]
    assert effects(before, edited(before, path, value)) == [AWAY]


def test_an_interrupted_roll_is_finished() -> None:
    after = rendered(SENTINEL)[REPLICATION]
    held = edited(after, "spec.kubernetesConfig.updateStrategy.type", "OnDelete")
    assert effects(held, after) == ["finishes an interrupted roll"]
    assert not rolls(held, after)
    older = edited(held, "spec.kubernetesConfig.image", "redis:6.2.0")
    assert effects(older, after) == [ROLLS_THREE, "finishes an interrupted roll"]


@pytest.mark.parametrize(
    ("flavour", "expected"),
    [
        (STANDALONE, {REDIS: "1 pod with 1 volume of 10Gi"}),
        (nested("persistence.enabled", False), {REDIS: "1 pod"}),
        (SENTINEL, {REPLICATION: "3 pods with 3 volumes of 10Gi", SENTINELS: "3 sentinels"}),
        (CLUSTER, {SHARDS: "6 pods with 6 volumes of 10Gi and 6 volumes of 1Gi for nodes.conf"}),
        (LONE_SHARDS, {SHARDS: "3 pods with 3 volumes of 10Gi and 3 volumes of 1Gi for nodes.conf"}),
    ],
)
def test_coming_and_going(flavour, expected) -> None:
    new = rendered(flavour, PASSWORD)
    assert {name: lines for name in new if (lines := effects(None, new[name]))} == {
        name: [f"creates {pods}"] for name, pods in expected.items()
    }
    gone = {name: effects(new[name], None) for name in expected}
    assert gone == {name: [f"stops {pods.partition(' with')[0]}"] for name, pods in expected.items()}
    assert not any(rolls(None, new[name]) or rolls(new[name], None) for name in new)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("PersistentVolumeClaim", ["its data is lost"]), ("Secret", ["what it holds is lost"]), ("ConfigMap", [])],
)
def test_what_goes_with_an_object(kind, expected) -> None:
    assert effects({"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}}, None) == expected


@pytest.mark.parametrize("flavour", [STANDALONE, SENTINEL, CLUSTER])
def test_the_same_again_means_nothing(flavour) -> None:
    assert told(rendered(flavour), rendered(flavour)) == {}


def edited(manifest: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a dotted path; ``|`` stands for a dot of a key."""
    found = copy.deepcopy(manifest)
    *above, last = (part.replace("|", ".") for part in path.split("."))
    at = found
    for key in above:
        at = at.setdefault(key, {})
    at[last] = value
    return found
