from __future__ import annotations

import io
import json
import sys

import pytest
from clients import writer
from clients.access import ACCESS, Address


class Redis:
    """Keeps what is set; `faults` are raised one after the other, None lets a call through."""

    def __init__(self, faults=()):
        self.data, self.faults, self.connected = {}, list(faults), 0

    def connect(self):
        self.connected += 1
        return self

    def set(self, key, value):
        if self.faults and (fault := self.faults.pop(0)):
            raise fault
        self.data[key] = str(value).encode()

    def pipeline(self, transaction):
        assert not transaction
        return Pipeline(self)

    def close(self):
        pass


class Pipeline:
    def __init__(self, redis):
        self.redis, self.keys = redis, []

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        pass

    def get(self, key):
        self.keys.append(key)

    def execute(self):
        if self.redis.faults:
            raise self.redis.faults.pop(0)
        return [self.redis.data.get(key) for key in self.keys]


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(writer, "PAUSE", 0.001)


def write(redis, writes, threads=1):
    return writer.Writer(redis.connect, "p", threads, 1e6).run(lambda: len(redis.data) >= writes)


def test_numbers_are_written_in_turn():
    redis = Redis()
    report = write(redis, 5, threads=2)
    for index, thread in enumerate(report["threads"]):
        assert [redis.data[f"p:{index}:{number}"] for number in range(thread["count"])] == [
            str(number).encode() for number in range(thread["count"])
        ]
    assert report["acknowledged"] == len(redis.data) >= 5


@pytest.mark.parametrize("fault", [ConnectionError("cut"), TimeoutError("slow"), IndexError("a library's own fault")])
def test_a_failed_write_is_noted_and_done_again_on_a_new_connection(fault):
    redis = Redis([None, fault, None])
    report = write(redis, 3)
    (error,) = report["threads"][0]["errors"]
    assert error["error"] == f"{type(fault).__name__}: {fault}"
    assert list(redis.data.items())[:3] == [("p:0:0", b"0"), ("p:0:1", b"1"), ("p:0:2", b"2")]
    assert redis.connected == 2


def test_verify_reads_every_key_whatever_happens_between(monkeypatch, capsys):
    redis = Redis()
    report = write(redis, 2500)
    del redis.data["p:0:7"]
    redis.data["p:0:8"] = b"1"
    redis.faults = [ConnectionError("cut"), ValueError("?")]
    monkeypatch.setitem(ACCESS, "service", lambda address: redis.connect())
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(report)))
    monkeypatch.setattr(sys, "argv", ["writer", "verify", "--access", "service", "--host", "h"])
    writer.main()
    assert json.loads(capsys.readouterr().out) == {"acknowledged": report["acknowledged"], "lost": 2}


def test_a_redis_that_stays_away_ends_the_reader_in_one_line(monkeypatch):
    monkeypatch.setattr(writer, "TRIES", 2)
    redis = Redis([ConnectionError("cut")] * 2)
    with pytest.raises(SystemExit, match="^writer: Redis does not answer: ConnectionError: cut$"):
        list(writer.read(writer.Session(redis.connect), iter([("p:0:0", 0)])))


def test_the_password_is_in_no_argument(monkeypatch):
    seen = []
    monkeypatch.setenv("REDIS_PASSWORD", "of-the-test")
    monkeypatch.setitem(ACCESS, "service", lambda address: seen.append(address) or Redis())
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"prefix": "p", "threads": [{"count": 1}]}'))
    monkeypatch.setattr(sys, "argv", ["writer", "verify", "--access", "service", "--host", "h"])
    writer.main()
    assert seen == [Address("h", "of-the-test")]


def test_each_access_asks_once_and_shows_every_error():
    for access in ("service", "sentinel"):
        options = ACCESS[access](Address("h", "p")).connection_pool.connection_kwargs
        assert options["retry"]._retries == 0
        assert options["socket_timeout"] == options["socket_connect_timeout"] == 1.0
