"""A gigabyte: backed up, proven, lost, and restored in place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from backed_up import BACKUPS
from conftest import kubectl
from document import Section
from places import eventually
from target import Target

SECTION = Section(
    "Large sets",
    """
A thousand values of a megabyte of random bytes are backed up, proven by the restore test, lost, and restored in place
by `eks.redis.restore` with force. Then all pods of Redis are deleted, and each value is hashed once more. One run each,
on a laboratory whose nodes share two cores, into a stand-in for S3 that shares them too: the seconds are an order of
magnitude.
""",
    ("instance", "set", "backup in seconds", "restore test in seconds", "restore in seconds", "values that differ"),
)
VALUES, VALUE = 1000, 1_000_000  # how many, and bytes of each
# the whole data may be twice in the memory of a master, and in that of the Redis that loads a set
LARGE = {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "3Gi"}}
_WRITE = f"for i in $(seq {VALUES}); do head -c {VALUE} /dev/urandom | redis-cli -c -x SET large:$i; done | sort -u"
_HASH = f"for i in $(seq {VALUES}); do redis-cli -c GET large:$i | sha256sum; done"


class Case(NamedTuple):
    """mode: the flavour's deployment. root: of the root file."""

    mode: Mapping[str, Any]
    root: Mapping[str, Any] = {}


CASES = {
    "sentinel, a master and a replica": Case({"mode": "sentinel", "config": {"replica": {"count": 1}}}),
    "cluster of three shards": Case(
        {"mode": "cluster", "config": {"numShards": 3, "replicasPerShard": 0}}, {"clusterModeEnabled": True}
    ),
}


@pytest.fixture
def target(laboratory: None, what: str) -> Iterator[Target]:
    one = Target("large", "restore", clustered="clusterModeEnabled" in CASES[what].root)
    try:
        one.deploy(
            {
                "deployment": CASES[what].mode,
                "master": {"resources": LARGE},
                "replica": {"resources": LARGE},
                "persistence": {"size": "4Gi", "aof": {"enabled": True}},
                "backup": {**BACKUPS, "restoreTest": {"enabled": True}},
            },
            **CASES[what].root,
        )
        yield one
    finally:
        one.remove()


@pytest.mark.parametrize("what", CASES)
def test_a_gigabyte_comes_back(what: str, target: Target, record: Any) -> None:
    assert target.shell(target.master(), _WRITE).split() == ["OK"]
    before = target.shell(target.master(), _HASH).split("\n")
    made = target.run("backup")
    tested = target.test_set(made["set"])
    assert tested["verified"], tested
    for pod in target.masters():
        target.shell(pod, "redis-cli FLUSHALL; redis-cli -c SET other 1")
    restored = target.run("restore", set=made["set"], force=True)
    assert restored["keys"] == {"0": VALUES}
    kubectl("delete", "pod", *target.redis(), namespace=target.namespace)
    eventually(target.is_well)
    after = target.shell(target.master(), _HASH).split("\n")
    differing = sum(one != other for one, other in zip(before, after, strict=True))
    size = f"{made['bytes'] / 2**20:.0f} MiB"
    verdict = json.loads(target.shelf.read(made["set"], "verdict.json"))
    took = sum(restored["seconds"].values())
    record(SECTION, what, size, made["seconds"], verdict["seconds"], f"{took:.0f}", differing)
    assert differing == 0
