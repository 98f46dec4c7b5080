"""The way of a custom resource: which manifests are applied one after the other."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine.stages import gated, is_gated, sizes, stages, takes_over
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout, layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

MAIN = ("Redis", "RedisReplication", "RedisCluster")


@cache
def made(mode: str, first: int = 0, second: int = 0, hz: str = "10") -> tuple[Layout, dict]:
    """The layout and the custom resource of the Redis pods. first: replicas, or shards; second: replicas a shard."""
    if mode == "cluster":
        config: dict[str, Any] = {"numShards": first, "replicasPerShard": second}
    else:
        config = {"replica": {"count": first}}
    flavour: dict[str, Any] = {"deployment": {"mode": mode, "config": config}, "additionalConfig": {"hz": hz}}
    instance = resolve(flavour, {"clusterModeEnabled": mode == "cluster"}, name="cache", namespace="apps").instance
    assert instance is not None
    return layout(instance), next(one for one in manifests(instance) if one["kind"] in MAIN)


def told(plan: Layout, before: dict | None, after: dict, *, unfinished: bool = False) -> list[str]:
    """The stages in words, each by how it differs from what is asked for."""
    words = []
    for stage in stages(plan, before, after, unfinished=unfinished):
        if stage == after:
            words.append("after")
        elif stage == gated(after):
            words.append("by hand")
        else:
            assert sizes(stage) == sizes(after)
            assert before is not None
            assert resized(stage, before) == before, "nothing but sizes may change with them"
            words.append("sizes")
    return words


def resized(resource: dict, other: dict) -> dict:
    """A custom resource with the sizes of another."""
    result = copy.deepcopy(resource)
    spec = result["spec"]
    for key in ("clusterSize", "redisLeader", "redisFollower"):
        if key == "clusterSize" and key in other["spec"]:
            spec[key] = other["spec"][key]
        elif key in other["spec"]:
            spec[key]["replicas"] = other["spec"][key]["replicas"]
    return result


@pytest.mark.parametrize(
    ("mode", "old", "new", "steps"),
    [
        # nothing runs yet, or nothing restarts: one step
        ("sentinel", None, (2,), ["after"]),
        ("sentinel", (2,), (2,), ["after"]),
        ("sentinel", (1,), (2,), ["after"]),
        ("cluster", (3, 1), (4, 1), ["after"]),
        # restarts, by hand where somebody can take over
        ("sentinel", (2, 0, "10"), (2, 0, "20"), ["by hand", "after"]),
        ("standalone", (1, 0, "10"), (1, 0, "20"), ["by hand", "after"]),
        ("cluster", (3, 1, "10"), (3, 1, "20"), ["by hand", "after"]),
        ("standalone", (0, 0, "10"), (0, 0, "20"), ["after"]),
        ("cluster", (3, 0, "10"), (3, 0, "20"), ["after"]),
        # both: sizes come first and alone
        ("sentinel", (1, 0, "10"), (2, 0, "20"), ["sizes", "by hand", "after"]),
        ("sentinel", (2, 0, "10"), (1, 0, "20"), ["sizes", "by hand", "after"]),
        ("cluster", (3, 1, "10"), (4, 1, "20"), ["sizes", "by hand", "after"]),
        ("cluster", (3, 2, "10"), (3, 1, "20"), ["sizes", "by hand", "after"]),
        ("cluster", (3, 1, "10"), (3, 0, "20"), ["sizes", "after"]),
        ("cluster", (3, 0, "10"), (3, 1, "20"), ["sizes", "by hand", "after"]),
    ],
)
def test_stages(mode, old, new, steps) -> None:
    plan, after = made(mode, *new)
    assert told(plan, made(mode, *old)[1] if old else None, after) == steps


def test_a_roll_that_was_cut_off_goes_on_by_hand() -> None:
    plan, after = made("sentinel", 2)
    assert told(plan, gated(after), after, unfinished=True) == ["by hand", "after"]


def test_what_cannot_take_over_is_not_restarted_by_hand_even_then() -> None:
    plan, after = made("cluster", 3, 0)
    assert told(plan, gated(after), after, unfinished=True) == ["after"]


SHAPE = st.one_of(
    st.tuples(st.just("standalone"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("sentinel"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("cluster"), st.integers(3, 5), st.integers(0, 2)),
)


@given(SHAPE, st.data())
def test_every_way_ends_at_what_was_asked_for(shape, data) -> None:
    mode, *new = shape
    old = data.draw(SHAPE.filter(lambda other: other[0] == mode))[1:]
    before_hz, after_hz = data.draw(st.sampled_from(["10", "20"])), data.draw(st.sampled_from(["10", "20"]))
    unfinished = data.draw(st.booleans())
    plan, after = made(mode, *new, after_hz)
    before = made(mode, *old, before_hz)[1]
    kept = copy.deepcopy([before, after])
    steps = told(plan, before, after, unfinished=unfinished)
    assert [before, after] == kept, "what is compared with later is left as it is"
    assert steps[-1] == "after"
    assert steps.count("after") == 1
    assert "sizes" not in steps[1:]
    assert ("sizes" in steps) == (list(old) != new and before_hz != after_hz)
    assert ("by hand" in steps) == (takes_over(plan) and (before_hz != after_hz or unfinished))


@pytest.mark.parametrize(
    ("mode", "first", "second", "answer"),
    [
        ("standalone", 0, 0, False),
        ("standalone", 1, 0, True),
        ("sentinel", 2, 0, True),
        ("cluster", 3, 0, False),
        ("cluster", 3, 1, True),
    ],
)
def test_takes_over(mode, first, second, answer) -> None:
    assert takes_over(made(mode, first, second)[0]) is answer


@pytest.mark.parametrize(
    ("mode", "first", "second", "found"),
    [
        ("standalone", 0, 0, [None, None, None]),
        ("sentinel", 2, 0, [3, None, None]),
        ("cluster", 3, 2, [3, 3, 6]),
    ],
)
def test_sizes(mode, first, second, found) -> None:
    assert sizes(made(mode, first, second)[1]) == found


def test_a_gate_is_the_update_strategy_and_nothing_else() -> None:
    after = made("sentinel", 2)[1]
    held = gated(after)
    assert is_gated(held) and not is_gated(after)
    held["spec"]["kubernetesConfig"]["updateStrategy"] = after["spec"]["kubernetesConfig"]["updateStrategy"]
    assert held == after
