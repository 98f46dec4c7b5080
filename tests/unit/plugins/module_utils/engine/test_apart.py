"""Shards that are all in one place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes
from ansible_collections.eks.redis.plugins.module_utils.engine.apart import exchange, huddled, shards
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State

ALIGNED = {"l0": ["f0"], "l1": ["f1"], "l2": ["f2"]}
THREE_ZONES = {"l0": "a", "f0": "a", "l1": "b", "f1": "b", "l2": "c", "f2": "c"}


def parted(found: dict[str, list[str]], places: dict[str, str]) -> tuple[dict[str, list[str]], int]:
    """What the exchanges come to, and how many they were."""
    turns = 0
    while (pair := exchange(found, places)) is not None:
        one, to_one, other, to_other = pair
        found = {
            master: [pod for pod in replicas if pod not in (one, other)]
            + ([one] if master == to_one else [])
            + ([other] if master == to_other else [])
            for master, replicas in found.items()
        }
        turns += 1
    return found, turns


def test_three_zones() -> None:
    found, turns = parted(ALIGNED, THREE_ZONES)
    assert huddled(ALIGNED, THREE_ZONES) == ["l0", "l1", "l2"]
    assert huddled(found, THREE_ZONES) == []
    assert turns == 2


def test_one_place_cannot_be_helped() -> None:
    assert exchange(ALIGNED, dict.fromkeys(THREE_ZONES, "a")) is None


def test_shards_without_replicas_do_not_huddle() -> None:
    assert huddled({"l0": [], "l1": []}, {"l0": "a", "l1": "a"}) == []


def test_what_is_apart_stays() -> None:
    assert exchange({"l0": ["f1"], "l1": ["f0"]}, {"l0": "a", "f1": "b", "l1": "b", "f0": "a"}) is None


@given(st.lists(st.sampled_from("abc"), min_size=6, max_size=18).filter(lambda places: len(places) % 3 == 0))
def test_exchanges_end_and_keep_every_shard_its_number(zones: list[str]) -> None:
    count = len(zones) // 3
    found = {f"l{n}": [f"f{n}", f"g{n}"] for n in range(count)}
    pods = [pod for master, replicas in found.items() for pod in (master, *replicas)]
    places = dict(zip(pods, zones, strict=True))
    after, turns = parted(found, places)
    assert turns <= len(huddled(found, places))
    assert sorted(pod for replicas in after.values() for pod in replicas) == sorted(
        pod for replicas in found.values() for pod in replicas
    )
    assert {len(replicas) for replicas in after.values()} == {2}
    assert len(huddled(after, places)) <= len(huddled(found, places))


def test_shards_as_the_nodes_say() -> None:
    lines = (
        "m1 10.0.0.1:6379@16379 {}master - 0 0 1 connected 0-8191\n"
        "m2 10.0.0.2:6379@16379 {}master - 0 0 2 connected 8192-16383\n"
        "r1 10.0.0.3:6379@16379 {}slave m1 0 0 1 connected\n"
    )

    def member(pod: str, role: str, number: int) -> Member:
        marks = ["myself," if index == number else "" for index in range(3)]
        return Member(pod, f"10.0.0.{number + 1}", {"role": role}, nodes=parse_nodes(lines.format(*marks)))

    state = State(
        {"l0": member("l0", "master", 0), "l1": member("l1", "master", 1), "f0": member("f0", "slave", 2)}, {}
    )
    assert shards(state) == {"l0": ["f0"], "l1": []}
