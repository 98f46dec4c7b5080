"""The command restore, from the bucket to the pods: with real servers and the AWS stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jobs import sets
from jobs.bucket import BASE, Bucket, Job
from jobs.conftest import Start
from jobs.servers import Sidecar
from jobs.sets import THIRDS, Part
from jobs.targets import Clustered, Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys, loading, restoring, selection, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore
from ansible_collections.eks.redis.plugins.module_utils.jobs import into_cluster, into_master, restore, s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.copy import Copier
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.replicate import Exchange
from ansible_collections.eks.redis.plugins.module_utils.jobs.safety import SafetySet

Target = Replicated | Clustered
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def sidecar(tmp_path: Path) -> Iterator[Sidecar]:
    one = Sidecar(tmp_path / "work", reachable=True)
    yield one
    one.stop()


@pytest.fixture
def master(tmp_path: Path) -> Iterator[Replicated]:
    target = Replicated(tmp_path / "target", "--appendonly", "yes", replicas=1)
    yield target
    target.stop()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Clustered]:
    target = Clustered(tmp_path / "target", "--appendonly", "yes")
    yield target
    target.stop()


@pytest.fixture
def run(bucket: Bucket, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Restores as the job does, of which files, into which target."""
    monkeypatch.setattr(s3, "client", lambda region: bucket.account.client("s3"))
    monkeypatch.setattr(restore, "Loader", lambda login: sidecar.loader)

    def begin(target: Target, files: tuple[File, ...], **options: Any) -> dict[str, Any]:
        mode = "cluster" if isinstance(target, Clustered) else "standalone"
        given = Restore("r1", "a set", files, target.target, **{"force": False, "safety_backup": True, **options})
        monkeypatch.setenv(restoring.VARIABLE, given.as_json())
        return restore.main(bucket.settings(*target.redis, mode=mode))

    return begin


def said(capsys: pytest.CaptureFixture[str], event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line["event"] == event]


def files_of(bucket: Bucket, wanted: str = selection.LATEST) -> tuple[File, ...]:
    chosen = selection.choose(bucket.store().sets(), wanted)
    assert chosen.manifest
    return loading.files(chosen.manifest, bucket.name, BASE)


def thirds(start: Start) -> list[Part]:
    source = start("source")
    return [sets.part(source, share, 50, functions=1) for share in THIRDS]


def test_a_set_that_was_made_comes_back(
    bucket: Bucket, start: Start, master: Replicated, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    source = start("cache-0")
    for number in range(1000):
        source.ask("SET", f"key:{number}", number)
    Job(bucket, "backup", bucket.settings(source)).done()
    done = run(master, files_of(bucket))
    assert done["keys"] == {"0": 1000}
    assert done["safety_set"] == ""
    assert set(done["seconds"]) == {"fetch", "load", "exchange"}
    assert master.redis[0].ask("GET", "key:999") == b"999"
    (loaded,) = said(capsys, "loaded")
    assert (loaded["file"], loaded["keys"], loaded["expired"]) == ("shard-00000.rdb", {"0": 1000}, 0)


def test_the_shards_of_a_cluster_go_into_one_master(bucket: Bucket, start: Start, master: Replicated, run: Run) -> None:
    sets.lay(bucket, thirds(start))
    assert run(master, files_of(bucket))["keys"] == {"0": 150}
    for share in THIRDS:
        for name in sets.names(share, 49):
            assert master.redis[0].ask("GET", name) == b"value of " + name


@pytest.mark.parametrize("safety", [True, False])
def test_the_old_data_is_put_aside_and_comes_back(
    bucket: Bucket, start: Start, cluster: Clustered, run: Run, safety: bool
) -> None:
    for name in sets.names(slots.EVERY, 200):
        cluster.ask("SET", name, "old")
    made = sets.lay(bucket, thirds(start))
    done = run(cluster, files_of(bucket, made.set), force=True, safety_backup=safety)
    assert done["keys"] == {"0": 150}
    if not safety:
        assert done["safety_set"] == ""
        return
    kept = done["safety_set"]
    (hold,) = [file for file in bucket.files() if file.endswith(keys.HOLD)]
    assert hold == f"{kept}/{keys.HOLD}"
    assert json.loads(bucket.read(hold)) == {"restore": "r1"}
    assert bucket.read(f"{kept}/{keys.REPLACED}") == bucket.read(hold)
    assert selection.choose(bucket.store().sets(), selection.LATEST).name == made.set
    cluster.connect()
    back = run(cluster, files_of(bucket, kept), force=True, safety_backup=False)
    assert back["keys"] == {"0": 200}
    cluster.connect()
    assert {cluster.ask("GET", name) for name in sets.names(slots.EVERY, 200)} == {b"old"}


def test_without_a_bucket_to_put_the_old_data_into_it_stays(
    bucket: Bucket, start: Start, master: Replicated, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    master.redis[0].ask("SET", "old", "old")
    made = sets.lay(bucket, [sets.part(start("source"), slots.EVERY, 20)])
    client = bucket.account.client("s3")

    def denied(**_params: Any) -> Any:
        return client.head_bucket(Bucket="somebody-elses")

    monkeypatch.setattr(client, "create_multipart_upload", denied)
    monkeypatch.setattr(s3, "client", lambda region: client)
    with pytest.raises(JobError, match="the target was put back: it holds what it held, and takes writes$"):
        run(master, files_of(bucket, made.set), force=True)
    assert master.redis[0].ask("SET", "old", "older") == b"OK"
    assert [file for file in bucket.files() if not file.startswith(made.set)] == []


def test_the_set_of_old_data_that_stayed_is_one_as_any_other(
    bucket: Bucket, start: Start, master: Replicated, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    master.redis[0].ask("SET", "old", "old")
    made = sets.lay(bucket, [sets.part(start("source"), slots.EVERY, 20)])

    def failing(*_words: Any, **_options: Any) -> None:
        raise JobError("the loader is gone")

    monkeypatch.setattr(Exchange, "copy", failing)
    with pytest.raises(JobError, match="^the loader is gone; the target was put back: it holds what it held"):
        run(master, files_of(bucket, made.set), force=True)
    newest = bucket.store().sets()[-1]
    assert newest.complete
    assert newest.name != made.set
    assert not {keys.HOLD, keys.REPLACED} & newest.files.keys()


class Killed(BaseException):
    """The job ends at once: nothing of it can put anything back."""


def killed_after(monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
    method = getattr(where, name)

    def ending(*words: Any, **options: Any) -> Any:
        method(*words, **options)
        raise Killed

    monkeypatch.setattr(where, name, ending)


def is_old(target: Target) -> bool:
    if isinstance(target, Clustered):
        target.connect()
        return target.keys() == 1 and target.ask("GET", "old") == b"old" and target.ask("SET", "old", "old") == b"OK"
    master = target.redis[0]
    return master.link.keys() == {"0": 1} and master.ask("SET", "old", "old", "GET") == b"old"


@pytest.mark.parametrize(
    ("kind", "where", "name", "begun"),
    [
        ("master", SafetySet, "make", False),
        ("master", Exchange, "copy", True),
        ("master", into_master, "persist", True),
        ("cluster", SafetySet, "make", False),
        ("cluster", Copier, "empty", True),
        ("cluster", into_cluster, "persist", True),
    ],
)
def test_what_was_cut_off_can_be_undone(
    bucket: Bucket,
    start: Start,
    request: pytest.FixtureRequest,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    where: Any,
    name: str,
    begun: bool,
) -> None:
    target: Target = request.getfixturevalue(kind)
    (target.redis[0] if kind == "master" else target).ask("SET", "old", "old")  # type: ignore[union-attr]
    made = sets.lay(bucket, thirds(start))
    with monkeypatch.context() as patched:
        killed_after(patched, where, name)
        with pytest.raises(Killed):
            run(target, files_of(bucket, made.set), force=True)
    held = [one for one in bucket.store().sets() if keys.HOLD in one.files]
    assert len(held) == 1
    if begun:
        with pytest.raises(JobError, match="the old data has been replaced, and is in no set"):
            run(target, (), undo=True, begun=True)
    back = files_of(bucket, held[0].name) if begun else ()
    done = run(target, back, force=True, safety_backup=False, undo=True, begun=begun)
    assert done["keys"] == {"0": 1}
    assert is_old(target)


@pytest.mark.parametrize(
    ("kind", "where", "name", "state"),
    [
        ("master", SafetySet, "make", "the target was put back: it holds what it held, and takes writes"),
        ("master", Exchange, "copy", "the target is as the run before has left it"),
        ("cluster", SafetySet, "make", "the target was put back: it holds what it held, and takes writes"),
        ("cluster", Copier, "empty", "the target is as the run before has left it"),
    ],
)
def test_where_it_cannot_go_on_it_says_what_the_pod_before_has_left(
    bucket: Bucket,
    start: Start,
    request: pytest.FixtureRequest,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    where: Any,
    name: str,
    state: str,
) -> None:
    """A job's next pod does not know what came before, but finds it."""
    target: Target = request.getfixturevalue(kind)
    (target.redis[0] if kind == "master" else target).ask("SET", "old", "old")  # type: ignore[union-attr]
    made = files_of(bucket, sets.lay(bucket, thirds(start)).set)
    with monkeypatch.context() as patched:
        killed_after(patched, where, name)
        with pytest.raises(Killed):
            run(target, made, force=True)
    capsys.readouterr()
    with pytest.raises(JobError, match=f"NoSuchKey: .*; {state}$"):
        run(target, (replace(made[0], key="nowhere"), *made[1:]), force=True)
    back = "put back" in state
    assert bool(said(capsys, "put_back")) == back
    if back:
        assert is_old(target)
    else:
        assert run(target, made, force=True)["keys"] == {"0": 150}


def foreign(bucket: Bucket, *rdbs: bytes) -> tuple[File, ...]:
    """As somebody has put them there."""
    for number, rdb in enumerate(rdbs):
        bucket.s3.put_object(Bucket=bucket.name, Key=f"exports/dump-{number}.rdb", Body=rdb)
    return tuple(
        File(f"dump-{number}.rdb", bucket.name, f"exports/dump-{number}.rdb", "", len(rdb))
        for number, rdb in enumerate(rdbs)
    )


def test_foreign_files_are_restored_the_same_way(bucket: Bucket, start: Start, master: Replicated, run: Run) -> None:
    source = start("elsewhere")
    source.ask("SET", "a", "x")
    source.ask("SELECT", 5)
    source.ask("SET", "b", "x")
    first = source.rdb()
    source.ask("FLUSHALL")
    source.ask("SET", "c", "x")
    assert run(master, foreign(bucket, first, source.rdb()))["keys"] == {"0": 1, "5": 2}


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (lambda rdb: rdb[:-40], "dump-0.rdb cannot be loaded: Short read"),
        (
            lambda rdb: b"REDIS0011" + rdb[9:],
            "the RDB is of Redis 7.2 or newer, .* 7.0.15 reads up to version 10",
        ),
        (lambda rdb: b"VALKEY080" + rdb[9:], "the RDB is of Valkey 9, version 80 .VALKEY080., which Redis 7.0.15 does"),
        (lambda rdb: b"<Error>", "dump-0.rdb: it begins with b'<Error>', which is no RDB"),
        (lambda rdb: b"", "dump-0.rdb cannot be loaded: Short read"),
    ],
)
def test_what_is_no_sound_rdb_changes_nothing(
    bucket: Bucket,
    start: Start,
    master: Replicated,
    run: Run,
    broken: Callable[[bytes], bytes],
    problem: str,
) -> None:
    master.redis[0].ask("SET", "old", "old")
    rdb = sets.part(start("source"), slots.EVERY, 20).rdb
    with pytest.raises(JobError, match=f"{problem}.*; nothing was changed$"):
        run(master, foreign(bucket, broken(rdb)), force=True)
    assert master.redis[0].ask("GET", "old") == b"old"
    assert master.redis[0].ask("CONFIG", "GET", "min-replicas-max-lag") == [b"min-replicas-max-lag", b"10"]


@pytest.mark.parametrize(
    ("kind", "database", "force", "problem"),
    [
        ("cluster", 3, True, "dump-0.rdb holds keys that a cluster has no place for: 1 in database 3; .*"),
        ("cluster", 0, False, "the target holds 1 keys; .*"),
        ("master", 0, False, "the target holds 1 keys; .*"),
    ],
)
def test_what_is_refused_at_the_last_look_changes_nothing(
    bucket: Bucket,
    start: Start,
    request: pytest.FixtureRequest,
    run: Run,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    database: int,
    force: bool,
    problem: str,
) -> None:
    target: Target = request.getfixturevalue(kind)
    (target.redis[0] if kind == "master" else target).ask("SET", "old", "old")  # type: ignore[union-attr]
    source = start("elsewhere")
    source.ask("SELECT", database)
    source.ask("SET", "a", "x")
    with pytest.raises(JobError, match=f"^{problem}; nothing was changed$"):
        run(target, foreign(bucket, source.rdb()), force=force)
    assert said(capsys, "put_back") == [{"event": "put_back"}]
    assert is_old(target)


def test_keys_that_are_in_two_files_change_nothing(bucket: Bucket, start: Start, master: Replicated, run: Run) -> None:
    source = start("source")
    source.ask("SET", "a", "x")
    rdb = source.rdb()
    with pytest.raises(JobError, match="dump-1.rdb: 1 of its keys are in another file, too; nothing was changed"):
        run(master, foreign(bucket, rdb, rdb))


def test_shards_that_changed_places_change_nothing(bucket: Bucket, start: Start, cluster: Clustered, run: Run) -> None:
    first, second, third = thirds(start)
    swapped = [replace(second, slots=first.slots), replace(first, slots=second.slots), third]
    made = sets.lay(bucket, swapped)
    with pytest.raises(JobError, match="shard-00000.rdb: 50 of 50 keys belong to other.*; nothing was changed"):
        run(cluster, files_of(bucket, made.set))
    assert cluster.keys() == 0
