"""The head of an RDB. The bytes are of Redis 7.0.15; tests of jobs read those of a server that runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb_head
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

AUX = (
    b"REDIS0010"
    b"\xfa\x09redis-ver\x067.0.15"
    b"\xfa\x0aredis-bits\xc0\x40"
    b"\xfa\x05ctime\xc2\xc1\xfe\x0b\x6b"
    b"\xfa\x07repl-id\x28b1b4d52b89d3117bc2ee9df3031533164c225e54"
    b"\xfa\x0brepl-offset\xc1\x00\x01"
)
FIELDS = {
    "redis-ver": "7.0.15",
    "redis-bits": "64",
    "ctime": "1795948225",
    "repl-id": "b1b4d52b89d3117bc2ee9df3031533164c225e54",
    "repl-offset": "256",
}
PLAIN, COMPRESSED = b"\xf5\x05#!lua", b"\xf5\xc3\x03\x40\x50abc"
FIRST = b"\xfe\x03\xfb\x43\xe8\x0a"  # database 3 with 1000 keys, of which 10 expire
MANY = b"\xfe\x00\xfb\x80\x00\x0f\x42\x40\x81\x00\x00\x00\x00\x00\x0f\x42\x40"


@pytest.mark.parametrize(
    ("rest", "libraries", "databases"),
    [
        (FIRST + b"\x00\x01a\x01b", 0, {"3": (1000, 10)}),
        (PLAIN + COMPRESSED + FIRST, 2, {"3": (1000, 10)}),
        (MANY, 0, {"0": (1000000, 1000000)}),
        (b"\xff" + bytes(8), 0, {}),
        (PLAIN + b"\xff" + bytes(8), 1, {}),
    ],
)
def test_what_is_counted(rest: bytes, libraries: int, databases: dict[str, tuple[int, int]]) -> None:
    assert rdb_head.parse(AUX + rest) == rdb_head.Head("REDIS0010", FIELDS, libraries, databases, counted=True)


@pytest.mark.parametrize("rest", [b"\xf7\x81" + bytes(9), b"\xfe\x00\x00\x01a\x01b", b"\x00\x01a\x01b"])
def test_what_is_not_understood_is_not_counted(rest: bytes) -> None:
    """What modules write, an RDB without sizes, one without a database."""
    head = rdb_head.parse(AUX + rest)
    assert head is not None
    assert (head.aux, head.counted, head.databases) == (FIELDS, False, {})


WHOLE = AUX + PLAIN + COMPRESSED + FIRST


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_head_that_goes_on(length: int) -> None:
    assert rdb_head.parse(WHOLE[:length]) is None


def test_a_head_that_is_cut_off_on_purpose() -> None:
    head = rdb_head.parse(WHOLE[:-1], whole=True)
    assert head is not None
    assert (head.aux, head.counted) == (FIELDS, False)


@pytest.mark.parametrize("data", [b"REDIS10 and more", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"])
def test_what_is_no_rdb(data: bytes) -> None:
    with pytest.raises(DatapathError, match="which is no RDB"):
        rdb_head.parse(data)


@given(st.binary())
def test_no_bytes_are_too_odd(data) -> None:
    head = rdb_head.parse(b"REDIS0010" + data)
    assert head is None or head.magic == "REDIS0010"
