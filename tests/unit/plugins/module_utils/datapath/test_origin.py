"""What a restore takes."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import origin
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin

from .made import THIRDS, document, shard


def test_a_set_has_all_that_its_manifest_says() -> None:
    made = document(shares=THIRDS, mode="cluster")
    found = origin.of_set(made, "set k3x9", "backups", "redis/apps/cache/")
    assert (found.text, found.set, found.uploads) == ("set k3x9", made.set, ())
    assert found.bytes == made.bytes
    assert [file.key for file in found.files] == [f"redis/apps/cache/{made.set}/{one.file}" for one in made.shards]
    assert found.databases() == {"0": made.total_keys}
    assert list(found.unreadable("redis", "7.0.15")) == []


def test_databases_of_all_shards_are_added_up() -> None:
    made = document(shards=(shard(keys={"0": 5, "3": 1}, expires={}),))
    assert origin.of_set(made, "", "", "").databases() == {"0": 5, "3": 1}


def test_nothing_is_known_of_what_is_in_foreign_files() -> None:
    found = Origin("a file", (File("dump.rdb", "b", "k", "", 7),), ("REDIS0009",))
    assert (found.bytes, found.databases()) == (7, {})


@pytest.mark.parametrize(
    ("magics", "engine", "version", "problems"),
    [
        (("REDIS0010", "REDIS0009"), "redis", "7.0.15", []),
        (
            ("REDIS0010", "REDIS0011"),
            "redis",
            "7.0.15",
            ["1: the RDB is of Redis 7.2 or newer, version 11 (REDIS0011), Redis 7.0.15 reads up to version 10"],
        ),
        (
            ("VALKEY080",),
            "redis",
            "8.2.3",
            ["0: the RDB is of Valkey 9, version 80 (VALKEY080), which Redis 8.2.3 does not read"],
        ),
    ],
)
def test_files_of_a_newer_release_are_told(
    magics: tuple[str, ...], engine: str, version: str, problems: list[str]
) -> None:
    files = tuple(File(str(number), "b", "k", "", 7) for number in range(len(magics)))
    assert list(Origin("files", files, magics).unreadable(engine, version)) == problems


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s3://exports/a/b c.rdb", ("exports", "a/b c.rdb")),
        ("s3://exports", None),
        ("s3://exports/", None),
        ("dumps/dump.rdb", None),
        ("/dumps/s3://x/y", None),
    ],
)
def test_uris_are_told_from_paths(text: str, found: tuple[str, str] | None) -> None:
    assert origin.split(text) == found


@pytest.mark.parametrize(
    ("number", "path", "name"),
    [
        (0, "dump.rdb", "00-dump.rdb"),
        (11, "/a/b/ü dump.rdb", "11-__dump.rdb"),
        (2, "s3://exports/x/cache-0001.rdb", "02-cache-0001.rdb"),
    ],
)
def test_names_of_files_hold_no_odd_characters(number: int, path: str, name: str) -> None:
    assert origin.file_name(number, path) == name
