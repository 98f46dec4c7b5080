"""A data set with a bit of everything that Redis holds: ``python -m clients.dataset fill|change|read|compare``.

fill: writes it, beside whatever else there is. change: changes a part of it, by commands of every kind. read: prints
what is there of it as JSON: for each key its type, a digest of its value and when it expires, and a digest of the
functions. Two reads of the same data are the same bytes, in every mode and however keys are encoded. compare: takes
such a JSON from standard input, and fails where what is there differs from it. The password is in ``REDIS_PASSWORD``, a
file with who signs certificates in ``REDIS_CA``; without it there is no TLS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import redis
from redis.cluster import RedisCluster

from clients.access import ACCESS, Address, Client

PREFIX = "data:"
PATIENCE = 30.0  # seconds; big values take a while
EXPIRES = 4_102_444_800  # 2100-01-01: nothing of it may expire while a test runs
BIG = 5_000_000  # bytes of the big value
FUNCTIONS = "#!lua name=shop\nredis.register_function('total', function(keys) return redis.call('GET', keys[1]) end)"
# beside the one that everybody uses; a cluster has no other
DATABASES = (0, 3)
_BATCH = 500


def fill(client: Client, count: int) -> None:
    """count: of small keys of each kind."""
    for start in range(0, count, _BATCH):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, min(start + _BATCH, count)):
                _small(pipeline, number)
            pipeline.execute()
    client.set(f"{PREFIX}big", bytes(number % 251 for number in range(BIG)))
    client.hset(f"{PREFIX}big hash", mapping={f"field {number}": "x" * (number % 90) for number in range(20_000)})
    client.set(b"data:\x00\xff binary \r\n", b"\x00\r\n$5\xff")
    client.set(f"{PREFIX}empty", "")
    client.setbit(f"{PREFIX}bits", 12345, 1)
    client.geoadd(f"{PREFIX}places", (13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania"))
    client.pfadd(f"{PREFIX}visitors", *(f"visitor {number}" for number in range(2000)))
    client.zadd(f"{PREFIX}ranks", {f"member {number}": number / 3 for number in range(500)})
    _stream(client, f"{PREFIX}orders")
    client.function_load(FUNCTIONS, replace=True)
    for database in () if isinstance(client, RedisCluster) else DATABASES[1:]:
        with _of(client, database) as other:
            other.set(f"{PREFIX}elsewhere", f"database {database}")


def _small(pipeline: Any, number: int) -> None:
    pipeline.set(f"{PREFIX}text:{number}", f"text {number} " * (number % 20))
    pipeline.set(f"{PREFIX}number:{number}", number, exat=EXPIRES + number)
    pipeline.rpush(f"{PREFIX}list:{number}", *range(number % 300 + 1))
    pipeline.sadd(f"{PREFIX}set:{number}", *range(number % 600 + 1), f"word {number}")
    pipeline.hset(f"{PREFIX}{{tag {number}}}:hash", mapping={"name": f"hash {number}", "size": number})


def change(client: Client, count: int) -> None:
    """After fill: keys come, go, grow, shrink, get another type, name or expiry. count: as then."""
    with client.pipeline(transaction=False) as pipeline:
        for number in range(0, count, 7):
            pipeline.append(f"{PREFIX}text:{number}", " and more")
            pipeline.persist(f"{PREFIX}number:{number}")
            pipeline.lpush(f"{PREFIX}list:{number}", "first")
            pipeline.rpop(f"{PREFIX}list:{number}")
            pipeline.srem(f"{PREFIX}set:{number}", 0)
            pipeline.hincrby(f"{PREFIX}{{tag {number}}}:hash", "size", 1)
            pipeline.expireat(f"{PREFIX}{{tag {number}}}:hash", EXPIRES - number)
        for number in range(3, count, 7):
            pipeline.delete(f"{PREFIX}text:{number}")
            pipeline.unlink(f"{PREFIX}set:{number}")
            pipeline.sadd(f"{PREFIX}text:{number}", "another type")
            pipeline.hset(f"{PREFIX}{{tag {number}}}:hash", "again", number)
            pipeline.set(f"{PREFIX}new:{number}", number, px=1 if number % 2 else None)
        pipeline.execute()
    for number in range(3, count, 7):  # a cluster's pipeline does not take it
        client.rename(f"{PREFIX}{{tag {number}}}:hash", f"{PREFIX}{{tag {number}}}:renamed")
    client.setrange(f"{PREFIX}big", BIG // 2, "changed")
    client.hdel(f"{PREFIX}big hash", "field 7")
    client.geoadd(f"{PREFIX}places", (12.496366, 41.902782, "Roma"))
    client.pfadd(f"{PREFIX}visitors", "another visitor")
    client.zincrby(f"{PREFIX}ranks", 1.5, "member 3")
    client.xadd(f"{PREFIX}orders", {"order": "another"})
    client.xreadgroup("billing", "third", {f"{PREFIX}orders": ">"}, count=1)
    client.xack(f"{PREFIX}orders", "billing", "3-1")
    for database in () if isinstance(client, RedisCluster) else DATABASES[1:]:
        with _of(client, database) as other:
            other.append(f"{PREFIX}elsewhere", ", changed")
            other.move(f"{PREFIX}elsewhere", DATABASES[0])


def _stream(client: Client, key: str) -> None:
    """With what consumers have not acknowledged, entries that were deleted, and a last id beyond the last entry."""
    for number in range(1, 301):
        client.xadd(key, {"order": number}, id=f"{number}-1")
    client.xdel(key, "300-1", "17-1")
    client.xgroup_create(key, "billing", id="0")
    client.xreadgroup("billing", "first", {key: ">"}, count=50)
    client.xreadgroup("billing", "second", {key: ">"}, count=20)
    client.xack(key, "billing", "1-1", "2-1")
    client.xgroup_create(key, "idle", id="100-1")


def read(client: Client) -> dict[str, Any]:
    """``{keys: {database:key: [type, digest, expires]}, functions: digest}``; keys as hexadecimal digits."""
    clustered = isinstance(client, RedisCluster)
    keys: dict[str, list[Any]] = {}
    for database in DATABASES[:1] if clustered else DATABASES:
        one = client if clustered else _of(client, database)
        for batch in _batches(one):
            keys.update({f"{database}:{key.hex()}": facts for key, facts in _facts(one, batch)})
    libraries = client.function_list(withcode=True)
    # a cluster answers for each of its nodes
    texts = {repr(library) for library in (libraries.values() if isinstance(libraries, dict) else [libraries])}
    return {"keys": dict(sorted(keys.items())), "functions": [_digest(text) for text in sorted(texts)]}


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """One line for each kind of difference between two reads; none where they are the same."""
    old, new = before["keys"], now["keys"]
    found = {
        "missing": sorted(old.keys() - new.keys()),
        "too many": sorted(new.keys() - old.keys()),
        "different": sorted(key for key in old.keys() & new.keys() if old[key] != new[key]),
    }
    lines = [f"{len(keys)} of {len(old)} keys are {what}, such as {keys[:3]}" for what, keys in found.items() if keys]
    return lines + (["the functions differ"] if before["functions"] != now["functions"] else [])


def _of(client: Any, database: int) -> redis.Redis:
    """The same Redis in another database."""
    pool = client.connection_pool
    # sentinels tell the address with each connection
    host, port = pool.get_master_address() if hasattr(pool, "get_master_address") else _address(pool)
    known = {key: value for key, value in pool.connection_kwargs.items() if key in ("password", "ssl_ca_certs")}
    tls = issubclass(pool.connection_class, redis.SSLConnection)
    return redis.Redis(host, port, database, socket_timeout=PATIENCE, ssl=tls, ssl_check_hostname=False, **known)


def _address(pool: Any) -> tuple[str, int]:
    return pool.connection_kwargs["host"], pool.connection_kwargs["port"]


def _batches(client: Client) -> Iterator[list[bytes]]:
    batch = []
    for key in client.scan_iter(match=f"{PREFIX}*", count=1000):
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _facts(client: Client, keys: list[bytes]) -> Iterator[tuple[bytes, list[Any]]]:
    with client.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.type(key)
            pipeline.pexpiretime(key)
        answers = pipeline.execute()
        kinds = [kind.decode() for kind in answers[::2]]
        for key, kind in zip(keys, kinds, strict=True):
            VALUES[kind](pipeline, key)
        values = pipeline.execute() if keys else []
    for key, kind, expires, value in zip(keys, kinds, answers[1::2], values, strict=True):
        told = [value, _groups(client, key)] if kind == "stream" else sorted(_items(value)) if kind in SORTED else value
        yield key, [kind, _digest(repr(told)), expires]


def _items(value: Any) -> Iterator[Any]:
    return iter(value.items() if isinstance(value, dict) else value)


def _groups(client: Client, key: bytes) -> list[Any]:
    about = client.xinfo_stream(key)
    groups = [
        [sorted(group.items()), client.xpending_range(key, group["name"], "-", "+", 1000)]
        for group in client.xinfo_groups(key)
    ]
    names = ("message_id", "consumer", "times_delivered")
    pending = [[facts, [[one[name] for name in names] for one in ids]] for facts, ids in groups]
    return [about["length"], about["last-generated-id"], about.get("max-deleted-entry-id"), pending]


VALUES: dict[str, Callable[[Any, bytes], Any]] = {
    "string": lambda pipeline, key: pipeline.get(key),
    "list": lambda pipeline, key: pipeline.lrange(key, 0, -1),
    "set": lambda pipeline, key: pipeline.smembers(key),
    "hash": lambda pipeline, key: pipeline.hgetall(key),
    "zset": lambda pipeline, key: pipeline.zrange(key, 0, -1, withscores=True),
    "stream": lambda pipeline, key: pipeline.xrange(key),
}
CHANGES = {"fill": fill, "change": change}
# whose order says nothing
SORTED = ("set", "hash")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> None:
    parser = argparse.ArgumentParser(prog="clients.dataset", description=__doc__)
    parser.add_argument("verb", choices=("fill", "change", "read", "compare"))
    parser.add_argument("--access", choices=ACCESS, required=True)
    parser.add_argument("--host", required=True, help="the Service to begin with")
    parser.add_argument("--count", type=int, default=1000, help="of small keys of each kind")
    options = parser.parse_args()
    given = {"password": os.environ.get("REDIS_PASSWORD"), "ca": os.environ.get("REDIS_CA") or None}
    client = ACCESS[options.access](Address(options.host, patience=PATIENCE, **given))
    if options.verb in CHANGES:
        CHANGES[options.verb](client, options.count)
    elif options.verb == "read":
        print(json.dumps(read(client)))
    elif lines := differences(json.load(sys.stdin), read(client)):
        raise SystemExit("\n".join(lines))


if __name__ == "__main__":
    main()
