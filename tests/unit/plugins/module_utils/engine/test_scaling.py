"""Before pods go, the masters among them hand over to pods that stay."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import scaling, wait
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.scaling import shrinks, unfinished, vacate
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

from .model import CLUSTER, COPYING, PLANS, REPLICATED, SENTINEL, Model, model_of, plan
from .test_stages import made
from .views import SENTINEL as SENTINEL_FLAVOUR
from .views import view


@pytest.mark.parametrize(
    ("mode", "old", "new", "answer"),
    [
        ("sentinel", (2,), (1,), True),
        ("sentinel", (1,), (2,), False),
        ("sentinel", (2,), (2,), False),
        ("cluster", (4, 1), (3, 1), True),
        ("cluster", (3, 2), (3, 1), True),
        ("cluster", (3, 1), (3, 0), True),
        # more shards with fewer replicas each: followers go, though the pods are as many as before
        ("cluster", (3, 3), (6, 1), True),
        ("cluster", (3, 1), (4, 1), False),
        ("standalone", (0,), (0,), False),
    ],
)
def test_shrinks(mode, old, new, answer) -> None:
    assert shrinks(made(mode, *old)[1], made(mode, *new)[1]) is answer


def test_what_is_new_does_not_shrink() -> None:
    assert not shrinks(None, made("sentinel", 2)[1])


class World:
    """A model that is failed over. unaware: answers that are out of date. unwilling: failovers that do not come about.
    said: what redis-cli was asked."""

    def __init__(self, model: Model, unaware: int = 0, unwilling: int = 0) -> None:
        self.model, self.unaware, self.unwilling = model, unaware, unwilling
        self.said: list[str] = []
        self.gone: tuple[str, ...] = ()

    def snapshot(self, _api: Any, _namespace: str, _name: str) -> Snapshot:
        return of_size(self.model.plan)

    def survey(self, asked: Layout, _seen: Any) -> State:
        watchers = view(SENTINEL_FLAVOUR).state.watchers if asked.sentinels else {}
        return State(
            {name: one for name, one in self.model.state().members.items() if name in asked.pods},
            {name: one for name, one in watchers.items() if name in asked.pods},
        )

    def fail_over(self, _api: Any, asked: Layout, _state: State, old: Member, new: Member) -> str:
        assert {old.pod, new.pod} <= set(asked.pods), "also a pod that goes must be found"
        self.unwilling -= 1
        if self.unwilling >= 0:
            raise Unanswered(f"Pod {old.pod}: the planned failover did not happen: no good replica")
        self.model.promote(old.pod, new.pod)
        return f"{old.pod} to {new.pod}"

    def redis_cli(self, _api: Any, _namespace: str, pod: str, container: str, *words: str) -> str:
        assert pod.rpartition("-")[0] == container
        self.said.append(f"{pod}: {' '.join(words)}")
        if words[:2] == ("CONFIG", "GET"):
            return "replica-priority\n100"
        if "SENTINEL" not in words:
            return "OK"
        self.unaware -= 1
        of = {name: "0" if name in self.gone and self.unaware < 0 else "100" for name in self.model.pods}
        lines = (
            f"name\n{self.model.pods[name].ip}:6379\nip\n{self.model.pods[name].ip}\nslave-priority\n{priority}\n"
            for name, priority in of.items()
        )
        return "".join(lines)


def of_size(plan: Layout) -> Snapshot:
    """A snapshot of StatefulSets that have as many pods as plan says, and of nothing that must be asked for."""
    seen = Snapshot(None, "apps", "cache")
    seen.statefulsets = {one.statefulset: {"spec": {"replicas": one.replicas}} for one in plan.workloads}
    return seen


def vacated(monkeypatch: pytest.MonkeyPatch, world: World, wanted: Layout, seconds: float = 60) -> list[str]:
    monkeypatch.setattr(scaling, "Snapshot", world.snapshot)
    for name in ("survey", "fail_over", "redis_cli"):
        monkeypatch.setattr(scaling, name, getattr(world, name))
    monkeypatch.setattr(scaling, "move_off", lambda _api, wanted, name, _deadline: [f"{name}: {len(wanted.pods)} pods"])
    world.gone = tuple(pod for pod in world.model.plan.pods if pod not in wanted.pods)
    return vacate(None, wanted, "cache", Deadline(seconds))  # type: ignore[arg-type]


TWO = {"replicated": plan("standalone", replica={"count": 1}), "sentinel": plan("sentinel", replica={"count": 1})}


@pytest.mark.parametrize("name", ["replicated", "sentinel"])
def test_a_master_that_stays_does_nothing(monkeypatch, name) -> None:
    world = World(model_of(PLANS[name], "cache-1"))
    assert vacated(monkeypatch, world, TWO[name]) == []
    assert world.said == []


def test_a_master_that_goes_hands_over_to_one_that_stays(monkeypatch) -> None:
    world = World(model_of(REPLICATED, "cache-2"))
    assert vacated(monkeypatch, world, TWO["replicated"]) == ["cache-2 to cache-0"]
    assert world.model.masters == ["cache-0"]


def test_sentinels_are_kept_from_choosing_a_pod_that_goes(monkeypatch) -> None:
    world = World(model_of(SENTINEL, "cache-2"))
    wanted = plan("sentinel", replica={"count": 1})
    assert vacated(monkeypatch, world, wanted) == ["cache-2 to cache-0"]
    assert world.said == [
        "cache-2: CONFIG GET replica-priority",
        "cache-2: CONFIG SET replica-priority 0",
        *(f"cache-sentinel-{number}: -p 26379 SENTINEL REPLICAS myMaster" for number in range(3)),
    ]


def test_every_sentinel_must_know(monkeypatch) -> None:
    """cache-3 and cache-4 go, cache-4 is the master: cache-3 must not be chosen."""
    world = World(model_of(PLANS["five"], "cache-4"), unaware=1)
    assert len(vacated(monkeypatch, world, SENTINEL)) == 1
    assert world.said[2:5] == [
        "cache-3: CONFIG SET replica-priority 0",
        "cache-4: CONFIG SET replica-priority 0",
        "cache-sentinel-0: -p 26379 SENTINEL REPLICAS myMaster",
    ]
    assert [line.partition(":")[0] for line in world.said[5:]] == [f"cache-sentinel-{number}" for number in range(3)]


def test_sentinels_that_never_learn_stop_the_scaling(monkeypatch) -> None:
    world = World(model_of(PLANS["five"], "cache-4"), unaware=99)
    text = "^Pod cache-sentinel-0: the sentinel would still choose a pod that is to go; nothing was scaled$"
    with pytest.raises(EngineError, match=text):
        vacated(monkeypatch, world, SENTINEL, seconds=0)
    assert world.model.masters == ["cache-4"]
    assert world.said[-2:] == [f"cache-{number}: CONFIG SET replica-priority 100" for number in (3, 4)]


@pytest.mark.parametrize("name", ["replicated", "sentinel"])
def test_a_failover_that_does_not_come_about_is_tried_again(monkeypatch, name) -> None:
    monkeypatch.setattr(wait, "_TICK", 0.01)
    world = World(model_of(PLANS[name], "cache-2"), unwilling=2)
    assert vacated(monkeypatch, world, TWO[name]) == ["cache-2 to cache-0"]
    # what is read after the first try is no longer what was there before
    assert [line for line in world.said if " GET " in line] == world.said[:1]


def test_failovers_that_never_come_about_leave_all_as_it_was(monkeypatch) -> None:
    world = World(model_of(SENTINEL, "cache-2"), unwilling=99)
    text = "^Pod cache-2: the planned failover did not happen: no good replica; nothing was scaled$"
    with pytest.raises(EngineError, match=text):
        vacated(monkeypatch, world, TWO["sentinel"], seconds=0)
    assert world.model.masters == ["cache-2"]
    assert world.said[-1] == "cache-2: CONFIG SET replica-priority 100"


def test_nobody_who_stays_has_the_data(monkeypatch) -> None:
    world = World(model_of(REPLICATED, "cache-2"))
    for pod in ("cache-0", "cache-1"):
        world.model.change(pod, phase=COPYING)
    text = "^Pod apps/cache-2 is the master and is to go, but no pod that stays follows it; nothing was scaled$"
    with pytest.raises(EngineError, match=text):
        vacated(monkeypatch, world, TWO["replicated"])
    assert world.model.masters == ["cache-2"]


def test_leaders_of_a_cluster_become_masters_before_followers_go(monkeypatch) -> None:
    world = World(model_of(CLUSTER, "cache-follower-0", "cache-leader-1", "cache-follower-2"))
    assert vacated(monkeypatch, world, plan("cluster", numShards=3, replicasPerShard=0)) == [
        "cache-follower-0 to cache-leader-0",
        "cache-follower-2 to cache-leader-2",
        "cache: 3 pods",
    ]
    assert world.model.masters == ["cache-leader-0", "cache-leader-1", "cache-leader-2"]


def test_leaders_that_are_masters_only_hand_over_their_slots(monkeypatch) -> None:
    wanted = plan("cluster", numShards=3, replicasPerShard=0)
    assert vacated(monkeypatch, World(model_of(CLUSTER)), wanted) == ["cache: 3 pods"]


@pytest.mark.parametrize(
    ("name", "wanted", "answer"),
    [
        ("cluster", plan("cluster", numShards=3, replicasPerShard=0), True),
        ("cluster", CLUSTER, False),
        # more shards: pods come, none is there too many
        ("cluster", plan("cluster", numShards=4, replicasPerShard=1), False),
        # the operator takes pods away by itself
        ("replicated", TWO["replicated"], False),
    ],
)
def test_a_change_to_fewer_shards_that_was_cut_off_is_seen_by_its_pods(name, wanted, answer) -> None:
    assert unfinished(wanted, of_size(PLANS[name])) is answer
