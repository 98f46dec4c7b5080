"""Sets in the bucket that no backup has made."""

from __future__ import annotations

from datetime import UTC, datetime

from jobs.bucket import NAME, NAMESPACE, Bucket

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, manifest, slots, verdict
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Encryption, Manifest, Shard, Source
from ansible_collections.eks.redis.plugins.module_utils.datapath.verdict import Verdict

FILE = keys.shard_file(0)
BODY = b"REDIS0010\xff" + bytes(8)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def lay(bucket: Bucket, started: datetime, state: str, suffix: str = "aaaa") -> str:
    """Writes a set as if it had been made then; its name. state: one of sets.STATES."""
    name, store = keys.set_name(started, suffix), bucket.store()
    bucket.s3.put_object(**store.place(name, FILE), Body=BODY if state != "damaged" else b"")
    if state == "incomplete":
        return name
    text = _manifest(name, started).to_json()
    store.write(name, keys.MANIFEST, text)
    if state == "verified":
        verdict_of = Verdict(
            verdict.FORMAT_VERSION, name, manifest.digest(text), True, started, "7.0.15", 1.0, (), ()
        )  # fmt: skip
        store.write(name, keys.VERDICT, verdict_of.to_json())
    return name


def _manifest(name: str, started: datetime) -> Manifest:
    shard = Shard(
        file=FILE,
        slots=slots.EVERY,
        bytes=len(BODY),
        sha256="ab" * 32,
        rdb_magic="REDIS0010",
        keys={},
        expires={},
        keys_exact=True,
        functions=0,
        source=Source("cache-0", "master", 0),
        replid="c" * 40,
        offset=0,
        ctime=int(started.timestamp()),
        started=started,
        finished=started,
        checksum="q80=",
        version_id="",
    )
    return Manifest(
        format_version=manifest.FORMAT_VERSION,
        set=name,
        namespace=NAMESPACE,
        name=NAME,
        mode="standalone",
        engine="redis",
        engine_version="7.0.15",
        started=started,
        finished=started,
        skew_seconds=0.0,
        shards=(shard,),
        encryption=Encryption(manifest.AES, ""),
        collection_version="0.1.0",
    )
