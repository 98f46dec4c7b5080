"""Rolling by hand: which pod goes next, and that every way of things ends well."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.engine.proof import unproven
from ansible_collections.eks.redis.plugins.module_utils.engine.roll import FailOver, Restart, Step, Wait, next_step
from ansible_collections.eks.redis.plugins.module_utils.engine.state import State
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

from .model import AWAY, BROKEN, CLUSTER, COPYING, ENDING, PLANS, REPLICATED, SENTINEL, STARTING, Model, model_of, plan


def redis_only(which: Layout) -> Layout:
    """The sentinels are no part of a model."""
    return replace(which, workloads=which.redis)


def asked(model: Model) -> Step | None:
    return next_step(model.plan, model.workload, model.statefulset, model.live(), model.state())


def restarted(step: Step | None) -> str:
    assert isinstance(step, Restart), step
    return step.pod


def handed_over(step: Step | None) -> tuple[str, str]:
    assert isinstance(step, FailOver), step
    return step.old.pod, step.new.pod


def test_replicas_go_first_and_the_last_of_them_before_all() -> None:
    assert restarted(asked(model_of(SENTINEL))) == "cache-2"
    assert restarted(asked(model_of(SENTINEL, "cache-2"))) == "cache-1"


def test_pods_that_are_there_already_are_left_alone() -> None:
    model = model_of(SENTINEL)
    model.change("cache-2", new=True)
    assert restarted(asked(model)) == "cache-1"


@pytest.mark.parametrize("which", [REPLICATED, SENTINEL])
def test_then_the_master_hands_over_and_goes(which) -> None:
    model = model_of(which)
    for pod in ("cache-1", "cache-2"):
        model.change(pod, new=True)
    step = asked(model)
    assert handed_over(step) == ("cache-0", "cache-1")
    model.do(step, Random(0))
    assert restarted(asked(model)) == "cache-0"


def test_a_leader_hands_over_to_its_own_follower() -> None:
    assert handed_over(asked(model_of(CLUSTER))) == ("cache-leader-2", "cache-follower-2")


def test_leaders_become_masters_again() -> None:
    model = model_of(CLUSTER, "cache-leader-0", "cache-follower-1", "cache-leader-2")
    for pod in model.workload.pods:
        model.change(pod, new=True)
    assert handed_over(asked(model)) == ("cache-follower-1", "cache-leader-1")


def test_a_leader_that_follows_another_one_stays_so() -> None:
    """They would swap for ever."""
    model = model_of(plan("cluster", numShards=3, replicasPerShard=2))
    for pod in model.workload.pods:
        model.change(pod, new=True)
    model.change("cache-follower-1", master="")
    model.change("cache-follower-4", master="cache-follower-1")
    model.change("cache-leader-1", master="cache-leader-0")
    model.change("cache-follower-0", master="cache-follower-1")
    assert unproven(model.plan, model.state()) is None
    assert asked(model) is None


def test_nothing_is_left_to_do() -> None:
    for which in (SENTINEL, CLUSTER):
        model = model_of(which)
        for pod in model.workload.pods:
            model.change(pod, new=True)
        assert asked(model) is None


@pytest.mark.parametrize(
    ("pod", "changes", "reason"),
    [
        ("cache-1", {"phase": ENDING}, "Pod cache-1 is ending"),
        ("cache-1", {"phase": AWAY, "new": True}, "Pod cache-1 is not ready"),
        ("cache-0", {"phase": STARTING, "new": True}, "Pod cache-0 is not ready"),
        ("cache-2", {"phase": COPYING, "new": True}, "Pod cache-2: its link to the master is down"),
    ],
)
def test_a_pod_that_is_away_is_waited_for(pod, changes, reason) -> None:
    model = model_of(SENTINEL)
    model.change(pod, **changes)
    assert asked(model) == Wait(reason)


def test_a_pod_beyond_the_size_is_waited_for() -> None:
    """It is none of the pods that are asked."""
    model = model_of(SENTINEL)
    smaller = plan("sentinel", replica={"count": 1})
    state = State({name: one for name, one in model.state().members.items() if name != "cache-2"})
    step = next_step(smaller, smaller.redis[0], model.statefulset, model.live(), state)
    assert step == Wait("Pod cache-2 is ending")


def test_a_doubt_about_a_follower_stops_the_leaders() -> None:
    model = model_of(CLUSTER)
    model.change("cache-follower-0", phase=COPYING)
    assert asked(model) == Wait("Pod cache-follower-0: its link to its master is down")


def test_a_doubt_of_sentinels_stops_nobody() -> None:
    """They are told of every new address by the operator, which waits for the roll to end."""
    model = model_of(SENTINEL)
    assert model.state().watchers == {}
    assert restarted(asked(model)) == "cache-2"


def test_a_pod_that_never_gets_ready_is_replaced() -> None:
    model = model_of(SENTINEL)
    model.change("cache-1", phase=BROKEN)
    assert restarted(asked(model)) == "cache-1"


def test_a_master_that_is_not_ready_hands_over_when_it_can() -> None:
    model = model_of(SENTINEL)
    model.change("cache-0", unseen=True)
    assert handed_over(asked(model)) == ("cache-0", "cache-1")


def test_it_is_not_restarted_while_others_copy_its_data() -> None:
    model = model_of(SENTINEL)
    model.change("cache-0", unseen=True)
    model.change("cache-1", phase=COPYING, new=True)
    model.change("cache-2", phase=BROKEN)
    assert asked(model) == Wait("Pod cache-1 still copies the data of its master")


def test_a_master_that_is_not_ready_goes_when_nobody_has_its_data() -> None:
    model = model_of(SENTINEL)
    model.change("cache-0", unseen=True)
    for pod in ("cache-1", "cache-2"):
        model.change(pod, phase=COPYING)
    assert restarted(asked(model)) == "cache-0"


def driven(model: Model, random: Random) -> list[Restart | FailOver]:
    """All steps until there is none, each when time enough has passed."""
    for _turn in range(500):
        step = asked(model)
        if step is None:
            return model.log
        if isinstance(step, Wait):
            assert step.reason
            assert model.pass_time(random), f"stuck: {step.reason}"
            continue
        if isinstance(step, Restart):
            pod = model.pods[step.pod]
            known = model.state().members
            assert not (pod.master == "" and step.pod in known and model.replicas(step.pod)), "a master with replicas"
            away = model.away()
            assert not away, f"{step.pod} must not go while {away} are away"
        model.do(step, random)
    raise AssertionError(f"there is no end: {model.log[-6:]}")


def restarts(steps: list[Restart | FailOver]) -> list[str]:
    return [step.pod for step in steps if isinstance(step, Restart)]


def masters(model: Model, data: st.DataObject) -> None:
    """Any pod of each shard may be its master at the beginning."""
    names = list(model.pods)
    shards = model.workload.replicas if model.plan.mode == "cluster" else 1
    for shard in range(shards):
        members = names[shard::shards]
        master = data.draw(st.sampled_from(members))
        for name in members:
            model.change(name, master="" if name == master else master)


@settings(max_examples=60)
@given(st.sampled_from(sorted(PLANS)), st.data())
def test_every_roll_ends_and_nobody_notices(name, data) -> None:
    model = model_of(PLANS[name])
    masters(model, data)
    old = data.draw(st.sets(st.sampled_from(model.workload.pods)))
    for pod in model.workload.pods:
        model.change(pod, new=pod not in old)
    steps = driven(model, data.draw(st.randoms(use_true_random=False)))
    assert sorted(restarts(steps)) == sorted(old), "each old pod once, nobody else"
    failovers = len(steps) - len(old)
    if model.plan.mode == "cluster":
        assert failovers <= 2 * model.workload.replicas
        assert all(model.pods[pod].master == "" for pod in model.workload.pods)
    else:
        assert failovers <= 1
    assert unproven(redis_only(model.plan), model.state()) is None


@settings(max_examples=60)
@given(st.sampled_from(["replicated", "sentinel", "five"]), st.data())
def test_a_roll_mends_pods_that_never_got_ready(name, data) -> None:
    """Whether their Redis is down or only something beside it: one goes at a time, and each once."""
    model = model_of(PLANS[name])
    masters(model, data)
    for pod in model.workload.pods:
        match data.draw(st.sampled_from(["well", "unseen", "broken"])):
            case "unseen":
                model.change(pod, unseen=True)
            case "broken":
                model.change(pod, phase=BROKEN)
    steps = driven(model, data.draw(st.randoms(use_true_random=False)))
    assert sorted(restarts(steps)) == sorted(model.workload.pods)
    assert unproven(redis_only(model.plan), model.state()) is None
