"""Slots and replicas leave the pods of a cluster that are to go, before these go."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.engine import mend, resharding, wait
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.resharding import move_off, moves
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import Snapshot
from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    State,
    member,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

from .model import plan
from .test_scaling import of_size
from .views import info

FOUR, THREE = (plan("cluster", numShards=shards, replicasPerShard=1) for shards in (4, 3))
LAST = "cache-leader-3"
MOVED = "moved 4096 slots from Pod cache-leader-3 to the shards that stay"


class World:
    """A cluster of as many slots as Redis has, on a clock that goes on by a second whenever somebody looks at it.

    follows: whom each replica follows. demotes: whether Redis makes a master without slots a replica by itself.
    open: who has a slot on the way. mute: who does not answer. outdated: who takes every leader pod for a master.
    refusals: what the next commands end with. said: what was asked for.
    """

    def __init__(self, size: Layout = FOUR, *, demotes: bool = True) -> None:
        self.size, self.demotes, self.now = size, demotes, 0.0
        leaders, followers = (one.pods for one in size.redis)
        share = 16384 // len(leaders)
        self.slots = dict.fromkeys(leaders, share)
        self.follows = {pod: leaders[number % len(leaders)] for number, pod in enumerate(followers)}
        self.open = self.mute = self.outdated = ""
        self.copying: set[str] = set()
        self.refusals: list[str] = []
        self.said: list[str] = []

    def monotonic(self) -> float:
        self.now += 1
        return self.now

    def ip(self, pod: str) -> str:
        return f"10.0.0.{self.size.redis_pods.index(pod)}"

    def snapshot(self, _api: Any, _namespace: str, _name: str) -> Snapshot:
        seen = of_size(self.size)
        ready = {"conditions": [{"type": "Ready", "status": "True"}]}
        seen.pods = {pod: {"metadata": {"name": pod}, "status": ready} for pod in self.size.pods}
        return seen

    def survey(self, asked: Layout, _seen: Snapshot) -> State:
        if self.mute == "all":
            raise Unanswered("no Redis pod is ready to be asked")
        return State({pod: member(pod, self.ip(pod), self._answers(pod)) for pod in asked.redis_pods})

    def _answers(self, pod: str) -> dict[str, str]:
        if pod == self.mute:
            return {INFO: "no answer from 10.0.0.0:6379"}
        master = self.follows.get(pod)
        link = {"master_link_status": "down"} if pod in self.copying else {}
        table = "".join(self._line(one, pod) for one in self.size.redis_pods)
        return {INFO: info(self.ip(master) if master else "", **link), CLUSTER_INFO: "", CLUSTER_NODES: table}

    def _line(self, pod: str, asked: str) -> str:
        master = self.follows.get(pod) if pod not in self.slots or asked != self.outdated else None
        flags = ("myself," if pod == asked else "") + ("slave" if master else "master")
        slots = f" 0-{self.slots[pod] - 1}" if self.slots.get(pod) else ""
        slots += f" [7->-id-{LAST}]" if pod == asked == self.open else ""
        return (
            f"id-{pod} {self.ip(pod)}:6379@16379 {flags} {f'id-{master}' if master else '-'} 0 0 1 connected{slots}\n"
        )

    def redis_cli(self, _api: Any, _namespace: str, pod: str, container: str, *words: str, timeout: float = 30) -> str:
        assert pod.startswith(container)
        self.said.append(f"{pod}: {' '.join(words)}")
        if self.refusals:
            raise EngineError(self.refusals.pop(0))
        if words[1] == "fix":
            self.open = ""
        elif words[1] == "reshard":
            self._reshard(words[4].removeprefix("id-"), words[6].removeprefix("id-"), int(words[8]))
        else:
            assert words[:2] == ("CLUSTER", "REPLICATE")
            self.follows[pod] = words[2].removeprefix("id-")
        return "OK"

    def _reshard(self, source: str, target: str, slots: int) -> None:
        self.slots[source] -= slots
        self.slots[target] += slots
        if self.demotes and not self.slots[source]:
            for replica in (source, *(pod for pod, master in self.follows.items() if master == source)):
                self.follows[replica] = target


def moved_off(monkeypatch: pytest.MonkeyPatch, world: World, wanted: Layout, seconds: float = 10_000) -> list[str]:
    for module in (mend.time, wait.time):
        monkeypatch.setattr(module, "monotonic", world.monotonic)
    monkeypatch.setattr(wait, "_TICK", 0)
    monkeypatch.setattr(mend, "redis_cli", world.redis_cli)
    monkeypatch.setattr(resharding, "Snapshot", world.snapshot)
    monkeypatch.setattr(resharding, "survey", world.survey)
    return move_off(None, wanted, "cache", Deadline(seconds))


def shards(world: World) -> dict[str, list[str]]:
    return {
        pod: [one for one, master in world.follows.items() if master == pod]
        for pod, count in world.slots.items()
        if count
    }


def test_slots_leave_the_shard_that_is_to_go(monkeypatch) -> None:
    world = World()
    assert moved_off(monkeypatch, world, THREE) == [MOVED]
    assert world.said[0] == (
        f"cache-leader-0: --cluster reshard 10.0.0.0:6379 --cluster-from id-{LAST} --cluster-to id-cache-leader-0 "
        "--cluster-slots 512 --cluster-yes"
    )
    assert LAST in world.follows
    assert world.slots.pop(LAST) == 0
    assert sorted(world.slots.values()) == [5460, 5462, 5462]


def test_two_shards_go(monkeypatch) -> None:
    five = plan("cluster", numShards=5, replicasPerShard=1)
    (line,) = moved_off(monkeypatch, World(five), THREE)
    assert line == "moved 6552 slots from Pod cache-leader-3, cache-leader-4 to the shards that stay"


def test_it_goes_on_where_it_was(monkeypatch) -> None:
    world = World()
    world.slots |= {LAST: 1000, "cache-leader-2": 4096 + 3096}
    assert moved_off(monkeypatch, world, THREE) == [MOVED.replace("4096", "1000")]
    assert [words.split()[5:10:2] for words in world.said] == [
        [f"id-{LAST}", "id-cache-leader-0", "512"],
        [f"id-{LAST}", "id-cache-leader-1", "488"],
    ]


def test_an_empty_master_becomes_a_replica(monkeypatch) -> None:
    """Where Redis does not see to it itself: the operator would take it for a shard, and wait for ever."""
    world = World(demotes=False)
    assert moved_off(monkeypatch, world, THREE) == [MOVED]
    assert world.said[-1] == f"{LAST}: CLUSTER REPLICATE id-cache-leader-0"


def test_every_shard_keeps_a_replica_that_stays(monkeypatch) -> None:
    """The pod that goes replicates a shard that stays, and the shard that goes is replicated by a pod that stays."""
    world = World()
    world.follows |= {"cache-follower-3": "cache-leader-1", "cache-follower-1": LAST}
    assert moved_off(monkeypatch, world, THREE) == [
        MOVED,
        "Pod cache-follower-2 follows Pod cache-leader-1 now, whose shard lacked a replica",
    ]
    staying = {pod: [one for one in found if one in THREE.pods] for pod, found in shards(world).items()}
    assert {pod: len(found) for pod, found in staying.items()} == dict.fromkeys(THREE.redis[0].pods, 1)


def test_followers_alone_go(monkeypatch) -> None:
    six = plan("cluster", numShards=3, replicasPerShard=2)
    world = World(six)
    # the three that stay replicate two shards
    world.follows["cache-follower-2"], world.follows["cache-follower-3"] = "cache-leader-0", "cache-leader-2"
    assert moved_off(monkeypatch, world, THREE) == [
        "Pod cache-follower-2 follows Pod cache-leader-2 now, whose shard lacked a replica"
    ]


def test_a_move_that_was_cut_off_is_brought_to_its_end_first(monkeypatch) -> None:
    world = World()
    world.open = "cache-leader-0"
    done = moved_off(monkeypatch, world, THREE)
    assert [line.partition(" (")[0] for line in done] == [
        "the move of slots that had stopped was brought to its end",
        MOVED,
    ]
    assert [words.split()[2] for words in world.said[:2]] == ["fix", "reshard"]


def test_what_is_refused_is_tried_again(monkeypatch) -> None:
    world = World()
    world.refusals = ["Pod apps/cache-leader-0: redis-cli --cluster: [ERR] Nodes don't agree about configuration!"] * 2
    assert moved_off(monkeypatch, world, THREE) == [MOVED]
    assert world.said[0] == world.said[1] == world.said[2] != world.said[3]


@pytest.mark.parametrize(
    ("trouble", "text"),
    [
        ({"mute": "all"}, "no Redis pod is ready to be asked"),
        ({"mute": "cache-leader-2"}, "Pod cache-leader-2: Redis does not answer: no answer from 10.0.0.0:6379"),
        ({"open": "cache-leader-0"}, f"slots are on their way ([7->-id-{LAST}])"),
        ({"refusals": ["Pod apps/cache-leader-0: redis-cli --cluster: [ERR]"] * 99}, "redis-cli --cluster: [ERR]"),
        ({"outdated": "cache-leader-0"}, f"Pod cache-leader-0 still takes Pod {LAST} for a master"),
        ({"copying": {"cache-follower-1"}}, "Pod cache-follower-1 still copies the data of its master"),
    ],
)
def test_what_does_not_come_about_scales_nothing(monkeypatch, trouble, text) -> None:
    world = World()
    for name, value in trouble.items():
        setattr(world, name, value)
    with pytest.raises(EngineError) as error:
        moved_off(monkeypatch, world, THREE, seconds=12)
    assert str(error.value).endswith(f"{text}; nothing was scaled, and the same can be run again")


def test_what_has_moved_stays_where_it_is_when_the_time_is_up(monkeypatch) -> None:
    world = World()
    text = (
        "^the time was not enough to move all slots, [0-9]+ of 4096 are where they shall be; "
        "nothing was scaled, and the same can be run again$"
    )
    with pytest.raises(EngineError, match=text):
        moved_off(monkeypatch, world, THREE, seconds=6)
    assert 0 < world.slots[LAST] < 4096
    left = world.slots[LAST]
    assert moved_off(monkeypatch, world, THREE) == [MOVED.replace("4096", str(left))]


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=3), st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_all_slots_move_and_the_shards_get_their_shares(full: list[int], others: list[int]) -> None:
    def nodes(counts: list[int], role: str) -> list[Node]:
        held = [((0, count - 1),) if count else () for count in counts]
        return [Node(f"{role}-{at}", "", frozenset(), "", True, slots, ()) for at, slots in enumerate(held)]

    sent, got = Counter[str](), Counter[str]()
    for source, target, slots in moves(nodes(full, "full"), nodes(others, "other")):
        assert 0 < slots <= 512
        sent[source] += slots
        got[target] += slots
    assert [sent[f"full-{at}"] for at in range(len(full))] == full
    after = [count + got[f"other-{at}"] for at, count in enumerate(others)]
    share = -(-sum(after) // len(after))
    # nobody gets more than its share, also where another one has more already
    assert all(one <= max(share, was) for one, was in zip(after, others, strict=True))
