"""Every doubt in a healthy instance of which one thing is damaged; the texts are what users wait with."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.proof import doubts, unproven

from .damage import absent, all_of, cluster, node, redis, sentinel, silent
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE, view


@pytest.mark.parametrize("flavour", [SINGLE, REPLICATED, SENTINEL, CLUSTER])
def test_a_healthy_instance_is_proven(flavour) -> None:
    found = view(flavour)
    assert unproven(found.plan, found.state) is None


LEADER, FOLLOWER = "cache-leader-1", "cache-follower-1"
OPEN = ("[5461->-id-cache-leader-2]", "[5462->-id-cache-leader-2]")


@pytest.mark.parametrize(
    ("flavour", "damage", "text"),
    [
        # answers
        (SINGLE, absent("cache-0"), "Pod cache-0: Redis does not answer: the pod has no address"),
        (SINGLE, silent("cache-0", "Connection refused"), "Pod cache-0: Redis does not answer: Connection refused"),
        (
            SENTINEL,
            redis("cache-1", loading="1", loading_loaded_perc="42.10"),
            "Pod cache-1: Redis still loads its data (42.10 %)",
        ),
        (CLUSTER, redis(FOLLOWER, loading="1"), f"Pod {FOLLOWER}: Redis still loads its data (? %)"),
        # one Redis
        (SINGLE, redis("cache-0", role="slave"), "Pod cache-0: its role is 'slave' instead of 'master'"),
        # one master, and everybody follows it
        (
            REPLICATED,
            redis("cache-0", role="slave"),
            "there must be one master among the Redis pods; masters: none",
        ),
        (
            SENTINEL,
            redis("cache-2", role="master"),
            "there must be one master among the Redis pods; masters: cache-0, cache-2",
        ),
        (
            REPLICATED,
            redis("cache-1", master_host="10.0.0.9"),
            "Pod cache-1: it follows 10.0.0.9 instead of Pod cache-0 (10.0.0.0)",
        ),
        (
            REPLICATED,
            redis("cache-1", master_link_status="down"),
            "Pod cache-1: its link to the master is down",
        ),
        (
            SENTINEL,
            redis("cache-1", master_sync_in_progress="1", master_sync_left_bytes="4096"),
            "Pod cache-1: it copies the data of its master, 4096 bytes left",
        ),
        (
            SENTINEL,
            redis("cache-0", slave1="ip=10.0.0.2,port=6379,state=send_bulk,offset=0,lag=0"),
            "Pod cache-0: it does not count Pod cache-2 as an online replica",
        ),
        (
            SENTINEL,
            redis("cache-0", slave1=""),
            "Pod cache-0: it does not count Pod cache-2 as an online replica",
        ),
        # sentinels
        (
            SENTINEL,
            absent("cache-sentinel-1"),
            "Pod cache-sentinel-1: the sentinel does not answer: the pod has no address",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-1", error="ERR No such master with that name"),
            "Pod cache-sentinel-1: the sentinel does not answer: ERR No such master with that name",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-1", ip="10.0.0.1"),
            "Pod cache-sentinel-1: the sentinel watches 10.0.0.1 instead of Pod cache-0 (10.0.0.0)",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-1", flags="s_down,master"),
            "Pod cache-sentinel-1: the sentinel sees the master as s_down,master",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-2", **{"num-slaves": "1"}),
            "Pod cache-sentinel-2: the sentinel's num-slaves is 1 instead of 2",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-2", **{"num-other-sentinels": "4"}),
            "Pod cache-sentinel-2: the sentinel's num-other-sentinels is 4 instead of 2",
        ),
        (
            SENTINEL,
            sentinel("cache-sentinel-0", quorum="NOQUORUM 1 usable Sentinels."),
            "Pod cache-sentinel-0: the sentinel could not fail over: NOQUORUM 1 usable Sentinels.",
        ),
        # nodes of a cluster
        (
            CLUSTER,
            cluster(LEADER, cluster_state="fail"),
            f"Pod {LEADER}: it sees the cluster as 'fail' instead of 'ok'",
        ),
        (CLUSTER, cluster(LEADER, cluster_state=""), f"Pod {LEADER}: it sees the cluster as 'none' instead of 'ok'"),
        (CLUSTER, cluster(LEADER, cluster_slots_ok="16383"), f"Pod {LEADER}: it sees 16383 of 16384 slots served"),
        (CLUSTER, cluster(LEADER, cluster_known_nodes="7"), f"Pod {LEADER}: it knows 7 nodes instead of 6"),
        (
            CLUSTER,
            node(FOLLOWER, flags=frozenset({"slave", "fail"})),
            "Pod cache-leader-0: it sees 1 nodes as failed",
        ),
        (CLUSTER, node(LEADER, open=OPEN), f"Pod {LEADER}: 2 slots are on their way ({OPEN[0]})"),
        (CLUSTER, redis(FOLLOWER, master_link_status="down"), f"Pod {FOLLOWER}: its link to its master is down"),
        # shards
        (
            CLUSTER,
            all_of(node(LEADER, slots=()), node("cache-leader-2", slots=((5461, 16383),))),
            "2 masters have slots instead of 3: cache-leader-0, cache-leader-2",
        ),
        (
            CLUSTER,
            all_of(
                node("cache-leader-0", slots=((0, 99),)),
                node(LEADER, slots=((100, 8241),)),
                node("cache-leader-2", slots=((8242, 16383),)),
            ),
            "Pod cache-leader-0: it has 100 slots instead of about 5461",
        ),
        (
            CLUSTER,
            node(FOLLOWER, master="id-cache-leader-0"),
            "Pod cache-leader-0: its shard has 2 replicas instead of 1",
        ),
    ],
)
def test_a_damage_is_told(flavour, damage, text) -> None:
    found = view(flavour)
    assert unproven(found.plan, damage(found.state)) == text


def test_a_pod_that_answers_is_told_before_what_follows_from_it() -> None:
    """A master that is gone makes its replicas lose their link."""
    found = view(SENTINEL)
    state = all_of(absent("cache-0"), redis("cache-1", master_link_status="down"))(found.state)
    assert list(doubts(found.plan, state)) == [
        "Pod cache-0: Redis does not answer: the pod has no address",
        "there must be one master among the Redis pods; masters: none",
    ]


def test_sentinels_are_not_asked_about_a_master_that_is_not_one() -> None:
    found = view(SENTINEL)
    state = all_of(redis("cache-1", role="master"), sentinel("cache-sentinel-0", ip="10.0.0.1"))(found.state)
    assert list(doubts(found.plan, state)) == [
        "there must be one master among the Redis pods; masters: cache-0, cache-1"
    ]


def test_every_doubt_is_listed() -> None:
    found = view(CLUSTER)
    state = all_of(node(FOLLOWER, master="id-cache-leader-0"), cluster(LEADER, cluster_state="fail"))(found.state)
    assert list(doubts(found.plan, state)) == [
        f"Pod {LEADER}: it sees the cluster as 'fail' instead of 'ok'",
        "Pod cache-leader-0: its shard has 2 replicas instead of 1",
        f"Pod {LEADER}: its shard has 0 replicas instead of 1",
    ]


def test_a_backup_that_streams_is_no_replica() -> None:
    found = view(REPLICATED)
    state = redis("cache-0", slave2="ip=10.0.0.1,port=0,state=online,offset=0,lag=0")(found.state)
    assert unproven(found.plan, state) is None
