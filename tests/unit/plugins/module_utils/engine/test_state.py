"""What Redis and the sentinels answer, read into data. The texts are real answers of Redis 7.0.15, shortened."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    Member,
    State,
    Watcher,
    check_quorum,
    member,
    parse_pairs,
    sentinel_master,
    watcher,
)

from ..datapath.answers import MYSELF, NODES, REPLICA

MASTER = """# Server
redis_version:7.0.15
executable:/data/redis-server:old

# Replication
role:master
connected_slaves:3
slave0:ip=10.0.0.1,port=6379,state=online,offset=1204,lag=0
slave1:ip=10.0.0.2,port=6379,state=wait_bgsave,offset=0,lag=7
slave2:ip=10.0.0.9,port=0,state=online,offset=0,lag=1
slave_read_only:1
master_repl_offset:1204
""".replace("\n", "\r\n")


def test_pairs() -> None:
    assert parse_pairs("name\nmyMaster\nip\n10.0.0.1\nport\n6379\n") == {
        "name": "myMaster",
        "ip": "10.0.0.1",
        "port": "6379",
    }


def test_pairs_of_an_answer_that_is_cut_off() -> None:
    assert parse_pairs("name\nmyMaster\nip\n") == {"name": "myMaster"}


@given(st.text())
def test_no_answer_of_a_pod_is_too_odd(text) -> None:
    """What a proxy or a broken container prints may be anything, as long as it is no table."""
    assert parse_pairs(text) is not None
    assert member("cache-0", "10.0.0.1", {INFO: text}).pod == "cache-0"
    assert watcher("cache-sentinel-0", "10.0.0.1", "myMaster", {sentinel_master("myMaster"): text}).quorum in (
        "",
        "no answer",
    )


def test_a_master() -> None:
    found = member("cache-0", "10.0.0.0", {INFO: MASTER})
    assert (found.role, found.offset, found.loading, found.linked, found.error) == ("master", 1204, False, False, "")
    assert found.replicas == {
        "10.0.0.1": {"ip": "10.0.0.1", "port": "6379", "state": "online", "offset": "1204", "lag": "0"},
        "10.0.0.2": {"ip": "10.0.0.2", "port": "6379", "state": "wait_bgsave", "offset": "0", "lag": "7"},
    }
    assert (found.nodes, found.myself) == ((), None)


@pytest.mark.parametrize(
    ("link", "busy", "linked"), [("up", "0", True), ("up", "1", False), ("down", "0", False), ("down", "1", False)]
)
def test_a_replica_is_linked_when_it_has_all_data(link, busy, linked) -> None:
    info = f"# R\nrole:slave\nmaster_link_status:{link}\nmaster_sync_in_progress:{busy}\nslave_repl_offset:7\n"
    found = member("cache-1", "10.0.0.1", {INFO: info + "master_repl_offset:9\n"})
    assert (found.linked, found.offset, found.replicas) == (linked, 7, {})


def test_a_node_of_a_cluster() -> None:
    said = {INFO: MASTER, CLUSTER_INFO: "cluster_state:ok\r\ncluster_known_nodes:3\r\n", CLUSTER_NODES: NODES}
    found = member("cache-leader-0", "10.0.0.1", said)
    assert found.cluster == {"cluster_state": "ok", "cluster_known_nodes": "3"}
    assert found.myself == MYSELF


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "no answer"),
        ({INFO: ""}, "no answer"),
        ({INFO: "\n no answer from 10.0.0.1:6379\n"}, "no answer from 10.0.0.1:6379"),
        ({INFO: "NOAUTH Authentication required.\n\n"}, "NOAUTH Authentication required."),
    ],
)
def test_a_pod_that_says_something_else_has_an_error(said, error) -> None:
    found = member("cache-0", "10.0.0.1", said)
    assert found == Member("cache-0", "10.0.0.1", error=error)
    assert (found.role, found.loading, found.linked, found.offset, found.replicas) == ("", False, False, 0, {})


def test_a_pod_that_loads() -> None:
    assert member("cache-0", "10.0.0.1", {INFO: "# Persistence\nloading:1\n"}).loading


def test_a_sentinel() -> None:
    master, quorum = sentinel_master("myMaster"), check_quorum("myMaster")
    assert (master, quorum) == ("SENTINEL MASTER myMaster", "SENTINEL CKQUORUM myMaster")
    said = {master: "name\nmyMaster\nip\n10.0.0.1\n", quorum: "OK 3 usable Sentinels.\n"}
    assert watcher("s-0", "10.0.1.0", "myMaster", said) == Watcher(
        "s-0", "10.0.1.0", {"name": "myMaster", "ip": "10.0.0.1"}, "", "OK 3 usable Sentinels."
    )


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({}, "no answer"),
        (
            {sentinel_master("myMaster"): "ERR No such master with that name\n"},
            "ERR No such master with that name",
        ),
    ],
)
def test_a_sentinel_without_its_group(said, error) -> None:
    assert watcher("s-0", "10.0.1.0", "myMaster", said) == Watcher("s-0", "10.0.1.0", error=error)


def test_a_state_finds_its_members() -> None:
    silent = Member("a-0", "10.0.0.0", error="no answer")
    first = Member("a-1", "10.0.0.1", {"role": "master"}, nodes=(MYSELF,))
    second = Member("a-2", "10.0.0.2", {"role": "slave"}, nodes=(REPLICA,))
    state = State({one.pod: one for one in (silent, first, second)})
    assert state.masters == [first]
    assert state.nodes == (MYSELF,)
    assert state.by_ip("10.0.0.2") is second
    assert state.by_ip("10.0.0.7") is None
    assert State().nodes == ()
