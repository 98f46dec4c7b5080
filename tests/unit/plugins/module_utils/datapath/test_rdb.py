"""Which server loads which RDB: the matrix of the data path sheet, §2.3, which was run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import rdb
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

WRITERS = {"6.2": "REDIS0009", "7.0": "REDIS0010", "valkey 8.1": "REDIS0011", "8.2": "REDIS0012"}
READERS = [("redis", "6.2.14"), ("redis", "7.0.15"), ("valkey", "8.1.8"), ("redis", "8.2.3")]
MATRIX = {"6.2": "yyyy", "7.0": "nyyy", "valkey 8.1": "nnyy", "8.2": "nnny"}
CASES = [
    (WRITERS[writer], *reader, answer == "y")
    for writer, answers in MATRIX.items()
    for reader, answer in zip(READERS, answers, strict=True)
]


@pytest.mark.parametrize(("magic", "engine", "version", "loads"), CASES)
def test_matrix(magic: str, engine: str, version: str, loads: bool) -> None:
    assert (rdb.can_load(magic, engine, version) is None) == loads


@pytest.mark.parametrize(
    ("magic", "engine", "version", "reason"),
    [
        ("REDIS0011", "redis", "7.2.0", None),
        ("REDIS0012", "redis", "7.4.1", None),
        ("REDIS0013", "redis", "8.6.0", None),
        ("REDIS0013", "redis", "9.0.0", None),
        ("VALKEY080", "valkey", "9.1.0", None),
        ("REDIS0011", "valkey", "9.1.0", None),
        ("REDIS0009", "redis", "6", None),
        (
            "REDIS0012",
            "redis",
            "7.0.15",
            "the RDB is of Redis 7.4 or newer, version 12 (REDIS0012), Redis 7.0.15 reads up to version 10",
        ),
        (
            "REDIS0011",
            "redis",
            "7",
            "the RDB is of Redis 7.2 or newer, version 11 (REDIS0011), Redis 7 reads up to version 10",
        ),
        (
            "REDIS0012",
            "valkey",
            "8.1.1",
            "the RDB is of Redis 7.4 or newer, version 12 (REDIS0012), Valkey 8.1.1 reads up to version 11",
        ),
        (
            "REDIS0099",
            "redis",
            "8.6.0",
            "the RDB is of version 99 (REDIS0099), Redis 8.6.0 reads up to version 13",
        ),
        (
            "VALKEY080",
            "redis",
            "8.6.0",
            "the RDB is of Valkey 9, version 80 (VALKEY080), which Redis 8.6.0 does not read",
        ),
        (
            "VALKEY080",
            "valkey",
            "8.1.0",
            "the RDB is of Valkey 9, version 80 (VALKEY080), which Valkey 8.1.0 does not read",
        ),
        ("RDB", "redis", "7.0.15", "'RDB' is no RDB"),
    ],
)
def test_reasons_name_both_versions(magic: str, engine: str, version: str, reason: str | None) -> None:
    assert rdb.can_load(magic, engine, version) == reason


def test_parse() -> None:
    assert rdb.parse(b"REDIS0010\xfa\x09redis-ver") == "REDIS0010"
    assert rdb.parse(b"VALKEY080\xfa") == "VALKEY080"


@pytest.mark.parametrize("head", [b"", b"REDIS001", b"REDIS00x0", b"redis0010", b"VALKEY0800"[:8], b"PK\x03\x04abcde"])
def test_what_is_no_rdb(head: bytes) -> None:
    with pytest.raises(DatapathError, match="which is no RDB"):
        rdb.parse(head)


@given(st.integers(1, 12), st.integers(9, 13), st.integers(0, 9))
def test_a_newer_server_reads_what_an_older_one_reads(major, number, minor) -> None:
    magic = f"REDIS{number:04}"
    if rdb.can_load(magic, "redis", f"{major}.{minor}.0") is None:
        assert rdb.can_load(magic, "redis", f"{major}.{minor + 1}.0") is None
        assert rdb.can_load(magic, "redis", f"{major + 1}.0.0") is None


@pytest.mark.parametrize(
    ("engine", "version", "magic"),
    [
        ("redis", "6.2.14", "REDIS0009"),
        ("redis", "7.0.15", "REDIS0010"),
        ("redis", "7.2.6", "REDIS0011"),
        ("redis", "8.2.3", "REDIS0012"),
        ("valkey", "8.1.8", "REDIS0011"),
        ("valkey", "9.0.0", "VALKEY080"),
    ],
)
def test_what_a_release_writes(engine: str, version: str, magic: str) -> None:
    assert rdb.written_by(engine, version) == magic
    assert rdb.can_load(magic, engine, version) is None


def test_nothing_is_made_up_of_an_unknown_engine() -> None:
    with pytest.raises(DatapathError, match="no RDB is known of memcached 1.6"):
        rdb.written_by("memcached", "1.6")
