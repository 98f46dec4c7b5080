"""Backup sets laid into a bucket by hand: of any RDBs, with any manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from jobs.bucket import NAME, NAMESPACE, Bucket
from jobs.servers import Server

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import (
    AES,
    Encryption,
    Manifest,
    Shard,
    Source,
)

START = datetime(2026, 11, 29, 2, 15, tzinfo=UTC)
LATER = 4_102_444_800
LIBRARY = "#!lua name=shop\nredis.register_function('total', function(keys) return 1 end)"
THIRDS: tuple[slots.Ranges, ...] = (((0, 5460),), ((5461, 10922),), ((10923, 16383),))


@dataclass(frozen=True)
class Part:
    """An RDB and what the manifest says of it; of these slots."""

    rdb: bytes
    slots: slots.Ranges
    keys: int
    expires: int = 0
    functions: int = 0


def names(share: slots.Ranges, count: int) -> list[bytes]:
    """Names of keys of these slots."""
    own = set(slots.expand(share))
    found = (b"key:%d" % number for number in range(100 * count))
    return [name for name in found if slots.key_slot(name) in own][:count]


def part(server: Server, share: slots.Ranges, count: int, functions: int = 0) -> Part:
    """Of a server that then holds so many keys of these slots and nothing else: strings, of which every third expires
    after the year 2100, and a stream."""
    server.ask("FLUSHALL")
    for number, name in enumerate(names(share, count - 1)):
        server.ask("SET", name, b"value of " + name, *(("EXAT", LATER + number) if number % 3 == 0 else ()))
    server.ask("XADD", names(share, count)[-1], "1-1", "field", "value")
    if functions:
        server.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY)
    return Part(server.rdb(), share, count, expires=(count + 1) // 3, functions=functions)


def manifest(parts: Sequence[Part], started: datetime = START, **other: Any) -> Manifest:
    shards = tuple(
        Shard(
            file=keys.shard_file(one.slots[0][0]),
            slots=one.slots,
            bytes=len(one.rdb),
            sha256=hashlib.sha256(one.rdb).hexdigest(),
            rdb_magic=one.rdb[:9].decode(),
            keys={"0": one.keys},
            expires={"0": one.expires} if one.expires else {},
            keys_exact=True,
            functions=one.functions,
            source=Source("cache-0", "master", 0),
            replid="c" * 40,
            offset=0,
            ctime=int(started.timestamp()),
            started=started,
            finished=started,
            checksum="none",
            version_id="",
        )
        for one in parts
    )
    made = Manifest(
        format_version=1,
        set=keys.set_name(started, "k3x9"),
        namespace=NAMESPACE,
        name=NAME,
        mode="cluster" if len(parts) > 1 else "standalone",
        engine="redis",
        engine_version="7.0.15",
        started=started,
        finished=started + timedelta(seconds=1),
        skew_seconds=0.0,
        shards=shards,
        encryption=Encryption(AES, ""),
        collection_version="0.0.0",
    )
    return replace(made, **other)


def lay(bucket: Bucket, parts: Sequence[Part], made: Manifest | None = None) -> Manifest:
    """Puts a set into the bucket; the manifest says what it is told to say."""
    made = made or manifest(parts)
    store = bucket.store()
    for shard, one in zip(made.shards, parts, strict=True):
        bucket.s3.put_object(**store.place(made.set, shard.file), Body=one.rdb)
    store.write(made.set, keys.MANIFEST, made.to_json())
    return made
