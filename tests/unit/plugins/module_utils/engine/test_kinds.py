from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "path"),
    [
        ("Namespace", None, "apps", "/api/v1/namespaces/apps"),
        ("Secret", "apps", "cache-auth", "/api/v1/namespaces/apps/secrets/cache-auth"),
        ("Pod", "apps", None, "/api/v1/namespaces/apps/pods"),
        ("Pod", None, None, "/api/v1/pods"),
        ("StorageClass", "ignored", "gp3", "/apis/storage.k8s.io/v1/storageclasses/gp3"),
        ("Redis", "a", "b", "/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/a/redis/b"),
        ("ClusterRole", None, "a:b", "/apis/rbac.authorization.k8s.io/v1/clusterroles/a%3Ab"),
    ],
)
def test_path(kind, namespace, name, path) -> None:
    assert kinds.path(kind, namespace, name) == path


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(EngineError, match="^Ingress: eks.redis does not know this kind; known: Certificate"):
        kinds.path("Ingress")


def test_nothing_that_holds_data_is_pruned() -> None:
    assert not {"Namespace", "Secret", "PersistentVolumeClaim", *kinds.CUSTOM_RESOURCES} & set(kinds.PRUNED)


def test_the_custom_resources_are_the_operators_four() -> None:
    assert kinds.CUSTOM_RESOURCES == ("Redis", "RedisReplication", "RedisSentinel", "RedisCluster")


@pytest.mark.parametrize(
    ("manifest", "text"),
    [
        ({"kind": "Secret", "metadata": {"name": "a", "namespace": "b"}}, "Secret b/a"),
        ({"kind": "Namespace", "metadata": {"name": "a"}}, "Namespace a"),
        ({"kind": "ClusterRole", "metadata": {"name": "a", "namespace": "b"}}, "ClusterRole a"),
    ],
)
def test_reference(manifest, text) -> None:
    assert kinds.reference_of(manifest) == text
