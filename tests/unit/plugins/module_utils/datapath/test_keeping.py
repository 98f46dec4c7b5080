"""Who the master is, by what a keeper sees."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import (
    Keeping,
    Seen,
    chosen,
    from_json,
    master,
)

OLD, NEW, THIRD = "10.0.0.1", "10.0.0.2", "10.0.0.3"


def test_it_reads_what_the_topology_writes() -> None:
    given = Keeping("apps", "cache", ("cache-0",), ("cache-0.cache-headless.apps.svc",), ("one", "two"), "myMaster")
    assert from_json(given.as_json()) == given
    with pytest.raises(DatapathError, match=r"^EKS_REDIS_KEEPER\.hosts: is missing$"):
        from_json('{"namespace": "apps", "name": "cache", "pods": []}')


@pytest.mark.parametrize(
    "votes",
    [
        (NEW, NEW, NEW),
        # one that is behind, cut off, or has just started
        (NEW, OLD, NEW),
        (NEW, "", NEW),
        ("0.0.0.0", NEW, NEW),
        (NEW,),
        (NEW, NEW, NEW, OLD, OLD),
    ],
)
def test_most_of_all_sentinels_choose(votes: tuple[str, ...]) -> None:
    assert chosen(votes) == NEW


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        (("", "", ""), "nothing, nothing, nothing"),
        ((NEW, "", ""), f"{NEW}, nothing, nothing"),
        ((OLD, NEW, ""), f"{OLD}, {NEW}, nothing"),
        ((OLD, OLD, NEW, NEW), f"{OLD}, {OLD}, {NEW}, {NEW}"),
        (("0.0.0.0", "0.0.0.0", NEW), f"0.0.0.0, 0.0.0.0, {NEW}"),
        ((), ""),
    ],
)
def test_less_choose_nobody(votes: tuple[str, ...], said: str) -> None:
    with pytest.raises(DatapathError) as error:
        chosen(votes)
    assert str(error.value) == f"the sentinels do not agree on the master: they say {said}"


def test_the_chosen_one_must_agree() -> None:
    others = [Seen("cache-2", THIRD, "slave")]
    assert master(NEW, [Seen("cache-1", NEW, "master", 1), *others]) == "cache-1"
    with pytest.raises(DatapathError, match="^the sentinels name cache-1 as the master, which says slave$"):
        master(NEW, [Seen("cache-1", NEW, "slave"), *others])
    with pytest.raises(DatapathError, match="^the sentinels name cache-1 as the master, which says nothing$"):
        master(NEW, [Seen("cache-1", NEW), *others])
    with pytest.raises(DatapathError, match="^the sentinels name 10.0.0.2 as the master, which is no pod of the inst"):
        master(NEW, others)


def test_another_master_counts_while_somebody_follows_it() -> None:
    new = Seen("cache-1", NEW, "master")
    assert master(NEW, [Seen("cache-0", OLD, "master"), new]) == "cache-1"
    assert master(NEW, [Seen("cache-0", OLD), new]) == "cache-1"
    with pytest.raises(DatapathError, match="^the sentinels name cache-1 as the master, but cache-0 has replicas too$"):
        master(NEW, [Seen("cache-0", OLD, "master", 1), new])
