"""What a run does before its first write."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import transition as scenes
from ansible_collections.eks.redis.plugins.module_utils.engine.apply import CHANGED, UNCHANGED, Change
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.stages import gated
from ansible_collections.eks.redis.plugins.module_utils.engine.transition import Transition
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from ..topology.made import SHAPES, instance, merged, objects
from .test_scaling import of_size

SENTINEL, ROOT = SHAPES["sentinel"]


def resource(**flavour: Any) -> dict[str, Any]:
    return objects(merged(SENTINEL, flavour), ROOT)["RedisReplication cache"]


def transition(*, timeout: float | None = 60) -> Transition:
    seen = Snapshot(None, "apps", "cache")
    seen.__dict__.update(statefulsets={}, claims={})
    return Transition(None, layout(instance(SENTINEL, ROOT)), seen, force=False, timeout=timeout)


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    return [Change(CHANGED, deepcopy(before), deepcopy(after))]


def test_what_stays_has_one_stage() -> None:
    same = resource()
    assert transition().prepare([Change(UNCHANGED, same, same)]) == {}


def test_a_cut_off_change_to_fewer_shards_is_brought_to_its_end(monkeypatch) -> None:
    """The custom resource says what it shall, and the StatefulSet still has its pods."""
    monkeypatch.setattr(scenes, "vacate", lambda _api, wanted, name, _deadline: [f"{name}: {len(wanted.pods)} pods"])
    flavour, root = SHAPES["cluster"]
    plan = layout(instance(flavour, root))
    same = objects(flavour, root)["RedisCluster cache"]
    for surplus, done in ((0, []), (1, [f"cache: {len(plan.pods)} pods"])):
        there = tuple(replace(one, replicas=one.replicas + surplus) for one in plan.workloads)
        one = Transition(None, plan, of_size(replace(plan, workloads=there)), force=False, timeout=60)
        assert one.prepare([Change(UNCHANGED, same, same)]) == {}
        assert one.done == done


def test_a_change_of_the_pods_begins_with_the_strategy_on_delete() -> None:
    after = resource(additionalConfig={"hz": 20})
    assert transition().prepare(changed(resource(), after)) == {"RedisReplication apps/cache": gated(after)}


def test_a_cut_off_roll_begins_so_again() -> None:
    assert transition().prepare(changed(gated(resource()), resource())) == {
        "RedisReplication apps/cache": gated(resource())
    }


def test_a_cut_off_roll_is_not_scaled() -> None:
    text = (
        "^RedisReplication apps/cache: a rolling restart was cut off, and pods of two revisions cannot be scaled; "
        "run once with the numbers of pods as they were, then change them$"
    )
    with pytest.raises(EngineError, match=text):
        transition().prepare(changed(gated(resource()), resource(deployment={"config": {"replicaCount": 3}})))


@pytest.mark.parametrize(
    "after", [resource(additionalConfig={"hz": 20}), resource(deployment={"config": {"replicaCount": 1}})]
)
def test_who_does_not_wait_is_warned(after: dict[str, Any]) -> None:
    one = transition(timeout=None)
    assert one.prepare(changed(resource(), after)) == {}
    assert one.warnings == [
        "RedisReplication apps/cache: without waiting, pods restart or go without a planned failover"
    ]
    one.go([])
    assert one.done == []
