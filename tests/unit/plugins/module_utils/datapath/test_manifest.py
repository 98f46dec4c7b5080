"""The manifest: whole or refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, manifest, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.manifest import Encryption, Manifest, Source, parse

from .made import HOUR, START, THIRDS, TIMES, document, shard

KEY = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012"
CLUSTER = document(shares=THIRDS)
COUNTS = st.dictionaries(st.integers(0, 15).map(str), st.integers(1, 10**9), max_size=3)


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Any whole set."""
    started = draw(TIMES)
    cuts = draw(st.lists(st.integers(1, slots.SLOTS - 1), unique=True, max_size=4))
    edges = [0, *sorted(cuts), slots.SLOTS]
    shares = tuple(((first, last - 1),) for first, last in zip(edges, edges[1:], strict=False))
    ctimes = [int(started.timestamp()) + draw(st.integers(0, 5)) for _share in shares]
    counts = st.integers(0, 10**9).map(lambda count: {"0": count} if count else {}) if cuts else COUNTS
    shards = tuple(
        shard(
            share,
            started,
            bytes=draw(st.integers(18, 10**13)),
            keys=(found := draw(counts)),
            expires={database: draw(st.integers(0, count)) for database, count in found.items()},
            keys_exact=draw(st.booleans()),
            functions=draw(st.integers(0, 3)),
            rdb_magic=draw(st.sampled_from(["REDIS0009", "REDIS0012", "VALKEY080"])),
            source=Source(draw(st.text(min_size=1)), draw(st.sampled_from(manifest.ROLES)), draw(st.integers(0, 99))),
            ctime=ctime,
            version_id=draw(st.text()),
        )
        for share, ctime in zip(shares, ctimes, strict=True)
    )
    encryption = draw(st.sampled_from([Encryption(manifest.KMS, KEY), Encryption(manifest.AES, "")]))
    return replace(
        document(started, shares), shards=shards, skew_seconds=float(max(ctimes) - min(ctimes)), encryption=encryption
    )


@given(manifests())
def test_a_whole_set_is_read_as_it_was_written(made: Manifest) -> None:
    assert made.problems() == []
    assert parse(made.to_json()) == made
    assert parse(made.to_json().encode()) == made
    assert manifest.digest(made.to_json()) == manifest.digest(made.to_json().encode())


def test_sums() -> None:
    late = replace(CLUSTER.shards[1], ctime=CLUSTER.shards[1].ctime + 2, keys={"0": 5}, expires={})
    made = replace(CLUSTER, shards=(CLUSTER.shards[0], late, CLUSTER.shards[2]), skew_seconds=2.0)
    assert (made.bytes, made.total_keys, made.moment) == (3000, 2005, late.ctime)


def places(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something could be damaged: every field and item but those of the free counts."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in pairs:
        yield (*path, name)
        yield from places(value, (*path, name))


PLACES = list(places(json.loads(CLUSTER.to_json())))
JUNK: list[Any] = [None, True, -1, 1.5, "", "x", [], {}, [1], {"a": 1}, 10**30, "2026-02-30T00:00:00Z"]


def damaged(path: tuple[str | int, ...], value: Any, *, lost: bool) -> str:
    data = copy.deepcopy(json.loads(CLUSTER.to_json()))
    node = data
    for name in path[:-1]:
        node = node[name]
    if lost:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return json.dumps(data)


def one_line(text: str) -> str:
    with pytest.raises(DatapathError) as error:
        parse(text)
    (line,) = str(error.value).splitlines()
    assert line.startswith("manifest")
    return line


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_whatever_is_lost_is_missed(path: tuple[str | int, ...]) -> None:
    if path[-2:] != ("expires", "0"):  # no key expires
        one_line(damaged(path, None, lost=True))


# any name, any size, any text of S3
FREE = {
    **dict.fromkeys(
        ("namespace", "name", "engine_version", "collection_version", "pod", "checksum", "version_id"), str
    ),
    **dict.fromkeys(("functions", "lag_bytes", "offset", "bytes", "0"), int),
}


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_whatever_is_of_another_kind_is_refused(path: tuple[str | int, ...]) -> None:
    for junk in JUNK:
        if not possible(path[-1], junk):
            one_line(damaged(path, junk, lost=False))


def possible(field: str | int, junk: Any) -> bool:
    """Whether it could be so: no manifest says that a value of the right kind is the wrong one."""
    if field == "expires" and junk == {}:
        return True
    if (field in ("version_id", "key") and junk == "") or (field == "keys_exact" and junk is True):
        return True
    wanted = FREE.get(str(field))
    return wanted is not None and isinstance(junk, wanted) and junk is not True and junk not in ("", -1)


@given(st.data())
def test_a_torn_manifest_is_refused(data) -> None:
    text = CLUSTER.to_json()
    one_line(text[: data.draw(st.integers(0, len(text) - 2))])


@given(st.text() | st.binary())
def test_any_text_gives_one_line(text) -> None:
    with pytest.raises(DatapathError) as error:
        parse(text)
    assert len(str(error.value).splitlines()) == 1


@given(st.text(min_size=1), st.sampled_from([(), ("shards", 0), ("encryption",), ("shards", 0, "source")]))
def test_an_unknown_field_is_refused(name, path) -> None:
    data = json.loads(CLUSTER.to_json())
    node = data
    for part in path:
        node = node[part]
    assume(name not in node)
    node[name] = 1
    assert "has the unknown field" in one_line(json.dumps(data))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "manifest: is no valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "manifest: must be an object, not a list"),
        ("{}", "manifest.format_version: is missing"),
        ('{"format_version": 2}', "manifest: its format_version is 2, this release reads 1"),
        ('{"set": 1, "set": 2}', "manifest: is no valid JSON: the key 'set' is there twice"),
        ('{"skew_seconds": NaN}', "manifest: is no valid JSON: NaN is no number of JSON"),
        ('{"format_version": 1, "set": 5}', "manifest.set: must be a text, not 5"),
    ],
)
def test_refusals_of_a_text(text: str, line: str) -> None:
    assert one_line(text) == line


ONE = document()
WRONG: list[tuple[Manifest, str]] = [
    (replace(ONE, set="latest"), "set 'latest' is no name of a set"),
    (replace(ONE, started=START + HOUR), "set 20261129T021500Z-k3x9 did not start at 2026-11-29T03:15:00Z"),
    (replace(ONE, name=""), "name is empty"),
    (replace(ONE, mode="replicated"), "mode 'replicated' is none of standalone, sentinel, cluster"),
    (replace(ONE, engine="keydb"), "engine 'keydb' is none of redis, valkey"),
    (replace(ONE, encryption=Encryption("aws:kms", "")), "encryption.key '' does not go with 'aws:kms'"),
    (replace(ONE, encryption=Encryption("AES256", KEY)), f"encryption.key '{KEY}' does not go with 'AES256'"),
    (replace(ONE, encryption=Encryption("none", "")), "encryption.algorithm 'none' is none of aws:kms, AES256"),
    (replace(ONE, finished=START - timedelta(seconds=1)), "it finished before it started"),
    (replace(ONE, shards=()), "it has no shards"),
    (replace(CLUSTER, mode="sentinel"), "mode sentinel has one shard, not 3"),
    (replace(CLUSTER, shards=CLUSTER.shards[:2]), "no shard has the slots 10923-16383"),
    (
        replace(CLUSTER, shards=(*CLUSTER.shards, CLUSTER.shards[2])),
        "more than one shard has the slots 10923-16383",
    ),
    (replace(ONE, skew_seconds=1.0), "skew_seconds is 1.0, the shards are 0 seconds apart"),
]  # fmt: skip
WRONG_SHARDS: list[tuple[dict[str, Any], str]] = [
    ({"file": "dump.rdb"}, "dump.rdb: is not named by its lowest slot, 0"),
    ({"slots": ((8192, 16383), (0, 8191)), "file": keys.shard_file(8192)}, "its slots are not in order"),
    ({"bytes": 17}, "17 bytes are no RDB"),
    ({"sha256": "AB" * 31}, f"sha256 '{'AB' * 31}' is none"),
    ({"replid": "?"}, "replid '?' is none"),
    ({"rdb_magic": "REDIS10"}, "rdb_magic 'REDIS10' is none"),
    ({"keys": {"00": 1}}, "keys '00': 1 is no count of a database"),
    ({"keys": {"0": 0}, "expires": {}}, "keys '0': 0 is no count of a database"),
    ({"expires": {"0": 1001}}, "expires '0': 1001 of 1000 keys"),
    ({"expires": {"1": 1}}, "expires '1': 1 of 0 keys"),
    ({"source": Source("", "slave", 0)}, "source.pod is empty"),
    ({"source": Source("a", "replica", 0)}, "source.role 'replica' is none of master, slave"),
    ({"source": Source("a", "slave", -1)}, "source.lag_bytes -1 is below zero"),
    ({"offset": -1}, "offset -1 is below zero"),
    ({"functions": -1}, "functions -1 is below zero"),
    ({"checksum": ""}, "checksum is empty"),
    ({"finished": START + timedelta(hours=1)}, "its times are not within those of the set"),
    ({"started": START + timedelta(seconds=11)}, "its times are not within those of the set"),
]


@pytest.mark.parametrize(("made", "problem"), WRONG, ids=[problem for _made, problem in WRONG])
def test_problems(made: Manifest, problem: str) -> None:
    assert problem in made.problems()
    assert problem in one_line(made.to_json())


@pytest.mark.parametrize(("other", "problem"), WRONG_SHARDS, ids=[problem for _other, problem in WRONG_SHARDS])
def test_problems_of_a_shard(other: dict[str, Any], problem: str) -> None:
    made = replace(ONE, shards=(shard(**other),))
    assert [line for line in made.problems() if line.endswith(problem)]


def test_a_cluster_has_one_database() -> None:
    others = replace(
        CLUSTER, shards=(replace(CLUSTER.shards[0], keys={"0": 1, "1": 1}, expires={}), *CLUSTER.shards[1:])
    )
    assert others.problems() == ["shard-00000.rdb: a cluster has no database but 0"]
