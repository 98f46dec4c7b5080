"""How far a shard may be from its fair share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import SLOTS
from ansible_collections.eks.redis.plugins.module_utils.engine.slots import owned, uneven
from ansible_collections.eks.redis.plugins.module_utils.engine.state import Member, State

from .views import CLUSTER, SENTINEL, view

PLAN = view(CLUSTER).plan
FAIR = SLOTS / 3
COUNTS = st.lists(st.integers(0, SLOTS), min_size=3, max_size=3)


def shared(*counts: int) -> State:
    """A cluster whose leaders own so many slots, wherever those are."""

    def leader(pod: str, count: int) -> Member:
        slots = ((0, count - 1),) if count else ()
        node = Node(f"id-{pod}", "", frozenset({"myself", "master"}), "", True, slots, ())
        return Member(pod, "", {"role": "master"}, nodes=(node,))

    return State({pod: leader(pod, count) for pod, count in zip(PLAN.redis[0].pods, counts, strict=True)})


def test_owned_counts_masters_only() -> None:
    state = shared(1, 2, 0)
    replica = Member("cache-follower-0", "", {"role": "slave"}, nodes=state.nodes)
    assert owned(State({**state.members, replica.pod: replica})) == {
        "cache-leader-0": 1,
        "cache-leader-1": 2,
        "cache-leader-2": 0,
    }


@pytest.mark.parametrize(
    ("counts", "strict", "text"),
    [
        ((5461, 5462, 5461), True, None),
        ((5200, 5700, 5484), True, None),
        ((5100, 5700, 5584), True, "Pod cache-leader-0: it has 5100 slots instead of about 5461"),
        ((5100, 5700, 5584), False, None),
        ((8192, 8192, 0), True, "Pod cache-leader-2: it has 0 slots instead of about 5461"),
        ((8192, 8192, 0), False, "Pod cache-leader-2: it has 0 slots instead of about 5461"),
        ((8191, 5461, 2732), False, None),
        ((8193, 5461, 2730), False, "Pod cache-leader-0: it has 8193 slots instead of about 5461"),
    ],
)
def test_uneven(counts, strict, text) -> None:
    assert uneven(PLAN, shared(*counts), strict=strict) == text


@given(COUNTS, st.booleans())
def test_uneven_is_told_beyond_its_bounds_and_names_the_farthest(counts, strict) -> None:
    distances = [abs(count - FAIR) for count in counts]
    said = uneven(PLAN, shared(*counts), strict=strict)
    assert (said is not None) == (max(distances) > FAIR * (0.05 if strict else 0.5))
    if said:
        assert said.startswith(f"Pod cache-leader-{distances.index(max(distances))}: it has {max_of(counts)} slots")


def max_of(counts: list[int]) -> int:
    return max(counts, key=lambda count: abs(count - FAIR))


@given(COUNTS)
def test_what_is_uneven_to_the_lenient_is_so_to_the_strict(counts) -> None:
    state = shared(*counts)
    lenient = uneven(PLAN, state, strict=False)
    assert lenient is None or lenient == uneven(PLAN, state, strict=True)


@pytest.mark.parametrize("state", [State(), State({"cache-leader-0": Member("cache-leader-0", "", error="away")})])
def test_nothing_is_uneven_of_what_is_not_known(state) -> None:
    assert uneven(PLAN, state, strict=True) is None


def test_other_modes_have_no_slots() -> None:
    assert uneven(view(SENTINEL).plan, shared(1, 2, 3), strict=True) is None
