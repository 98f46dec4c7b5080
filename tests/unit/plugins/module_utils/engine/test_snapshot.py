"""One moment of one instance: read when it is asked for, once."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot, selector

from .views import CLUSTER, SENTINEL, view

OURS = "app.kubernetes.io/instance=cache,app.kubernetes.io/managed-by=eks.redis"


class Api:
    """Lists what it is given by kind, in no order."""

    def __init__(self, **lives: list[str]) -> None:
        self.lives, self.asked = lives, []

    def list(self, kind: str, namespace: str, **selectors: str) -> list[dict[str, Any]]:
        self.asked.append((kind, namespace, selectors))
        return [{"metadata": {"name": name}} for name in self.lives[kind]]


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [("statefulsets", "StatefulSet"), ("pods", "Pod"), ("claims", "PersistentVolumeClaim")],
)
def test_a_collection_is_read_once_by_our_labels(attribute, kind) -> None:
    api = Api(**{kind: ["b", "a"]})
    seen = Snapshot(api, "apps", "cache")  # type: ignore[arg-type]
    assert api.asked == []
    assert list(getattr(seen, attribute)) == ["a", "b"]
    assert getattr(seen, attribute)["b"] == {"metadata": {"name": "b"}}
    assert api.asked == [(kind, "apps", {"labelSelector": OURS})]
    assert selector("cache") == OURS


def test_a_later_moment_is_read_anew() -> None:
    api = Api(Pod=["a"])
    seen = Snapshot(api, "apps", "cache")  # type: ignore[arg-type]
    assert list(seen.pods) == ["a"]
    api.lives["Pod"] = ["b"]
    assert list(seen.pods) == ["a"]
    assert list(seen.later().pods) == ["b"]


def test_pods_of_a_workload() -> None:
    found = view(SENTINEL)
    names = {
        one.statefulset: [pod["metadata"]["name"] for pod in found.seen.pods_of(one)] for one in found.plan.workloads
    }
    assert names == {
        "cache": ["cache-0", "cache-1", "cache-2"],
        "cache-sentinel": ["cache-sentinel-0", "cache-sentinel-1", "cache-sentinel-2"],
    }


def test_redis_pods_that_can_be_asked() -> None:
    found = view(CLUSTER)
    found.seen.pods["cache-leader-0"]["status"]["conditions"] = []
    found.seen.pods["cache-leader-1"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    del found.seen.pods["cache-follower-2"]
    assert found.seen.ready_pods(found.plan) == ["cache-leader-2", "cache-follower-0", "cache-follower-1"]


def test_sentinels_are_not_asked_for_redis() -> None:
    found = view(SENTINEL)
    assert found.seen.ready_pods(found.plan) == ["cache-0", "cache-1", "cache-2"]


def test_the_layout_with_the_pods_that_are_to_go() -> None:
    found = view(CLUSTER)
    assert found.seen.as_it_is(found.plan) == found.plan
    found.seen.statefulsets["cache-leader"]["spec"]["replicas"] = 4
    found.seen.statefulsets["cache-follower"]["spec"]["replicas"] = 2
    assert found.seen.as_it_is(found.plan).redis_pods == (
        *(f"cache-leader-{number}" for number in range(4)),
        *(f"cache-follower-{number}" for number in range(3)),
    )
    found.seen.statefulsets.clear()
    assert found.seen.as_it_is(found.plan) == found.plan
