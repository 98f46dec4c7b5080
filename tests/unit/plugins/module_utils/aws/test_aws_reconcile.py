"""From what is there to what is asked for, whatever the resource is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import reconcile

OURS = tags.ours("prod", {})
VALUES = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2))


class Thing:
    """A resource in memory. writes: what was asked of it."""

    kind, name = "thing", "t"
    same = {"tags": tags.hold}

    def __init__(self, state: dict[str, Any] | None, *, shared: bool = False) -> None:
        self.state, self.shared = state, shared
        self.writes: list[Any] = []

    def read(self) -> dict[str, Any] | None:
        return self.state and dict(self.state)

    def create(self, wanted: Any) -> None:
        self.writes.append("create")
        self.state = dict(wanted)

    def update(self, live: Any, wanted: Any, fields: frozenset[str]) -> None:
        self.writes.append(fields)
        self.state = {**live, **{field: wanted[field] for field in fields}}

    def delete(self, live: Any) -> None:
        self.writes.append("delete")
        self.state = None


@given(live=st.none() | VALUES, wanted=st.none() | VALUES)
def test_it_ends_as_wanted_as_predicted_and_only_once(live: Any, wanted: Any) -> None:
    there = None if live is None else {**live, "tags": OURS}
    asked = None if wanted is None else {**wanted, "tags": OURS}
    predicting, thing = Thing(there), Thing(there)
    predicted = reconcile(predicting, asked, check=True, cluster="prod")
    assert predicting.writes == []
    done = reconcile(thing, asked, check=False, cluster="prod")
    assert done.result(diff=True) == predicted.result(diff=True)
    assert done.changed == bool(thing.writes) and len(thing.writes) <= 1
    if asked is None:
        assert thing.state is None
    else:
        assert thing.state is not None and all(thing.state[field] == value for field, value in asked.items())
    assert not reconcile(thing, asked, check=False, cluster="prod").changed


def test_the_diff_shows_the_fields_that_are_ours_to_set() -> None:
    thing = Thing({"size": 1, "born": "monday", "tags": OURS})
    change = reconcile(thing, {"size": 2, "tags": OURS}, check=False, cluster="prod")
    shown = change.result(diff=True)["diff"][0]
    assert shown["before_header"] == shown["after_header"] == "thing t"
    assert "size: 1" in shown["before"] and "size: 2" in shown["after"] and "born" not in shown["before"]
    assert change.result(diff=False) == {
        "changed": True,
        "change": {"kind": "thing", "name": "t", "action": "change", "fields": ["size"]},
    }


@pytest.mark.parametrize("marks", [{}, tags.ours("staging", {}), {tags.MANAGED_BY: "eksctl"}])
def test_what_others_made_is_theirs(marks: dict[str, str]) -> None:
    thing = Thing({"size": 1, "tags": marks})
    with pytest.raises(AwsError) as refused:
        reconcile(thing, {"size": 2, "tags": OURS}, check=False, cluster="prod")
    assert str(refused.value) == (
        "thing t is there and was not made by eks.redis for cluster prod; choose another name, or make it eks.redis's "
        "with adopt: true"
    )
    assert reconcile(thing, None, check=False, cluster="prod").action == "leave"
    assert thing.writes == []
    assert reconcile(thing, {"size": 2, "tags": OURS}, check=False, cluster="prod", adopt=True).changed
    assert thing.state == {"size": 2, "tags": OURS}


def test_what_others_made_and_share_is_extended_and_stays_theirs() -> None:
    thing = Thing({"size": 1, "tags": {"team": "a"}}, shared=True)
    assert reconcile(thing, {"size": 2, "tags": {**OURS, "cost": "b"}}, check=False, cluster="prod").changed
    assert thing.state is not None and not tags.is_ours(thing.state["tags"], "prod")
    assert reconcile(thing, None, check=False, cluster="prod").action == "leave"
