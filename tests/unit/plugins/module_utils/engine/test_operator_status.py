"""When the operator does its work."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.operator_status import await_operator

from .test_leadership import ANOTHER, ELECTS, LEASE, POD
from .test_operators import ROLLED_OUT, deployment

OLD, NEW = (f"quay.io/opstree/redis-operator:v0.{minor}.0" for minor in (23, 26))
OWNER = {"apiVersion": kinds.OPERATOR_API, "kind": "RedisReplication", "name": "orders"}


def statefulset(image: str) -> dict[str, Any]:
    containers = [{"name": "init-config", "image": image}, {"name": "initorders", "image": "redis"}]
    return {
        "metadata": {"namespace": "apps", "name": "orders", "ownerReferences": [OWNER]},
        "spec": {"template": {"spec": {"initContainers": containers}}},
    }


class Cluster:
    """What the operator's new release finds, where all CRDs are Established and its Deployment is available."""

    def __init__(self, *statefulsets: dict[str, Any], annotations: dict[str, str] | None = None, **env: str) -> None:
        operator = deployment(NEW, status=ROLLED_OUT, **{"INIT_CONTAINER_IMAGE": NEW, **env})
        self.lives = {"Deployment": [operator], "StatefulSet": list(statefulsets)}
        self.annotations = annotations

    def served(self, _api: str) -> frozenset[str]:
        return frozenset(kinds.kind(kind).plural for kind in kinds.CUSTOM_RESOURCES)

    def list(self, kind: str, labelSelector: str = "") -> list[dict[str, Any]]:
        assert kind != "StatefulSet" or labelSelector == "app.kubernetes.io/managed-by=eks.redis"
        return self.lives[kind]

    def get(self, _kind: str, name: str, _namespace: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "annotations": self.annotations}}


class Waiting(Cluster):
    """Its pod is ready, and another has the lease."""

    def __init__(self, log: str) -> None:
        super().__init__()
        self.lives |= {"Deployment": [deployment(NEW, args=[ELECTS], status=ROLLED_OUT)]}
        self.said = log

    def list(self, kind: str, namespace: str | None = None, labelSelector: str = "") -> list[dict[str, Any]]:
        return [{"metadata": {"name": POD}}] if kind == "Pod" else super().list(kind, labelSelector)

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any]:
        assert (kind, name, namespace) == ("Lease", LEASE, "ops")
        return {"spec": {"holderIdentity": "redis-operator-old_1"}}

    def log(self, _namespace: str, _pod: str, _container: str, *, lines: int) -> str:
        return self.said


class Closed(Cluster):
    """For somebody who may not look at StatefulSets."""

    def list(self, kind: str, labelSelector: str = "") -> list[dict[str, Any]]:
        if kind == "StatefulSet":
            raise ApiError("list StatefulSet: forbidden", 403, {})
        return super().list(kind, labelSelector)


@pytest.mark.parametrize(
    "cluster",
    [
        Cluster(),
        Cluster(statefulset(NEW)),
        Cluster(statefulset(OLD), annotations={"redisreplication.opstreelabs.in/skip-reconcile": "true"}),
        Cluster(statefulset(OLD), WATCH_NAMESPACE="shop"),
        Cluster(statefulset(OLD), INIT_CONTAINER_IMAGE=""),
        Closed(statefulset(OLD)),
    ],
    ids=["no instance", "its own", "paused", "not watched", "unknown", "not to be seen"],
)
def test_it_has_nothing_to_take_over(cluster) -> None:
    await_operator(cluster, None, timeout=0)


def test_it_has_not_taken_over_yet() -> None:
    with pytest.raises(EngineError) as failed:
        await_operator(Cluster(statefulset(NEW), statefulset(OLD)), None, timeout=0)
    assert str(failed.value) == (
        f"the redis operator is not ready after 0 s: StatefulSet apps/orders is still as {OLD} made it"
    )


@pytest.mark.parametrize(
    ("log", "end"),
    [
        ("", ""),
        ("one\nattempting to acquire leader lease\n", "; its log ends with: attempting to acquire leader lease"),
    ],
)
def test_it_is_ready_and_does_nothing(log: str, end: str) -> None:
    with pytest.raises(EngineError) as failed:
        await_operator(Waiting(log), None, timeout=0)
    assert str(failed.value) == (
        f"the redis operator is not ready after 0 s: operator ops/redis-operator ({NEW}): {ANOTHER}{end}"
    )
