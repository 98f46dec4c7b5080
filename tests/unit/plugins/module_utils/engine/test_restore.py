"""A restore from the controller's side, with a Job that only says what such a Job says."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath import slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File
from ansible_collections.eks.redis.plugins.module_utils.datapath.origin import Origin
from ansible_collections.eks.redis.plugins.module_utils.datapath.sets import BackupSet
from ansible_collections.eks.redis.plugins.module_utils.engine import pause, restore, restore_report
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.live_instance import instance_of
from ansible_collections.eks.redis.plugins.module_utils.engine.restore import Asked, Restoration
from ansible_collections.eks.redis.plugins.module_utils.engine.restore_target import Found
from ansible_collections.eks.redis.plugins.module_utils.topology.backup import settings

from ..datapath.made import DAY, START, bare
from .views import SENTINEL, view

EXPECTED = Expected("ab", slots.EVERY, {"0": 9}, {}, True, 0)
FILES = (File("shard-00000.rdb", "backups", "redis/apps/cache/s/shard-00000.rdb", "", 1000, EXPECTED),)
SET = Origin("set s of apps/cache", FILES, ("REDIS0010",), "s")
UPLOADED = Origin("1 file", FILES, ("REDIS0010",), uploads=(("dump.rdb", "redis/apps/cache/foreign/x/00-dump.rdb"),))
ASKED = Asked("set latest of apps/cache in backups", True, True)
STARTED = {"event": "started", "id": "x", "source": "set s", "files": 1, "bytes": 1000}
LOADED = {"event": "loaded", "file": "shard-00000.rdb", "keys": {"0": 9}, "expired": 1, "seconds": 0.5}
SAFETY = {"event": "safety", "set": "old", "keys": 7, "bytes": 10}
REPLACING, PUT_BACK = {"event": "replacing"}, {"event": "put_back"}
DONE = {"event": "done", "keys": {"0": 9}, "bytes": 1000, "safety_set": "old", "seconds": {"fetch": 1.0}}
Object = dict[str, Any]


class Api:
    """Keeps what is applied, by kind and name; Jobs have not ended unless told so."""

    session = SimpleNamespace(server="https://prod")

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], Object] = {}
        self.log: list[str] = []
        self.refused = ""

    def get(self, kind: str, name: str, namespace: str) -> Object | None:
        return self.objects.get((kind, name))

    def list(self, kind: str, namespace: str, **selectors: str) -> list[Object]:
        assert selectors == {"labelSelector": "app.kubernetes.io/instance=cache,app.kubernetes.io/component=restore"}
        return [one for (found, _name), one in self.objects.items() if found == kind]

    def apply(self, manifest: Object, *, manager: str = "", force: bool = False, dry_run: bool = False) -> None:
        assert not dry_run
        kind, meta = manifest["kind"], manifest["metadata"]
        if kind == self.refused:
            raise EngineError(f"{kind} may not be made")
        paused = bool(meta.get("annotations")) and kind.startswith("Redis")
        self.log.append(f"{kind} {'paused' if paused else 'resumed'}" if kind.startswith("Redis") else kind)
        self.objects[kind, meta["name"]] = manifest

    def delete(self, kind: str, name: str, namespace: str) -> bool:
        self.log.append(f"{kind} deleted")
        return self.objects.pop((kind, name), None) is not None

    @property
    def journal(self) -> Object | None:
        live = self.objects.get(("ConfigMap", "cache-restore"))
        return json.loads(live["data"]["restore"]) if live else None

    @property
    def job(self) -> Object:
        """What the Job was told."""
        (live,) = [one for (kind, _name), one in self.objects.items() if kind == "Job"]
        variables = live["spec"]["template"]["spec"]["containers"][0]["env"]
        text = next(one["value"] for one in variables if one["name"] == "EKS_REDIS_RESTORE")
        return dict(json.loads(text))

    @property
    def paused(self) -> set[str]:
        custom = [(key[0], one) for key, one in self.objects.items() if key[0].startswith("Redis")]
        return {kind for kind, one in custom if one["metadata"].get("annotations")}


class Origins:
    """sets: that are held."""

    def __init__(self, *sets: BackupSet) -> None:
        self.sets, self.log = list(sets), []

    def held(self, namespace: str, name: str) -> list[BackupSet]:
        self.log.append("held")
        return self.sets

    def old_data(self, namespace: str, name: str, restore: str = "") -> BackupSet | None:
        self.log.append(f"old data {restore}".strip())
        return self.sets[0] if self.sets else None

    def of_held(self, one: BackupSet, namespace: str, name: str) -> Origin:
        return replace(SET, text=f"set {one.name}", set=one.name)

    def let_go(self, namespace: str, name: str, sets: list[str]) -> None:
        self.log += [f"let go {one}" for one in sets]

    def upload(self, uploads: Any) -> None:
        self.log += [f"upload {path}" for path, _key in uploads]

    def forget(self, uploads: Any) -> None:
        self.log += [f"forget {key}" for key in uploads]


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    for module in (restore, restore_report):
        monkeypatch.setattr(module, "tell", lines.append)
    monkeypatch.setattr(restore, "free", lambda api, seen: {})
    monkeypatch.setattr(pause, "UNDER_WAY", 0.0)
    return lines


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The custom resources with which it was waited until the instance is proven."""
    asked: list[list[str]] = []

    class Readiness:
        def __init__(self, *_words: Any) -> None:
            pass

        def await_proof(self, resources: list[Object]) -> None:
            asked.append([one["kind"] for one in resources])

    monkeypatch.setattr(restore, "Readiness", Readiness)
    return asked


def says(monkeypatch: pytest.MonkeyPatch, api: Api, *events: Object, end: Any = None, ended: bool = True) -> list[str]:
    """What the Job says, and whether it has ended then. What was in the journal, and paused, at each event."""
    seen: list[str] = []

    class Run:
        def __init__(self, _api: Any, _namespace: str, name: str, _deadline: Any, hear: Any) -> None:
            self.name, self.hear = name, hear

        def wait(self) -> Object:
            for event in events:
                self.hear(event)
                begun = api.journal and api.journal["begun"]
                seen.append(f"{event['event']}: begun {begun}, paused {len(api.paused)}")
            if ended:
                conditions = [{"type": "Failed" if isinstance(end, Exception) else "Complete", "status": "True"}]
                api.objects["Job", self.name]["status"] = {"conditions": conditions}
            if isinstance(end, Exception):
                raise end
            return dict(end or DONE)

    monkeypatch.setattr(restore, "JobRun", Run)
    return seen


def restoration(api: Api, origins: Origins, *, check: bool = False) -> Restoration:
    seen = view(SENTINEL)
    for one in seen.resources.values():
        one["metadata"]["uid"] = "0b5b8c1e"
    instance = instance_of(seen.resources, {}, s3Bucket="backups")
    found = Found(seen, instance, settings(instance, seen.plan), {"min-replicas-to-write": "0"})
    return Restoration(api, found, origins, check=check, timeout=60)  # type: ignore[arg-type]


def test_it_is_noted_paused_followed_and_all_taken_away_again(
    monkeypatch: pytest.MonkeyPatch, proven: list[list[str]], told: list[str]
) -> None:
    api, origins = Api(), Origins()
    seen = says(monkeypatch, api, STARTED, LOADED, SAFETY, REPLACING)
    done = restoration(api, origins).restore(ASKED, lambda _id: SET)
    assert seen == [
        "started: begun False, paused 2",
        "loaded: begun False, paused 2",
        "safety: begun False, paused 2",
        "replacing: begun True, paused 2",
    ]
    assert (api.journal, api.paused) == (None, set())
    # before anything else, what is begun; and the operator goes before the Job comes
    assert api.log[:4] == ["ConfigMap", "RedisReplication paused", "RedisSentinel paused", "Job"]
    assert proven == [["RedisReplication", "RedisSentinel"]]
    assert done["changed"] is True
    assert (done["keys"], done["bytes"], done["safety_set"]) == ({"0": 9}, 1000, "old")
    assert done["files"] == [{"file": "shard-00000.rdb", "keys": {"0": 9}, "expired": 1, "seconds": 0.5}]
    assert done["summary"] == [
        "restored: set s of apps/cache into apps/cache: 9 keys in database 0 (fetch 1.0 s)",
        "put aside: set old, which is what apps/cache held before; it stays until it is let go",
        "go back with state: rolled_back, let it go with state: confirmed (playbooks: redis_restore_state)",
    ]
    assert "loaded: shard-00000.rdb, 9 keys, 1 had expired, in 0.5 s" in told
    assert "put aside: set old, 7 keys" in told


def test_the_job_is_told_all_about_the_target(monkeypatch: pytest.MonkeyPatch, proven: list[list[str]]) -> None:
    api = Api()
    says(monkeypatch, api, STARTED)
    done = restoration(api, Origins()).restore(replace(ASKED, safety_backup=False), lambda _id: SET)
    given = api.job
    assert given["id"] == done["restore"]
    assert (given["force"], given["safety_backup"], given["begun"], given["undo"]) == (True, False, False, False)
    assert [one["name"] for one in given["target"]["redis"]] == ["cache-0", "cache-1", "cache-2"]
    assert len(given["target"]["sentinels"]) == 3
    assert (given["target"]["group"], given["target"]["down_after"]) == ("myMaster", 5000)
    assert given["target"]["memory"] == 2 * 2**30
    assert [one["key"] for one in given["files"]] == [FILES[0].key]


@pytest.mark.parametrize(
    ("asked", "origin", "problem"),
    [
        (replace(ASKED, force=False), SET, "set s of apps/cache: the instance holds 7 keys: with force: true"),
        (ASKED, replace(SET, magics=("REDIS0012",)), "set s of apps/cache: shard-00000.rdb: the RDB is of Redis 7.4"),
    ],
)
def test_what_is_against_it_is_told_before_anything_is_written(asked: Asked, origin: Origin, problem: str) -> None:
    api, origins = Api(), Origins()
    with pytest.raises(EngineError, match=f"^{problem}"):
        restoration(api, origins).restore(asked, lambda _id: origin)
    assert (api.log, origins.log) == ([], [])


def test_check_mode_says_what_would_be_and_writes_nothing() -> None:
    api, origins = Api(), Origins()
    done = restoration(api, origins, check=True).restore(ASKED, lambda _id: UPLOADED)
    assert (api.log, origins.log) == ([], [])
    assert (done["changed"], done["job"], done["keys"]) == (True, None, None)
    assert done["summary"] == [
        "restore: 1 file into apps/cache",
        "replaced: 7 keys; they are put into a set of their own first",
        "meanwhile: writes are refused until the new data is proven",
        "meanwhile: reads are served, but for the moments in which a Redis loads the new data",
        "meanwhile: the operator stays away, and the sentinels do not fail over",
    ]


def test_files_are_uploaded_for_as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch, proven: list[list[str]]) -> None:
    api, origins = Api(), Origins()
    says(monkeypatch, api, STARTED)
    ids: list[str] = []

    def find(restore: str) -> Origin:
        ids.append(restore)
        return UPLOADED

    done = restoration(api, origins).restore(ASKED, find)
    assert ids == [done["restore"]]
    assert origins.log == ["upload dump.rdb", "forget redis/apps/cache/foreign/x/00-dump.rdb"]


@pytest.mark.parametrize("events", [(STARTED, PUT_BACK), (STARTED, LOADED, SAFETY, PUT_BACK)])
def test_when_the_job_has_put_all_back_nothing_is_left(monkeypatch: pytest.MonkeyPatch, events: Any) -> None:
    api = Api()
    says(monkeypatch, api, *events, end=EngineError("Job apps/x failed: torn; nothing was changed"))
    with pytest.raises(EngineError, match="^Job apps/x failed: torn; nothing was changed$"):
        restoration(api, Origins()).restore(ASKED, lambda _id: SET)
    assert (api.journal, api.paused) == (None, set())


def test_when_the_job_has_left_it_unfinished_it_stays_paused_and_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api()
    says(monkeypatch, api, STARTED, LOADED, REPLACING, end=EngineError("Job apps/x failed: a pod restarted"))
    with pytest.raises(EngineError) as failed:
        restoration(api, Origins()).restore(ASKED, lambda _id: SET)
    assert str(failed.value) == (
        "Job apps/x failed: a pod restarted; the restore is not complete, and the operator stays away: run the same "
        "again to complete it, or go back with state: rolled_back (playbooks: redis_restore_state)"
    )
    assert api.journal and api.journal["begun"] is True
    assert api.paused == {"RedisReplication", "RedisSentinel"}


def test_a_job_that_is_not_waited_for_any_more_is_followed_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch, proven: list[list[str]], told: list[str]
) -> None:
    api = Api()
    says(monkeypatch, api, STARTED, end=EngineError("Job apps/x has not ended after 60 s"), ended=False)
    with pytest.raises(EngineError, match="has not ended after 60 s; run the same again to follow it$"):
        restoration(api, Origins()).restore(ASKED, lambda _id: SET)
    jobs = [name for kind, name in api.objects if kind == "Job"]
    says(monkeypatch, api, STARTED)
    done = restoration(api, Origins()).restore(ASKED, lambda _id: pytest.fail("it looks for a set again"))
    assert [done["job"]] == jobs
    assert (api.journal, api.paused) == (None, set())
    assert any(line.startswith("the restore that was begun at ") for line in told)


def unfinished(monkeypatch: pytest.MonkeyPatch, *events: Object) -> Api:
    api = Api()
    says(monkeypatch, api, *events, end=EngineError("Job apps/x failed"))
    with pytest.raises(EngineError):
        restoration(api, Origins()).restore(ASKED, lambda _id: SET)
    return api


def newest_job(api: Api) -> Object:
    live = [one for (kind, _name), one in api.objects.items() if kind == "Job"][-1]
    variables = live["spec"]["template"]["spec"]["containers"][0]["env"]
    return dict(json.loads(next(one["value"] for one in variables if one["name"] == "EKS_REDIS_RESTORE")))


@pytest.mark.parametrize(("events", "begun"), [((STARTED,), False), ((STARTED, REPLACING), True)])
def test_the_same_command_goes_on_with_it(
    monkeypatch: pytest.MonkeyPatch, proven: list[list[str]], events: Any, begun: bool
) -> None:
    api = unfinished(monkeypatch, *events)
    noted = api.journal
    assert noted
    says(monkeypatch, api, STARTED)
    # who has agreed once need not say so again, and the set is the one of then
    restoration(api, Origins()).restore(replace(ASKED, force=False), lambda _id: pytest.fail("it looks again"))
    given = newest_job(api)
    assert (given["id"], given["begun"], given["force"], given["undo"]) == (noted["id"], begun, True, False)
    assert given["files"] == noted["files"]
    assert (api.journal, api.paused) == (None, set())


def test_what_an_earlier_run_has_put_aside_is_told(monkeypatch: pytest.MonkeyPatch, proven: list[list[str]]) -> None:
    api = unfinished(monkeypatch, STARTED, REPLACING)
    noted = api.journal
    assert noted
    says(monkeypatch, api, STARTED, end={**DONE, "safety_set": ""})
    origins = Origins(bare(START, "complete", "aaaa"))
    done = restoration(api, origins).restore(ASKED, lambda _id: SET)
    assert origins.log[0] == f"old data {noted['id']}"
    assert done["safety_set"] == origins.sets[0].name
    assert done["summary"][1].startswith(f"put aside: set {origins.sets[0].name}, which is what apps/cache held before")


def test_another_restore_is_refused_with_the_name_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    api = unfinished(monkeypatch, STARTED, REPLACING)
    other = replace(ASKED, wanted="set latest of apps/other in backups")
    with pytest.raises(
        EngineError, match="^another restore of instance apps/cache is not complete, begun at .*: set s"
    ):
        restoration(api, Origins()).restore(other, lambda _id: SET)
    with pytest.raises(EngineError, match="^a restore of instance apps/cache is not complete: set s of apps/cache"):
        restoration(api, Origins()).confirm()


@pytest.mark.parametrize("held", [0, 2])
def test_what_is_not_complete_is_undone(monkeypatch: pytest.MonkeyPatch, proven: list[list[str]], held: int) -> None:
    api = unfinished(monkeypatch, STARTED, REPLACING)
    noted = api.journal
    assert noted
    sets = [bare(START + DAY * number, "complete", "aaaa") for number in range(held)]
    origins = Origins(*sets)
    says(monkeypatch, api, STARTED)
    done = restoration(api, origins).roll_back(ASKED)
    assert origins.log[0] == f"old data {noted['id']}"
    given = newest_job(api)
    assert (given["id"], given["undo"], given["begun"], given["safety_backup"]) == (noted["id"], True, True, False)
    assert bool(given["files"]) == bool(held)
    assert done["summary"][0].startswith("rolled back: apps/cache: 9 keys in database 0")
    assert (api.journal, api.paused) == (None, set())


def test_what_is_complete_is_rolled_back_by_the_set_that_is_held(
    monkeypatch: pytest.MonkeyPatch, proven: list[list[str]]
) -> None:
    api = Api()
    sets = [bare(START + DAY * number, "complete", "aaaa") for number in range(2)]
    says(monkeypatch, api, STARTED)
    done = restoration(api, Origins(*sets)).roll_back(replace(ASKED, force=False))
    assert done["source"] == f"set {sets[0].name}"
    assert api.job["safety_backup"] is True
    # one that was cut off is gone on with, not undone
    api = Api()
    says(monkeypatch, api, STARTED, REPLACING, end=EngineError("Job apps/x failed"))
    with pytest.raises(EngineError):
        restoration(api, Origins(*sets)).roll_back(ASKED)
    says(monkeypatch, api, STARTED)
    restoration(api, Origins(*sets)).roll_back(ASKED)
    assert newest_job(api)["undo"] is False


def test_without_a_set_that_is_held_there_is_no_way_back() -> None:
    with pytest.raises(EngineError, match="^there is no way back: no restore of instance apps/cache has put anything"):
        restoration(Api(), Origins()).roll_back(ASKED)


@pytest.mark.parametrize("check", [True, False])
def test_what_is_put_aside_is_let_go_when_that_is_said(check: bool) -> None:
    one = bare(START, "complete", "aaaa")
    origins = Origins(one)
    done = restoration(Api(), origins, check=check).confirm()
    assert (done["changed"], done["released"]) == (True, [one.name])
    assert origins.log == ["held", *([] if check else [f"let go {one.name}"])]
    again = restoration(Api(), Origins(), check=check).confirm()
    assert (again["changed"], again["summary"]) == (False, ["nothing is put aside"])


@pytest.mark.parametrize("refused", ["RedisSentinel", "Job"])
def test_a_restore_that_could_not_begin_leaves_nothing(refused: str) -> None:
    api = Api()
    api.refused = refused
    with pytest.raises(EngineError, match=f"^{refused} may not be made"):
        restoration(api, Origins()).restore(ASKED, lambda _id: SET)
    assert api.journal is None
    assert "Job" not in {kind for kind, _name in api.objects}
    assert api.paused == set()
