"""PodDisruptionBudgets: a drain always ends, and never takes what an instance cannot do without."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from ..contract.strategies import accepted
from .made import SHAPES, by_name, instance, shaped, shaped_objects

Documents = tuple[dict[str, Any], dict[str, Any]]


def budgets(objects: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        each["metadata"]["name"]: each["spec"] for each in objects.values() if each["kind"] == "PodDisruptionBudget"
    }


@given(accepted())
def test_a_drain_always_ends(documents: Documents) -> None:
    made = instance(*documents)
    plan, found = layout(made), budgets(by_name(made))
    pods = sum(workload.replicas for workload in plan.redis)
    for name, spec in found.items():
        there = pods if name == "cache-pdb" else plan.sentinels.replicas if plan.sentinels else 0
        assert 1 <= spec["minAvailable"] < there
        assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert pods > 1 or not found


@given(st.integers(3, 500), st.integers(1, 5), st.integers(1, 3000))
def test_no_shard_loses_all_of_its_pods(shards: int, replicas: int, asked: int) -> None:
    pods = shards * (1 + replicas)
    flavour = {
        "deployment": {"mode": "cluster", "config": {"numShards": shards, "replicasPerShard": replicas}},
        "podDisruptionBudget": {"minAvailable": min(asked, pods - 1)},
    }
    spec = budgets(by_name(instance(flavour, {"clusterModeEnabled": True})))["cache-pdb"]
    assert pods - spec["minAvailable"] <= replicas
    assert spec["minAvailable"] >= min(asked, pods - 1)


@pytest.mark.parametrize(
    ("replicas", "quorum", "least"),
    [(3, 2, 2), (3, 3, 2), (5, 2, 3), (5, 3, 3), (5, 4, 4), (5, 5, 4), (7, 4, 4), (7, 7, 6)],
)
def test_a_failover_stays_possible(replicas: int, quorum: int, least: int) -> None:
    flavour = {"deployment": {"config": {"sentinel": {"replicas": replicas, "quorum": quorum}}}}
    assert budgets(shaped_objects("sentinel", flavour))["cache-sentinel-pdb"]["minAvailable"] == least


@pytest.mark.parametrize(
    ("shape", "selectors"),
    [
        ("standalone", {}),
        ("replicated", {"cache-pdb": {"app": "cache", "redis_setup_type": "replication", "role": "replication"}}),
        (
            "sentinel",
            {
                "cache-pdb": {"app": "cache", "redis_setup_type": "replication", "role": "replication"},
                "cache-sentinel-pdb": {"app": "cache-sentinel", "redis_setup_type": "sentinel", "role": "sentinel"},
            },
        ),
        # a cluster's roles swap, so that one budget is over both StatefulSets
        ("cluster", {"cache-pdb": {"cluster": "cache", "redis_setup_type": "cluster"}}),
    ],
)
def test_whom_they_are_for(shape: str, selectors: dict[str, dict[str, str]]) -> None:
    found = budgets(shaped_objects(shape))
    assert {name: spec["selector"]["matchLabels"] for name, spec in found.items()} == selectors


@pytest.mark.parametrize("shape", SHAPES)
def test_switched_off(shape: str) -> None:
    assert budgets(by_name(shaped(shape, {"podDisruptionBudget": {"enabled": False}}))) == {}
