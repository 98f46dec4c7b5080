"""Who is who among the pods."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.hosts import Host, groups
from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, Ranges

from .made import THIRDS
from .pods import SILENT, cluster, master, replica


def test_one_master_and_its_replicas() -> None:
    (found,) = groups([replica("cache-1"), SILENT, master("cache-0"), replica("cache-2")], "sentinel")
    assert (found.slots, found.master.pod) == (EVERY, "cache-0")
    assert [one.pod for one in found.replicas] == ["cache-1", "cache-2"]


@pytest.mark.parametrize(
    ("hosts", "line"),
    [
        ([replica("cache-1"), SILENT], "there is no master: cache-1 (slave), cache-9 (INFO: timed out)"),
        (
            [master("cache-0"), master("cache-1")],
            "cache-0 and cache-1 both call themselves master: nobody can say whose data is the right one",
        ),
        ([master("cache-0", loading="1")], "cache-0 is loading its data"),
        ([Host("cache-0", "cache-0")], "there is no master: cache-0 (no answer)"),
    ],
)
def test_where_it_is_not_clear(hosts: list[Host], line: str) -> None:
    with pytest.raises(DatapathError) as error:
        groups(hosts, "standalone")
    assert str(error.value) == line


def test_engine() -> None:
    assert master("cache-0").engine == ("redis", "7.0.15")
    assert master("cache-0", redis_version="7.2.4", valkey_version="8.1.1").engine == ("valkey", "8.1.1")


def test_shards_come_in_the_order_of_their_slots_each_with_its_own() -> None:
    hosts = cluster(THIRDS)
    found = groups(list(reversed(hosts)), "cluster")
    assert [group.slots for group in found] == list(THIRDS)
    assert [(group.master.pod, [one.pod for one in group.replicas]) for group in found] == [
        (f"cache-leader-{number}", [f"cache-follower-{number}"]) for number in range(3)
    ]


def changed(hosts: list[Host], number: int, node: int, **other: Any) -> list[Host]:
    """One pod sees one node in another way."""
    nodes = list(hosts[number].nodes)
    nodes[node] = replace(nodes[node], **other)
    return [*hosts[:number], replace(hosts[number], nodes=tuple(nodes)), *hosts[number + 1 :]]


HOSTS = cluster(THIRDS)
MOVING = ("[93->-292f8b]",)


@pytest.mark.parametrize(
    ("hosts", "line"),
    [
        ([SILENT], "there is no cluster: cache-9 (INFO: timed out)"),
        (
            changed(HOSTS, 4, 0, slots=((0, 5459),)),
            "cache-leader-0 and cache-follower-1 do not agree on who owns which slots",
        ),
        (
            changed(HOSTS, 0, 0, open=MOVING),
            "slots are on their way to another shard, as cache-leader-0 says: [93->-292f8b]",
        ),
        (cluster(THIRDS[:2]), "not all slots are served: no shard has the slots 10923-16383"),
        (
            [*HOSTS[:1], *HOSTS[2:]],
            "the owner of slots 5461-10922 does not answer: cache-leader-0 (master), cache-leader-2 (master), "
            "cache-follower-0 (slave), cache-follower-1 (slave), cache-follower-2 (slave)",
        ),
    ],
)
def test_clusters_that_are_not_at_one(hosts: list[Host], line: str) -> None:
    with pytest.raises(DatapathError) as error:
        groups(hosts, "cluster")
    assert str(error.value) == line


@given(st.lists(st.integers(1, 16383), unique=True, max_size=5), st.randoms())
def test_every_cluster_that_is_at_one_is_understood(cuts, random) -> None:
    edges = [0, *sorted(cuts), 16384]
    shares: list[Ranges] = [((first, last - 1),) for first, last in zip(edges, edges[1:], strict=False)]
    hosts = cluster(shares)
    random.shuffle(hosts)
    assert [group.slots for group in groups(hosts, "cluster")] == shares


def test_a_node_without_slots_is_no_shard() -> None:
    joined = Node("id-new", "10.0.0.9", frozenset({"master"}), "", True, (), ())
    hosts = [replace(host, nodes=(*host.nodes, joined)) for host in HOSTS]
    assert len(groups(hosts, "cluster")) == 3
