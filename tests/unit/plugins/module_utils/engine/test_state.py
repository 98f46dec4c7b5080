"""What Redis and the sentinels answer, read into data. The texts are real answers of Redis 7.0.15, shortened."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.engine.state import (
    CLUSTER_INFO,
    CLUSTER_NODES,
    INFO,
    Member,
    Node,
    State,
    Watcher,
    check_quorum,
    member,
    parse_info,
    parse_nodes,
    parse_pairs,
    sentinel_master,
    watcher,
)

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
NODES = """\
07c37df 10.0.0.1:6379@16379,cache-leader-0 myself,master - 0 1426238316232 2 connected 0-5460 7000 [93->-292f8b] [77-<-e7d1ee]
67ed2db fd00::2:6379@16379 slave,fail? 07c37df 1426238316232 1426238316232 2 disconnected
292f8b3 :0@0 master,fail,noaddr - 1 2 3 disconnected 5461-10922

"""  # noqa: E501
# the two of NODES that a person would ask for
MYSELF = Node(
    "07c37df",
    "10.0.0.1",
    frozenset({"myself", "master"}),
    "",
    True,
    ((0, 5460), (7000, 7000)),
    ("[93->-292f8b]", "[77-<-e7d1ee]"),
)
REPLICA = Node("67ed2db", "fd00::2", frozenset({"slave", "fail?"}), "07c37df", False, (), ())


def test_info() -> None:
    found = parse_info(MASTER)
    assert found["redis_version"] == "7.0.15"
    assert found["executable"] == "/data/redis-server:old"
    assert "# Server" not in found


def test_pairs() -> None:
    assert parse_pairs("name\nmyMaster\nip\n10.0.0.1\nport\n6379\n") == {
        "name": "myMaster",
        "ip": "10.0.0.1",
        "port": "6379",
    }


def test_pairs_of_an_answer_that_is_cut_off() -> None:
    assert parse_pairs("name\nmyMaster\nip\n") == {"name": "myMaster"}


def test_nodes() -> None:
    found = parse_nodes(NODES)
    assert found[:2] == (MYSELF, REPLICA)
    assert (found[2].ip, found[2].slots) == ("", ((5461, 10922),))
    assert [one.failed for one in found] == [False, True, True]
    assert [one.count for one in found] == [5462, 0, 5462]


@pytest.mark.parametrize("text", ["", "ERR This instance has cluster support disabled", "Could not connect"])
def test_what_is_no_table_has_no_nodes(text) -> None:
    assert parse_nodes(text) == ()


SLOT = st.integers(0, 16383)
RANGE = st.tuples(SLOT, SLOT).map(lambda pair: (min(pair), max(pair)))
NAME = st.integers(0, 16**40 - 1).map("{:040x}".format)
NODE = st.builds(
    Node,
    id=NAME,
    ip=st.sampled_from(["10.0.0.1", "192.168.255.254", "fd00::2", "::1", ""]),
    flags=st.frozensets(st.sampled_from(["myself", "master", "slave", "fail?", "fail", "handshake"]), min_size=1),
    master=st.one_of(NAME, st.just("")),
    linked=st.booleans(),
    slots=st.lists(RANGE, max_size=4).map(tuple),
    open=st.lists(st.builds("[{}->-{}]".format, SLOT, NAME), max_size=2).map(tuple),
)


def line(node: Node) -> str:
    slots = (str(first) if first == last else f"{first}-{last}" for first, last in node.slots)
    words = (
        *(node.id, f"{node.ip}:6379@16379,host", ",".join(sorted(node.flags)), node.master or "-", "0", "1", "2"),
        *("connected" if node.linked else "disconnected", *slots, *node.open),
    )
    return " ".join(words)


@settings(max_examples=50)
@given(st.lists(NODE, max_size=3))
def test_a_table_is_read_as_it_was_written(nodes) -> None:
    assert parse_nodes("\n".join(map(line, nodes))) == tuple(nodes)


@given(st.text())
def test_no_answer_of_a_pod_is_too_odd(text) -> None:
    """What a proxy or a broken container prints may be anything, as long as it is no table."""
    assert parse_info(text) is not None
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
