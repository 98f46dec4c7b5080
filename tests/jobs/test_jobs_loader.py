"""The loader with a real Redis, run by the very script of its container: what it says of RDB files, broken ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jobs.servers import Server, Sidecar, until

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal

LIBRARY = "#!lua name=shop\nredis.register_function('total', function(keys) return 1 end)"
LOW, HIGH = (((0, 8191),), ((8192, 16383),))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "redis", "--databases", "1024", "--enable-debug-command", "yes")
    yield server
    server.kill()


@pytest.fixture
def sidecar(tmp_path: Path) -> Iterator[Sidecar]:
    one = Sidecar(tmp_path / "work")
    one.loader.wait()
    yield one
    one.stop()


Put = Callable[..., File]


@pytest.fixture
def put(sidecar: Sidecar) -> Put:
    """Lays an RDB where the loader finds it."""

    def lay(rdb: bytes, name: str = "shard-00000.rdb", expected: Expected | None = None) -> File:
        (sidecar.folder / name).write_bytes(rdb)
        return File(name, "bucket", name, "", len(rdb), expected)

    return lay


def expecting(keys: dict[str, int], **other: object) -> Expected:
    made = Expected("00" * 32, slots.EVERY, keys, {}, True, 0)
    return replace(made, **other)  # type: ignore[arg-type]


def fill(server: Server, names: Iterator[bytes] | list[bytes], database: int = 0) -> None:
    server.ask("SELECT", database)
    for name in names:
        server.ask("SET", name, "x")
    server.ask("SELECT", 0)


def of(share: slots.Ranges, count: int) -> list[bytes]:
    """Names of keys of these slots."""
    own = set(slots.expand(share))
    names = (b"key:%d" % number for number in range(10 * count))
    return [name for name in names if slots.key_slot(name) in own][:count]


def test_a_file_is_loaded_and_counted(redis: Server, sidecar: Sidecar, put: Put) -> None:
    fill(redis, [b"a", b"b", b"c"])
    fill(redis, [b"a"], database=900)
    redis.ask("FUNCTION", "LOAD", LIBRARY)
    redis.ask("XADD", "stream", "*", "field", "value")
    file = put(redis.rdb(), expected=expecting({"0": 4, "900": 1}, functions=1))
    loaded = sidecar.loader.load(file)
    assert (loaded.keys, loaded.expired, loaded.foreign, loaded.functions) == ({"0": 4, "900": 1}, 0, 0, 1)
    assert list(loading.problems(file, loaded)) == []
    assert sidecar.loader.engine[0] == "redis"


def test_keys_whose_time_has_come_are_counted_apart(redis: Server, sidecar: Sidecar, put: Put) -> None:
    names = of(slots.EVERY, 20)
    fill(redis, names)
    redis.ask("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    for name in names[:5]:
        redis.ask("PEXPIRE", name, 1)
    file = put(redis.rdb(), expected=expecting({"0": 20}, expires={"0": 5}))
    until(lambda: redis.ask("EXISTS", *names) == 15)
    loaded = sidecar.loader.load(file)
    assert (loaded.keys, loaded.expired) == ({"0": 15}, 5)
    assert list(loading.problems(file, loaded)) == []


def test_what_expires_in_the_loader_stays_until_it_is_asked_for(redis: Server, sidecar: Sidecar, put: Put) -> None:
    redis.ask("SET", "short", "x", "PX", 600_000)
    loaded = sidecar.loader.load(put(redis.rdb()))
    # Redis looks at 16 of 1024 databases for what has expired, so often a second: the loader would be the first to
    for server, times in ((sidecar.server, 500), (redis, 50)):
        server.ask("CONFIG", "SET", "hz", times)
        server.ask("PEXPIRE", "short", 1)
    until(lambda: redis.ask("DBSIZE") == 0)
    assert (loaded.keys, sidecar.loader.databases()) == ({"0": 1}, {"0": 1})
    assert list(sidecar.loader.scan()) == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda rdb: rdb[:-200], "Short read"),
        (lambda rdb: rdb[:5], "Short read"),
        (lambda rdb: b"", "Short read"),
        (lambda rdb: rdb.replace(b"key:", b"kex:", 1), "Wrong RDB checksum"),
        (lambda rdb: b"<?xml version='1.0'?><Error/>", "Wrong signature"),
        (lambda rdb: b"REDIS0099" + rdb[9:], "Can't handle RDB format version 99"),
        (lambda rdb: b"VALKEY080" + rdb[9:], "Wrong signature"),
    ],
)
def test_a_file_that_is_no_sound_rdb_is_refused_and_the_next_is_not(
    redis: Server, sidecar: Sidecar, put: Put, broken: Callable[[bytes], bytes], reason: str
) -> None:
    fill(redis, of(slots.EVERY, 100))
    rdb = redis.rdb()
    with pytest.raises(JobError, match=f"^torn.rdb cannot be loaded: {reason}"):
        sidecar.loader.load(put(broken(rdb), "torn.rdb"))
    assert sidecar.loader.load(put(rdb)).total == 100


def test_a_loader_that_dies_is_told_apart_from_a_file_that_is_broken(redis: Server, sidecar: Sidecar, put: Put) -> None:
    fill(redis, [b"a"])
    file = put(redis.rdb())
    sidecar.server.kill()
    with pytest.raises(JobError, match="killed while it loaded, most likely because it needs more memory"):
        sidecar.loader.load(file)


def test_keys_of_other_shards_are_counted(redis: Server, sidecar: Sidecar, put: Put) -> None:
    fill(redis, [*of(LOW, 30), *of(HIGH, 7)])
    file = put(redis.rdb(), expected=expecting({"0": 37}, slots=LOW))
    loaded = sidecar.loader.load(file)
    assert loaded.foreign == 7
    assert list(loading.problems(file, loaded)) == ["shard-00000.rdb: 7 of 37 keys belong to other shards"]


def test_several_files_are_loaded_into_one(redis: Server, sidecar: Sidecar, put: Put) -> None:
    redis.ask("FUNCTION", "LOAD", LIBRARY)
    fill(redis, of(LOW, 30))
    low = put(redis.rdb(), expected=expecting({"0": 30}, slots=LOW, functions=1))
    redis.ask("FLUSHALL")
    fill(redis, of(HIGH, 20))
    high = put(redis.rdb(), "shard-08192.rdb", expecting({"0": 20}, slots=HIGH, functions=1))
    found = [sidecar.loader.load(low), sidecar.loader.load(high, beside=True)]
    assert [one.keys for one in found] == [{"0": 30}, {"0": 20}]
    assert [list(loading.problems(file, one)) for file, one in zip((low, high), found, strict=True)] == [[], []]
    assert sidecar.loader.databases() == {"0": 50}
    assert sum(len(names) for names in sidecar.loader.scan()) == 50
    # keys that are there twice would be counted once
    again = sidecar.loader.load(high, beside=True)
    assert (again.keys, again.repeated) == ({}, 20)
    # a file of its own starts from nothing again
    assert sidecar.loader.load(high).keys == {"0": 20}
    assert sidecar.loader.databases() == {"0": 20}


def test_it_is_reached_from_its_pod_only_unless_it_is_copied_from(tmp_path: Path, sidecar: Sidecar) -> None:
    assert "bind 127.0.0.1" in sidecar.server.env["LOADER_LISTENS"]  # type: ignore[index]
    assert sidecar.server.ask("CONFIG", "GET", "bind") == [b"bind", b"127.0.0.1"]
    other = Sidecar(tmp_path / "other", reachable=True)
    try:
        other.loader.wait()
        assert other.server.ask("CONFIG", "GET", "bind") == [b"bind", b"* -::*"]
        assert other.server.ask("CONFIG", "GET", "protected-mode") == [b"protected-mode", b"no"]
    finally:
        other.stop()


@pytest.mark.parametrize("password", ["simple", 'a"b\\c$d#e'])
def test_a_password_is_asked_for_and_stands_in_no_command_line(tmp_path: Path, redis: Server, password: str) -> None:
    one = Sidecar(tmp_path / "kept", password=password, reachable=True)
    try:
        one.loader.wait()
        words = Path(f"/proc/{one.server.process.pid}/cmdline").read_bytes()
        assert b"redis-server" in words
        assert password.encode() not in words
        assert not any(password.encode() in path.read_bytes() for path in one.folder.rglob("*") if path.is_file())
        with pytest.raises(Refusal, match="NOAUTH"):
            Link("nobody", "127.0.0.1", one.port).ask("DBSIZE")
        # a Redis that sends it may copy, once there is something
        redis.ask("SET", "old", "old")
        redis.ask("CONFIG", "SET", "masterauth", password)
        redis.ask("REPLICAOF", "127.0.0.1", one.port)
        until(lambda: b"NOPERM" in (redis.folder / "output").read_bytes())
        assert redis.ask("GET", "old") == b"old"
        one.loader.offer()
        until(lambda: redis.info()["master_link_status"] == "up")
        assert redis.ask("GET", "old") is None
    finally:
        one.stop()
