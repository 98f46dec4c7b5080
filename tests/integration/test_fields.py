"""Only our own fields count: what others add is no change, what we no longer send is one."""

from __future__ import annotations

import pytest
import runs
from unit.plugins.module_utils.topology.made import SHAPES, merged

REDIS = "/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{}/redis/cache"
CONFIG = "/api/v1/namespaces/{}/configmaps/cache-config"


def test_what_the_operator_adds_is_no_change(instance, cluster, namespace) -> None:
    instance(flavour={})
    # as operator v0.23.0 does: a finalizer, zero values, defaults
    edit = {
        "metadata": {"finalizers": ["redisFinalizer"], "annotations": {"made-by": "somebody"}},
        "spec": {
            "kubernetesConfig": {"service": {"additional": {"type": "ClusterIP"}}},
            "storage": {"volumeMount": {}, "volumeClaimTemplate": {"metadata": {}, "status": {}}},
        },
    }
    cluster.merge(REDIS.format(namespace), edit)
    since = cluster.position()
    assert not instance(flavour={}, check=True)["changed"]
    assert not instance(flavour={})["changed"]
    assert cluster.writes(since, namespace=namespace) == []


RESOURCES = {
    "replicated": ("redisreplications",),
    "sentinel": ("redisreplications", "redissentinels"),
    "cluster": ("redisclusters",),
}


@pytest.mark.parametrize("shape", RESOURCES)
def test_what_the_operator_adds_is_no_change_in_any_mode(instance, cluster, namespace, shape) -> None:
    flavour, root = SHAPES[shape]
    instance(flavour=flavour, root=root)
    for plural in RESOURCES[shape]:
        path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/{plural}/cache"
        edit = {
            "metadata": {"finalizers": ["eks.redis/test"], "annotations": {"made-by": "somebody"}},
            "spec": {"kubernetesConfig": {"minReadySeconds": 0, "service": {"additional": {"type": "ClusterIP"}}}},
        }
        cluster.merge(path, edit)
    since = cluster.position()
    assert not instance(flavour=flavour, root=root, check=True)["changed"]
    assert not instance(flavour=flavour, root=root)["changed"]
    assert cluster.writes(since, namespace=namespace) == []
    for plural in RESOURCES[shape]:
        path = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{namespace}/{plural}/cache"
        cluster.merge(path, {"metadata": {"finalizers": None}})


@pytest.mark.parametrize(
    ("shape", "more", "changed"),
    [
        ("sentinel", {"sentinel": {"quorum": 3}}, {"RedisSentinel/cache"}),
        ("sentinel", {"sentinel": {"replicas": 5}}, {"RedisSentinel/cache", "PodDisruptionBudget/cache-sentinel-pdb"}),
        ("sentinel", {"nodeSelector": {"disk": "fast"}}, {"RedisReplication/cache", "RedisSentinel/cache"}),
        ("sentinel", {"podDisruptionBudget": {"minAvailable": 2}}, {"PodDisruptionBudget/cache-pdb"}),
        ("cluster", {"replica": {"resources": {"limits": {"cpu": "2"}}}}, {"RedisCluster/cache"}),
        ("cluster", {"nodeSelector": {"disk": "fast"}}, {"RedisCluster/cache"}),
    ],
)
def test_a_field_changes_the_objects_that_it_is_in(instance, namespace, shape, more, changed) -> None:
    flavour, root = SHAPES[shape]
    instance(flavour=flavour, root=root)
    wanted = merged(flavour, more)
    predicted = runs.changes(instance(flavour=wanted, root=root, check=True))
    assert predicted == dict.fromkeys(changed, "changed")
    assert runs.changes(instance(flavour=wanted, root=root)) == predicted


def test_the_operator_may_write_our_quantities_in_its_own_spelling(instance, cluster, namespace) -> None:
    flavour = {"master": {"resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"cpu": "1.5"}}}}
    instance(flavour=flavour)
    # Go writes 1000m as 1, 1024Mi as 1Gi, 1.5 as 1500m, and owns what it changed
    resources = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1500m"}}
    cluster.merge(REDIS.format(namespace), {"spec": {"kubernetesConfig": {"resources": resources}}})
    assert not instance(flavour=flavour)["changed"]
    flavour["imagePullPolicy"] = "Always"
    assert runs.changes(instance(flavour=flavour)) == {"Redis/cache": "changed"}


def test_a_field_that_is_no_longer_sent_is_removed(instance, cluster, namespace) -> None:
    instance(flavour={"nodeSelector": {"disk": "fast"}})
    assert cluster.get(REDIS.format(namespace))["spec"]["nodeSelector"] == {"disk": "fast"}
    assert runs.changes(instance(flavour={}, check=True)) == {"Redis/cache": "changed"}
    assert runs.changes(instance(flavour={})) == {"Redis/cache": "changed"}
    assert "nodeSelector" not in cluster.get(REDIS.format(namespace))["spec"]


def test_the_diff_shows_our_fields_before_and_after(instance, cluster, namespace) -> None:
    instance(flavour={"nodeSelector": {"disk": "fast"}})
    cluster.merge(REDIS.format(namespace), {"metadata": {"annotations": {"made-by": "somebody"}}})
    (shown,) = instance(flavour={}, check=True, diff=True)["diff"]
    assert shown["before_header"] == shown["after_header"] == f"Redis {namespace}/cache"
    before, after = shown["before"].splitlines(), shown["after"].splitlines()
    assert [line for line in before if line not in after] == ["  nodeSelector:", "    disk: fast"]
    assert [line for line in after if line not in before] == []
    assert "made-by" not in shown["before"]


def test_a_conflict_names_the_other_manager_and_the_field(instance, cluster, namespace) -> None:
    instance(flavour={})
    theirs = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cache-config"},
        "data": {"redis-additional.conf": "maxmemory 1gb\n"},
    }
    cluster.apply(CONFIG.format(namespace), theirs, manager="kubectl")
    since = cluster.position()
    for check in (True, False):
        failed = instance(flavour={}, check=check)
        assert failed["msg"] == (
            f"ConfigMap {namespace}/cache-config: conflict with kubectl on .data.redis-additional.conf; remove the "
            "field there, or take it over with force: true (playbooks: redis_force)"
        )
    assert cluster.writes(since, namespace=namespace) == []
    assert runs.changes(instance(flavour={}, force=True)) == {"ConfigMap/cache-config": "changed"}
    assert not instance(flavour={})["changed"]


def test_an_object_of_another_maker_with_our_values_is_adopted_once(instance, cluster, namespace) -> None:
    instance(flavour={})
    live = cluster.get(CONFIG.format(namespace))
    cluster.delete(CONFIG.format(namespace))
    plain = {"name": "cache-config", "labels": live["metadata"]["labels"]}
    copy = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": plain, "data": live["data"]}
    cluster.apply(CONFIG.format(namespace), copy, manager="kubectl")
    assert runs.changes(instance(flavour={})) == {"ConfigMap/cache-config": "changed"}
    assert not instance(flavour={})["changed"]
