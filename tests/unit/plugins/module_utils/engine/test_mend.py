"""What the operator does not get out of, how long it may last, and what is done about it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import mend
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.mend import REMEDIES, Mender, Scene, stale_labels

from .damage import Damage, absent, all_of, gone, node, redis, sentinel, stranger, swapped
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, Object, View, view


class World:
    """A clock that stands still, an API server and Redis that note what they are asked to do."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.done: list[str] = []
        self.refusals: list[EngineError] = []

    def monotonic(self) -> float:
        return self.now

    def apply(self, manifest: Object, **_options: Any) -> None:
        meta = manifest["metadata"]
        what = meta.get("labels") or list(meta["annotations"])
        self._note(f"apply {manifest['kind']} {meta['namespace']}/{meta['name']} {what}")

    def delete(self, kind: str, name: str, namespace: str) -> None:
        self._note(f"delete {kind} {namespace}/{name}")

    def redis_cli(self, api: Any, namespace: str, pod: str, container: str, *words: str, timeout: float = 30) -> str:
        assert pod.startswith(container)
        self._note(f"{pod}: {' '.join(words)}")
        return "OK"

    def _note(self, what: str) -> None:
        self.done.append(what)
        for refusal in self.refusals:
            raise refusal


@pytest.fixture
def world(monkeypatch) -> World:
    world = World()
    monkeypatch.setattr(mend.time, "monotonic", world.monotonic)
    monkeypatch.setattr(mend, "redis_cli", world.redis_cli)
    return world


def scene(world: World, found: View, damage: Damage | None = None, *, balance: bool = False) -> Scene:
    state = damage(found.state) if damage else found.state
    return Scene(world, found.plan, found.seen, state, balance)  # type: ignore[arg-type]


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_nothing_is_done_about_a_healthy_instance(world, flavour) -> None:
    mender, found = Mender(REMEDIES), view(flavour)
    for _turn in range(3):
        assert mender.mend(scene(world, found, balance=True)) == []
        world.now += 1000
    assert world.done == []


LEADER, FOLLOWER = "cache-leader-1", "cache-follower-1"
OPEN = "[5461->-id-cache-leader-2]"
LOST = "ERR No such master with that name"
GONE = "0123456789abcdef"
EVERYBODY = [f"cache-{role}-{number}" for role in ("leader", "follower") for number in range(3)]
EMPTY = all_of(node(LEADER, slots=()), node("cache-leader-0", slots=((0, 10922),)))
SLAVE = frozenset({"slave"})
IDLE = all_of(
    node(LEADER, slots=(), flags=SLAVE, master="id-cache-leader-0"),
    node("cache-leader-0", slots=((0, 10922),)),
    redis(LEADER, role="slave", master_host="10.0.0.0"),
)
LONELY = all_of(node(FOLLOWER, master="id-cache-leader-0"), redis(FOLLOWER, master_host="10.0.0.0"))


@pytest.mark.parametrize(
    ("flavour", "damage", "after", "again", "done", "line"),
    [
        (
            *(SENTINEL, sentinel("cache-sentinel-1", ip="10.0.0.1"), 15, 45),
            ["apply RedisSentinel apps/cache ['eks.redis/touch']"],
            None,
        ),
        (
            *(SENTINEL, sentinel("cache-sentinel-1", **{"num-slaves": "3"}), 15, 45),
            ["apply RedisSentinel apps/cache ['eks.redis/touch']"],
            None,
        ),
        (
            *(SENTINEL, sentinel("cache-sentinel-1", **{"num-other-sentinels": "0"}), 15, 45),
            ["apply RedisSentinel apps/cache ['eks.redis/touch']"],
            None,
        ),
        (
            *(SENTINEL, sentinel("cache-sentinel-1", error=LOST), 15, 60),
            ["delete Pod apps/cache-sentinel-1"],
            "Pod apps/cache-sentinel-1 was replaced: the sentinel had lost its master",
        ),
        (
            *(REPLICATED, redis("cache-1", master_host="10.0.0.9"), 15, 15),
            ["cache-1: REPLICAOF 10.0.0.0 6379"],
            "Pod apps/cache-1 followed another address than the master's; it follows Pod cache-0 now",
        ),
        (
            *(CLUSTER, gone(GONE), 20, 30),
            [f"{pod}: CLUSTER FORGET {GONE}" for pod in EVERYBODY],
            "the cluster has forgotten node 01234567, of a pod that is gone",
        ),
        (
            *(CLUSTER, node(FOLLOWER, by="cache-leader-0", flags=frozenset({"slave", "fail"})), 10, 20),
            ["cache-leader-0: CLUSTER MEET 10.0.1.1 6379"],
            "Pod cache-leader-0 was told the new address of Pod cache-follower-1",
        ),
        (
            *(CLUSTER, redis(FOLLOWER, master_host="10.0.0.9"), 5, 20),
            [f"{FOLLOWER}: CLUSTER REPLICATE id-{LEADER}"],
            f"Pod {FOLLOWER} was told the new address of its master",
        ),
        (
            *(CLUSTER, node(LEADER, by=LEADER, open=(OPEN,)), 15, 60),
            ["cache-leader-0: --cluster fix 10.0.0.0:6379 --cluster-yes"],
            f"the move of slots that had stopped was brought to its end ({OPEN})",
        ),
        (
            *(CLUSTER, EMPTY, 15, 60),
            ["cache-leader-0: --cluster rebalance 10.0.0.0:6379 --cluster-use-empty-masters --cluster-yes"],
            "slots were shared out anew (Pod cache-leader-0: it has 10923 slots instead of about 5461)",
        ),
        (
            *(CLUSTER, IDLE, 15, 60),
            [f"{LEADER}: CLUSTER RESET SOFT", "cache-leader-0: CLUSTER MEET 10.0.0.1 6379"],
            f"Pod {LEADER} had given its slots away, and is a master again",
        ),
        (
            *(CLUSTER, LONELY, 15, 30),
            [f"{FOLLOWER}: CLUSTER REPLICATE id-{LEADER}"],
            f"Pod {FOLLOWER} follows Pod {LEADER} now, whose shard lacked a replica",
        ),
    ],
)
def test_what_lasts_is_mended_and_mended_again(world, flavour, damage, after, again, done, line) -> None:
    mender, found = Mender(REMEDIES), view(flavour)
    lines: list[str] = []

    def at(seconds: float) -> list[str]:
        world.now, world.done = 1000.0 + seconds, []
        lines[:] = mender.mend(scene(world, found, damage))
        return world.done

    assert at(0) == []
    assert at(after - 0.5) == []
    assert at(after) == done
    assert lines == ([line] if line else [])
    assert at(after + again - 0.5) == []
    assert at(after + again) == done


@pytest.mark.parametrize("flavour", [REPLICATED, SENTINEL])
def test_the_label_of_a_role_is_mended_at_once(world, flavour) -> None:
    found = view(flavour)
    found.seen.pods["cache-0"]["metadata"]["labels"]["redis-role"] = "slave"
    del found.seen.pods["cache-1"]["metadata"]["labels"]["redis-role"]
    assert [one.pod for one in stale_labels(found.plan, found.seen, found.state)] == ["cache-0", "cache-1"]
    assert Mender(REMEDIES).mend(scene(world, found)) == []
    assert world.done == [
        "apply Pod apps/cache-0 {'redis-role': 'master'}",
        "apply Pod apps/cache-1 {'redis-role': 'slave'}",
    ]


@pytest.mark.parametrize("flavour", [SINGLE, CLUSTER])
def test_a_label_that_no_service_looks_at_may_be_wrong(flavour) -> None:
    found = view(flavour)
    for live in found.seen.pods.values():
        del live["metadata"]["labels"]["redis-role"]
    assert list(stale_labels(found.plan, found.seen, found.state)) == []


@pytest.mark.parametrize(
    ("flavour", "damage"),
    [
        # who is the master is not known: nobody is told to follow anybody
        (SENTINEL, all_of(redis("cache-1", role="master"), redis("cache-2", master_host="10.0.0.9"))),
        (SENTINEL, all_of(absent("cache-0"), sentinel("cache-sentinel-0", ip="10.0.0.9"))),
        # a sentinel that is silent is the kubelet's affair
        (SENTINEL, sentinel("cache-sentinel-0", error="no answer from 10.0.1.0:26379")),
        # the node may come back: a pod is missing, or it owns slots
        (CLUSTER, all_of(gone(GONE), absent(FOLLOWER))),
        (CLUSTER, gone(GONE, slots=((0, 9),))),
        (CLUSTER, gone(GONE, flags=frozenset({"slave"}))),
        # its place was taken by a follower pod: a failover gives it back
        (CLUSTER, swapped(LEADER, FOLLOWER)),
        # a node that has not joined yet has no slots because of that
        (CLUSTER, all_of(EMPTY, stranger(FOLLOWER))),
    ],
)
def test_what_is_not_sure_is_left_alone(world, flavour, damage) -> None:
    mender, found = Mender(REMEDIES), view(flavour)
    for _turn in range(3):
        assert mender.mend(scene(world, found, damage)) == []
        world.now += 1000
    assert world.done == []


def test_shares_are_strict_only_after_a_change_of_shards(world) -> None:
    lopsided = all_of(node(LEADER, slots=((5461, 9000),)), node("cache-leader-0", slots=((0, 5460), (9001, 10922))))
    for balance, done in ((False, []), (True, ["cache-leader-0: --cluster rebalance"])):
        mender, found = Mender(REMEDIES), view(CLUSTER)
        world.done = []
        for _turn in range(2):
            mender.mend(scene(world, found, lopsided, balance=balance))
            world.now += 15
        assert [one.split(" 10.")[0] for one in world.done] == done


def test_slots_on_their_way_are_brought_home_before_shares_are_looked_at(world) -> None:
    mender, found = Mender(REMEDIES), view(CLUSTER)
    damage = all_of(EMPTY, node(LEADER, by=LEADER, open=(OPEN,)))
    for _turn in range(2):
        mender.mend(scene(world, found, damage))
        world.now += 15
    assert world.done == ["cache-leader-0: --cluster fix 10.0.0.0:6379 --cluster-yes"]


def test_what_has_passed_is_forgotten(world) -> None:
    """Half of the time now and half of it later is not the whole time."""
    mender, found = Mender(REMEDIES), view(REPLICATED)
    astray = redis("cache-1", master_host="10.0.0.9")
    for damage in (astray, None, astray, None, astray):
        assert mender.mend(scene(world, found, damage)) == []
        world.now += 10
    assert world.done == []


def test_what_cannot_be_mended_is_tried_again_later(world) -> None:
    mender, found = Mender(REMEDIES), view(REPLICATED)
    damage = redis("cache-1", master_host="10.0.0.9")
    world.refusals = [EngineError("Pod apps/cache-1: redis-cli REPLICAOF: Connection refused")]
    for _turn in range(6):
        assert mender.mend(scene(world, found, damage)) == []
        world.now += 7.5
    assert len(world.done) == 2


def test_who_may_not_delete_pods_replaces_none(world) -> None:
    mender, found = Mender(REMEDIES), view(SENTINEL)
    world.refusals = [ApiError("forbidden", 403, {})]
    for _turn in range(2):
        assert mender.mend(scene(world, found, sentinel("cache-sentinel-1", error=LOST))) == []
        world.now += 15
    assert world.done == ["delete Pod apps/cache-sentinel-1"]
