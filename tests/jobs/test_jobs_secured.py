"""Jobs of an instance that speaks TLS only, where all users have least rights, the user default too: with real servers
whose ACL file is the one that is rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jobs import sets
from jobs.bucket import BASE, Bucket, Job
from jobs.conftest import Start
from jobs.living import Group, equal, fill, living, migration
from jobs.secured import OF_SHOP, PASSWORD, SHOP, Secured, secured
from jobs.servers import Sidecar, until
from jobs.targets import Clustered, Kept, Replicated, into_cluster, scene

from ansible_collections.eks.redis.plugins.module_utils.datapath import loading, restoring, slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore, Target
from ansible_collections.eks.redis.plugins.module_utils.jobs import into_master, restore, s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.fence import Phase
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node, behind
from lab.elasticache import DataPlane

AOF = ("--appendonly", "yes")
TOKEN = "a-token-of-16-letters"
Instance = Replicated | Clustered
Begin = Callable[..., tuple[Instance, Secured]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Starts an instance in a mode; ``without``: a right that the user of jobs lacks."""
    running: list[Instance] = []

    def start(mode: str, without: str = "") -> tuple[Instance, Secured]:
        how = secured(tmp_path / "pki", mode, without)
        kind: Any = Clustered if mode == "cluster" else Replicated
        more = {"sentinel": {"replicas": 1, "sentinels": 3}, "cluster": {"masters": 2}}.get(mode, {})
        running.append(kind(tmp_path / "target", *AOF, password=PASSWORD, secured=how, **more))
        return running[-1], how

    yield start
    for one in running:
        one.stop()


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Restores as the job does, with its environment and its loader."""
    beside: list[Sidecar] = []

    def restored(target: Instance, how: Secured, files: tuple[File, ...]) -> dict[str, Any]:
        sidecar = Sidecar(tmp_path / "work", password=PASSWORD, reachable=how.mode != "cluster", secured=how)
        beside.append(sidecar)
        monkeypatch.setattr(s3, "client", lambda region: bucket.account.client("s3"))
        monkeypatch.setattr(restore, "Loader", lambda login: sidecar.loader)
        given = Restore("r1", "a set", files, target.target, True, True)
        for name, value in {restoring.VARIABLE: given.as_json(), **how.environment}.items():
            monkeypatch.setenv(name, value)
        return restore.main(bucket.settings(*target.redis, mode=how.mode))

    yield restored
    for one in beside:
        one.stop()


def write(target: Instance, name: bytes, value: str) -> None:
    (target.owner(name) if isinstance(target, Clustered) else target.redis[0]).ask("SET", name, value)


def refused(target: Instance) -> set[str]:
    """What was refused for lack of a right, of anybody."""
    entries = [entry for one in target.redis for entry in one.connect().ask("ACL", "LOG")]
    return {dict(zip(entry[::2], entry[1::2], strict=True))[b"object"].decode() for entry in entries}


def rights(target: Instance) -> list[list[list[bytes]]]:
    """Of all users in all pods: Redis sums rules up in an order of its own."""
    return [sorted(sorted(user.split()) for user in one.connect().ask("ACL", "LIST")) for one in target.redis]


def hold_still(target: Replicated) -> None:
    """Replicas have all of their master, and go on having it: nothing is written but by the test. Sentinels publish
    there every two seconds and a master asks its replicas every ten, which makes a replica late for a moment."""
    for sentinel in target.sentinels:
        sentinel.ask("SENTINEL", "DEBUG", "publish-period", 3_600_000)
    master, *replicas = target.redis
    master.ask("CONFIG", "SET", "repl-ping-replica-period", 3600)
    until(lambda: all(one.info()["slave_repl_offset"] == master.info()["master_repl_offset"] for one in replicas))


@pytest.mark.parametrize("mode", ["standalone", "sentinel", "cluster"])
def test_a_set_is_restored_after_what_was_there_was_backed_up(
    begin: Begin, run: Run, bucket: Bucket, start: Start, mode: str
) -> None:
    target, how = begin(mode)
    before = rights(target)
    for name in sets.names(slots.EVERY, 200):
        write(target, name, "old")
    source = start("source")
    made = sets.lay(bucket, [sets.part(source, share, 50, functions=1) for share in sets.THIRDS])
    if isinstance(target, Replicated):
        hold_still(target)
    done = run(target, how, loading.files(made, bucket.name, BASE))
    assert done["keys"] == {"0": 150}
    kept = bucket.manifest(done["safety_set"])
    assert (kept.total_keys, kept.mode) == (200, mode)
    if mode == "sentinel":  # from the replica
        assert [shard.source.role for shard in kept.shards] == ["slave"]
    shop = how.login(SHOP, OF_SHOP)
    for share in sets.THIRDS:
        for name in sets.names(share, 49):
            owner = target.owner(name) if isinstance(target, Clustered) else target.redis[0]
            assert shop.link("shop", owner.host, owner.port).ask("GET", name) == b"value of " + name
    assert rights(target) == before
    assert refused(target) == set()


def test_a_set_is_made(begin: Begin, bucket: Bucket) -> None:
    target, how = begin("cluster")
    for name in sets.names(slots.EVERY, 100):
        write(target, name, "x")
    job = Job(bucket, "backup", bucket.settings(*target.redis, mode="cluster"), **how.environment)
    assert job.done()["keys"] == 100
    assert not [one for one in how.environment.values() if "/1" in one or "/2" in one if one in job.text]
    assert refused(target) == set()


def test_no_user_gets_at_keys_of_a_cluster_that_is_filled(begin: Begin, start: Start, tmp_path: Path) -> None:
    target, how = begin("cluster")
    (one,) = [sets.part(start("source"), slots.EVERY, 50)]
    sidecar = Sidecar(tmp_path / "work", password=PASSWORD, secured=how)
    (sidecar.folder / "all.rdb").write_bytes(one.rdb)
    file = File("all.rdb", "b", "k", "", len(one.rdb), Expected("", one.slots, {"0": 50}, {"0": one.expires}, True, 0))
    made, _events = scene(target.target, sidecar, [file], Kept(target.redis), redis=how.jobs)
    users = [how.login(), how.login(SHOP, OF_SHOP), how.jobs, how.login("", PASSWORD)]
    found: list[str] = []

    def say(event: str, **more: object) -> None:
        if more.get("text") == "nobody gets at keys of the cluster":
            for login in users:
                for server in target.redis:
                    with pytest.raises(Refusal) as error:
                        login.link("somebody", server.host, server.port).ask("GET", "a key")
                    found.append(error.value.code)

    object.__setattr__(made, "say", say)
    into_cluster(made)
    sidecar.stop()
    assert found == ["NOPERM"] * len(users) * len(target.redis)
    assert all(server.connect().ask("PING") == b"PONG" for server in target.redis)


@pytest.mark.parametrize("mode", ["standalone", "cluster"])
def test_a_cache_is_left_for_it_and_gone_back_to(begin: Begin, tmp_path: Path, mode: str) -> None:
    """Each side has a CA of its own."""
    target, how = begin(mode)
    masters = [(one.host, one.port) for one in target.redis]
    with DataPlane(tmp_path / "s", shards=len(masters), token=TOKEN, tls=True, events="AKE") as plane:

        def old() -> Group:
            """By new connections: those that there are, a switch cuts."""
            return Group(plane.primaries, TOKEN, str(plane.ca))

        new = Group(masters, login=how.login())
        fill(old(), 300)
        with living(migration(plane, target.redis, mode), TOKEN, login=how.jobs) as job:
            job.followed()
            assert job.ask("verify")["compared"] >= 300
            job.ask("freeze", budget=120)
            equal(old(), new)
            job.ask("switched", keep=1)
        fill(new, 30, "later")
        with living(migration(plane, target.redis, mode, back=True), TOKEN, login=how.jobs) as job:
            job.followed()
            fill(new, 30, "followed")
            job.ask("verify")
            job.ask("freeze", budget=120)
            equal(new, old())
            job.ask("switched", keep=1)
    assert refused(target) == set()


def test_a_backup_says_that_it_knows_another_ca(begin: Begin, bucket: Bucket, tmp_path: Path) -> None:
    target, how = begin("standalone")
    other = secured(tmp_path / "other", "standalone")
    given = {**how.environment, "EKS_REDIS_CA": str(other.folder / "ca.crt")}
    text = Job(bucket, "backup", bucket.settings(*target.redis), **given).failed()
    assert "its certificate is not valid here: " in text
    assert text.endswith("; the job knows another CA than the one that has signed it")
    missing = Job(bucket, "backup", bucket.settings(*target.redis), **{**given, "EKS_REDIS_CA": str(tmp_path / "no")})
    assert missing.failed() == f"{tmp_path}/no: there are no certificates of a CA in it: No such file or directory"


def test_who_does_not_speak_tls_is_told_so(begin: Begin, bucket: Bucket, start: Start) -> None:
    _target, how = begin("standalone")
    plain = start("cache-0")
    text = Job(bucket, "backup", bucket.settings(plain), **how.environment).failed()
    assert "(INFO: no answer to a greeting in TLS)" in text


@pytest.mark.parametrize(
    ("mode", "without", "said"),
    [
        ("standalone", "+info", "INFO: NOPERM this user has no permissions to run the 'info' command"),
        ("standalone", "+sync", "the user may not copy it: its ACL needs +sync"),
        ("standalone", "+config|get", "no permissions to run the 'config|get' command"),
        ("standalone", "+replicaof", "no permissions to run the 'replicaof' command"),
        ("standalone", "+bgrewriteaof", "no permissions to run the 'bgrewriteaof' command"),
        ("cluster", "+acl|setuser", "no permissions to run the 'acl|setuser' command"),
    ],
)
def test_a_right_that_is_missing_is_named(
    begin: Begin, run: Run, bucket: Bucket, start: Start, mode: str, without: str, said: str
) -> None:
    target, how = begin(mode, without)
    write(target, b"old", "x")
    made = sets.lay(bucket, [sets.part(start("source"), slots.EVERY, 20)])
    with pytest.raises(JobError) as error:
        run(target, how, loading.files(made, bucket.name, BASE))
    assert said in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_master_that_replicas_know_by_its_name_is_found(start: Start) -> None:
    """As the operator tells them, where they speak TLS."""
    master = start("localhost")
    replica = start("cache-1", "--replicaof", f"localhost {master.port}")
    until(lambda: replica.info()["master_link_status"] == "up")
    assert replica.info()["master_host"] == "localhost"
    nodes = [Node(one.pod, Login()) for one in (replica, master)]
    until(lambda: behind(nodes) is None)
    target = Target(tuple(node.pod for node in nodes), 0, {})
    assert into_master.reached(Restore("r1", "a set", (), target, False, False), nodes) is Phase.OPEN
    assert replica.info()["master_host"] == "localhost"
