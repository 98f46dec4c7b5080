"""What the job of a restore is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, restoring
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod, Restore, Target

from .made import THIRDS, document

TARGET = Target(
    redis=(Pod("cache-0", "10.0.0.1", 6379), Pod("cache-1", "10.0.0.2", 6379)),
    memory=2**28,
    settings={"min-replicas-to-write": "0"},
    sentinels=(Pod("cache-sentinel-0", "10.0.1.1", 26379),),
    group="myMaster",
    down_after=5000,
)
RESTORE = Restore("k3x9", "a set", (File("dump.rdb", "b", "k", "", 9),), TARGET, True, False)


@pytest.mark.parametrize(
    "given",
    [
        RESTORE,
        replace(RESTORE, files=loading.files(document(shares=THIRDS, mode="cluster"), "backups", "redis/apps/cache/")),
        replace(RESTORE, begun=True, undo=True, files=()),
    ],
)
def test_it_is_read_as_it_was_written(given: Restore) -> None:
    text = given.as_json()
    assert "\n" not in text
    assert restoring.from_json(text) == given
    assert restoring.from_json(text).as_json() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "EKS_REDIS_RESTORE: is no valid JSON"),
        ("{}", "EKS_REDIS_RESTORE.id: is missing"),
        (RESTORE.as_json().replace('"force": true', '"force": 1'), "EKS_REDIS_RESTORE.force: must be true or false"),
    ],
)
def test_what_it_cannot_read_is_told(text: str, message: str) -> None:
    with pytest.raises(DatapathError, match=message):
        restoring.from_json(text)


@pytest.mark.parametrize(
    ("host", "same"),
    [
        ("10.0.0.1", True),
        ("cache-0", True),
        ("cache-0.cache-headless.apps.svc.cluster.local", True),
        ("cache-1.cache-headless.apps.svc.cluster.local", False),
        ("10.0.0.10", False),
        ("", False),
    ],
)
def test_a_pod_is_known_by_its_address_and_by_its_name(host: str, same: bool) -> None:
    assert Pod("cache-0", "10.0.0.1", 6379).is_at(host) is same
