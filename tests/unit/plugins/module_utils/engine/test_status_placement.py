from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.status_placement import placement

from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, view

LOST = "nobody takes over when it is lost"
VOTES = "without it no majority is left to fail over"


def warned(flavour: dict, places: dict[str, str], nodes=lambda found: None) -> list[str]:
    """places: node by pod, where it is another than in a healthy instance."""
    seen = view(flavour)
    for pod, node in places.items():
        seen.seen.pods[pod]["spec"]["nodeName"] = node
    nodes(seen.nodes)
    return list(placement(seen))


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_spread_as_it_should_be(flavour) -> None:
    assert warned(flavour, {}) == []


def test_all_of_an_instance_on_one_node() -> None:
    assert warned(REPLICATED, {"cache-1": "n0", "cache-2": "n0"}) == [
        f"3 of 3 Redis pods of the instance are on node n0: {LOST}"
    ]


def test_all_of_an_instance_in_one_zone() -> None:
    def more(nodes: dict) -> None:
        for name in ("m0", "k0"):
            nodes[name] = {**nodes["n0"], "metadata": {**nodes["n0"]["metadata"], "name": name}}

    assert warned(REPLICATED, {"cache-1": "m0", "cache-2": "k0"}, more) == [
        f"3 of 3 Redis pods of the instance are in zone z0: {LOST}"
    ]


def test_a_replica_beside_its_master() -> None:
    assert warned(REPLICATED, {"cache-1": "n0"}) == ["Pod cache-1: it is on node n0, beside its master Pod cache-0"]


def test_a_shard_on_one_node() -> None:
    assert warned(CLUSTER, {"cache-follower-0": "n0"}) == [
        f"2 of 2 Redis pods of the shard of Pod cache-leader-0 are on node n0: {LOST}"
    ]


def test_most_masters_of_a_cluster_in_one_place() -> None:
    assert warned(CLUSTER, {"cache-leader-1": "n0"}) == [f"2 of 3 masters are on node n0: {VOTES}"]


def test_most_sentinels_in_one_place() -> None:
    moved = {"cache-sentinel-1": "n0", "cache-sentinel-2": "n0"}
    assert warned(SENTINEL, {"cache-sentinel-0": "n2", **moved}) == [f"2 of 3 sentinels are on node n0: {VOTES}"]


def only(*kept: str):
    def remove(nodes: dict) -> None:
        for name in nodes.keys() - set(kept):
            del nodes[name]

    return remove


def closed(nodes: dict) -> None:
    nodes["n1"]["spec"] = {"unschedulable": True}
    nodes["n2"]["spec"] = {"taints": [{"key": "gpu", "effect": "NoSchedule"}]}


@pytest.mark.parametrize(
    ("flavour", "places", "nodes"),
    [
        # there is no other place
        (REPLICATED, {"cache-1": "n0", "cache-2": "n0"}, only("n0")),
        (REPLICATED, {"cache-1": "n0", "cache-2": "n0"}, closed),
        # three pods on two nodes: two of them share one
        (REPLICATED, {"cache-1": "n0", "cache-2": "n1"}, only("n0", "n1")),
        (CLUSTER, {"cache-leader-1": "n0", "cache-leader-2": "n1", "cache-follower-1": "n1",
                   "cache-follower-2": "n0"}, only("n0", "n1")),
        # who may not list nodes is told nothing
        (REPLICATED, {"cache-1": "n0", "cache-2": "n0"}, only()),
        # a taint that only prefers
        (REPLICATED, {}, lambda nodes: nodes["n1"].update(spec={"taints": [{"effect": "PreferNoSchedule"}]})),
    ],
)  # fmt: skip
def test_nothing_is_warned_of_that_could_not_be_otherwise(flavour, places, nodes) -> None:
    assert warned(flavour, places, nodes) == []


def test_pods_that_run_nowhere_yet() -> None:
    seen = view(REPLICATED)
    for pod in seen.seen.pods.values():
        del pod["spec"]["nodeName"]
    assert list(placement(seen)) == []
