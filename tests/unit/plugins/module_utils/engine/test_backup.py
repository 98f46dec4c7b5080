from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import backup
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

from ..topology.made import PASSWORD, shaped_objects
from .test_jobs import job
from .views import applied

BACKED = {"backup": {"enabled": True, "s3Bucket": "backups"}}
CRON_JOB = applied(shaped_objects("sentinel", BACKED, PASSWORD)["CronJob cache-backup"])
CRON_JOB["metadata"]["uid"] = "0b5b8c1e"
MASTER = "no replica fits: cache-1: its link to the master is down"
EVENTS: list[dict[str, Any]] = [
    {"event": "started", "set": "20261129T021400Z-aaaa", "shards": 1},
    {
        "event": "source",
        "shard": "shard-00000.rdb",
        "pod": "cache-0",
        "role": "master",
        "lag_bytes": 0,
        "reason": MASTER,
    },
    {"event": "again", "reason": "the source went away", "tries_left": 2},
    {"event": "started", "set": "20261129T021500Z-k3x9", "shards": 1},
    {
        "event": "source",
        "shard": "shard-00000.rdb",
        "pod": "cache-1",
        "role": "slave",
        "lag_bytes": 2048,
        "reason": "",
    },
    {"event": "progress", "bytes": 1536, "seconds": 5.2},
    {"event": "stored", "shard": "shard-00000.rdb", "bytes": 3 * 2**20, "seconds": 9.25},
    {"event": "of another release", "what": "?"},
    {"event": "progress", "bits": 1},
    {"event": "deleted", "set": "20261101T021500Z-k3x9", "reason": "it is 28 days old"},
    {"event": "kept", "set": "20261102T021500Z-k3x9", "reason": "S3 Object Lock keeps it"},
    {"event": "problem", "set": "20261103T021500Z-k3x9", "reason": "it cannot be deleted"},
    {"event": "warning", "reason": "the set holds no keys at all"},
]
DONE = {
    "event": "done",
    "set": "20261129T021500Z-k3x9",
    "bytes": 3 * 2**20,
    "keys": 1,
    "seconds": 9.5,
    "skew_seconds": 0.0,
    "deleted": ["20261101T021500Z-k3x9"],
}
WORDS = [
    "set 20261129T021400Z-aaaa: 1 shard",
    "shard-00000.rdb from Pod cache-0, a master",
    "failed, and tried again: the source went away",
    "set 20261129T021500Z-k3x9: 1 shard",
    "shard-00000.rdb from Pod cache-1, a replica, 2.0 KiB behind",
    "1.5 KiB in 5 s",
    "stored: shard-00000.rdb, 3.0 MiB in 9.2 s",
    "deleted: set 20261101T021500Z-k3x9: it is 28 days old",
    "kept: set 20261102T021500Z-k3x9: S3 Object Lock keeps it",
    "set 20261103T021500Z-k3x9: it cannot be deleted",
    "the set holds no keys at all",
]


class Api:
    session = SimpleNamespace(server="https://prod")

    def __init__(
        self, *objects: dict[str, Any], running: tuple[dict[str, Any], ...] = (), operator: bool = True
    ) -> None:
        self.objects = {(one["kind"], one["metadata"]["name"]): one for one in objects}
        self.running, self.operator, self.applied = running, operator, []

    def get(self, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        return self.objects.get((kind, name))

    def list(self, kind: str, namespace: str, **selectors: str) -> list[dict[str, Any]]:
        return list(self.running)

    def served(self, api: str) -> frozenset[str]:
        return frozenset({"redis"}) if self.operator else frozenset()

    def apply(self, manifest: dict[str, Any], *, dry_run: bool = False) -> None:
        self.applied.append((manifest, dry_run))


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(backup, "tell", lines.append)
    return lines


def followed(monkeypatch: pytest.MonkeyPatch, end: Any) -> list[Any]:
    """What a Job says, without one."""
    asked = []

    class Run:
        def __init__(self, _api: Any, namespace: str, name: str, deadline: Any, hear: Any) -> None:
            asked.append((namespace, name, deadline.seconds))
            self.hear = hear

        def wait(self) -> dict[str, Any]:
            for event in EVENTS:
                self.hear(event)
            if isinstance(end, Exception):
                raise end
            return dict(end)

    monkeypatch.setattr(backup, "JobRun", Run)
    return asked


def run(api: Api, **options: Any) -> dict[str, Any]:
    return backup.back_up(api, "apps", "cache", **{"check": False, "wait": True, "timeout": None, **options})


def test_what_was_made(monkeypatch, told) -> None:
    asked, api = followed(monkeypatch, DONE), Api(CRON_JOB)
    result = run(api)
    ((manifest, dry_run),) = api.applied
    assert (manifest["kind"], dry_run) == ("Job", False)
    name = manifest["metadata"]["name"]
    # as long as the Job may take, and what its pod takes to come
    assert asked == [("apps", name, 3600 + 300)]
    assert told == WORDS
    assert result == {
        "changed": True,
        "job": name,
        "set": "20261129T021500Z-k3x9",
        "bytes": 3 * 2**20,
        "keys": 1,
        "seconds": 9.5,
        "skew_seconds": 0.0,
        "deleted": ["20261101T021500Z-k3x9"],
        # what the first try did does not count
        "shards": [
            {
                "file": "shard-00000.rdb",
                "pod": "cache-1",
                "role": "replica",
                "lag_bytes": 2048,
                "reason": "",
                "bytes": 3 * 2**20,
                "seconds": 9.25,
            }
        ],
        "summary": [
            "made: set 20261129T021500Z-k3x9, 3.0 MiB, 1 key, in 9.5 s",
            "shard-00000.rdb from Pod cache-1, a replica, 2.0 KiB behind",
            "deleted: set 20261101T021500Z-k3x9",
        ],
        "warnings": [
            f"shard-00000.rdb is from Pod cache-0, the master: {MASTER}",
            "set 20261103T021500Z-k3x9: it cannot be deleted",
            "the set holds no keys at all",
        ],
    }


def test_a_log_that_nobody_may_read(monkeypatch) -> None:
    followed(monkeypatch, {})
    result = run(Api(CRON_JOB))
    assert (result["changed"], result["set"], result["shards"]) == (True, None, [])
    assert result["warnings"] == [
        "the log of the Job may not be read (verb get of pods/log): backup_info tells what there is"
    ]


def test_a_failure_keeps_what_was_said_on_the_way(monkeypatch) -> None:
    followed(monkeypatch, EngineError("Job apps/x failed: the bucket is gone"))
    with pytest.raises(EngineError, match="^Job apps/x failed: the bucket is gone$") as caught:
        run(Api(CRON_JOB))
    assert caught.value.result["changed"]
    assert caught.value.result["job"].startswith("cache-backup-")
    assert "the set holds no keys at all" in caught.value.result["warnings"]


def test_time_that_is_given(monkeypatch) -> None:
    asked = followed(monkeypatch, DONE)
    run(Api(CRON_JOB), timeout=30)
    assert asked[0][2] == 30


def test_who_does_not_wait_is_told_the_job(monkeypatch) -> None:
    asked, api = followed(monkeypatch, DONE), Api(CRON_JOB)
    result = run(api, wait=False)
    assert asked == []
    name = api.applied[0][0]["metadata"]["name"]
    assert result == {"changed": True, "job": name, "summary": [f"created: Job apps/{name}"], "warnings": []}


def test_check_mode_asks_the_server_and_writes_nothing(monkeypatch) -> None:
    asked, api = followed(monkeypatch, DONE), Api(CRON_JOB)
    assert run(api, check=True) == {
        "changed": True,
        "job": None,
        "summary": ["created: a Job of CronJob apps/cache-backup"],
        "warnings": [],
    }
    assert asked == []
    assert [dry_run for _manifest, dry_run in api.applied] == [True]


def test_names_of_two_jobs_differ() -> None:
    api = Api(CRON_JOB)
    for _time in range(20):
        run(api, wait=False)
    assert len({manifest["metadata"]["name"] for manifest, _dry_run in api.applied}) == 20


@pytest.mark.parametrize("check", [False, True])
def test_one_that_runs_is_named(check) -> None:
    busy = job("cache-backup-29404935")
    busy["metadata"]["namespace"] = "apps"
    api = Api(CRON_JOB, running=(busy,))
    with pytest.raises(EngineError) as caught:
        run(api, check=check)
    assert str(caught.value) == (
        "a backup of instance apps/cache is running already: Job apps/cache-backup-29404935, since "
        "2026-11-29T02:00:00Z; wait for its end, or delete it"
    )
    assert api.applied == []


NO_BACKUPS = (
    "instance apps/cache has no backups, there is no CronJob apps/cache-backup of eks.redis: deploy it with "
    "backup.enabled: true and backup.s3Bucket in its flavour"
)
REDIS = {"kind": "RedisReplication", "metadata": {"name": "cache"}}
FOREIGN = copy.deepcopy(CRON_JOB)
FOREIGN["metadata"]["managedFields"][0]["manager"] = "kubectl"


@pytest.mark.parametrize(
    ("api", "reason"),
    [
        (Api(REDIS), NO_BACKUPS),
        (Api(REDIS, FOREIGN), NO_BACKUPS),
        (Api(), "there is no instance apps/cache in the cluster at https://prod"),
        (
            Api(operator=False),
            "there is no instance apps/cache in the cluster at https://prod, which does not know the operator's kinds "
            "either",
        ),
    ],
)
def test_where_there_is_nothing_to_begin(api, reason) -> None:
    with pytest.raises(EngineError) as caught:
        run(api)
    assert str(caught.value) == reason
    assert api.applied == []


def test_what_jobs_are_told_is_read_back() -> None:
    told = backup.settings_of(CRON_JOB)
    assert (told.namespace, told.name, told.store.bucket, told.schedule) == ("apps", "cache", "backups", "0 2 * * *")


def test_a_cronjob_of_another_release() -> None:
    other = copy.deepcopy(CRON_JOB)
    environment = other["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["env"]
    environment[0]["value"] = '{"bucket": "backups"}'
    with pytest.raises(EngineError) as caught:
        backup.settings_of(other)
    assert str(caught.value).startswith("CronJob apps/cache-backup is not as this release of eks.redis writes it (")
    assert str(caught.value).endswith("; deploy the instance")
