"""What Redis answers, read into data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import Node, keyspace, parse_info, parse_nodes

from .answers import MYSELF, NODES, REPLICA

MASTER = """# Server
redis_version:7.0.15
executable:/data/redis-server:old

# Replication
role:master
""".replace("\n", "\r\n")


def test_info() -> None:
    found = parse_info(MASTER)
    assert found["redis_version"] == "7.0.15"
    assert found["executable"] == "/data/redis-server:old"
    assert "# Server" not in found


def test_keyspace() -> None:
    lines = "# Keyspace\r\ndb0:keys=1000,expires=10,avg_ttl=0\r\ndb3:keys=1,expires=0,avg_ttl=0,subexpiry=0\r\n"
    assert keyspace(parse_info(f"{MASTER}{lines}")) == {"0": (1000, 10), "3": (1, 0)}
    assert keyspace(parse_info(MASTER)) == {}


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
def test_no_answer_is_too_odd(text) -> None:
    """What a proxy or a broken server says may be anything, as long as it is no table."""
    assert parse_info(text) is not None
