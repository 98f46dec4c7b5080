"""What can go wrong with a live migration: it begins anew, or ends with the source as it was and says why."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jobs.living import Door, Group, Living, Writer, equal, fill, living, migration
from jobs.servers import until
from jobs.targets import Clustered, Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Migration
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import cut_over
from lab.elasticache import DataPlane


@pytest.fixture
def plane(tmp_path: Path) -> Iterator[DataPlane]:
    with DataPlane(tmp_path / "s", replicas=1, events="AKE") as one:
        fill(Group(one.primaries), 300)
        yield one


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Replicated]:
    one = Replicated(tmp_path / "i", replicas=1)
    yield one
    one.stop()


def old(plane: DataPlane) -> Group:
    return Group(plane.primaries)


def new(instance: Replicated) -> Group:
    masters = [one for one in instance.redis if one.process.poll() is None and one.info()["role"] == "master"]
    return Group([(masters[0].host, masters[0].port)])


def restarted(job: Living, times: int) -> None:
    """It has begun anew, so often, and follows."""
    until(lambda: job.ask("status")["restarts"] == times)
    job.followed()


def freeze_for_a_second(job: Living) -> None:
    """What takes longer than its budget gives the source back: on a busy machine it may take a try more."""

    def frozen() -> bool:
        try:
            return bool(job.ask("freeze", budget=1))
        except JobError as error:
            if not str(error).startswith("it took "):
                raise
            return False

    until(frozen)


def takes_writes(plane: DataPlane) -> bool:
    host, port = plane.primaries[0]
    return Link("client", host, port, timeout=60).ask("SET", "after", 1) == b"OK"


def refused(given: Migration) -> str:
    """Why it does not begin."""
    job = Living(given)
    return job.failed()


class TestBeginsAnew:
    def test_all_keys_are_deleted_at_once(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            old(plane).links[0].ask("FLUSHALL")
            fill(old(plane), 50, "later")
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))
            assert len(new(instance).everything()) == 50

    def test_the_subscriber_is_cut_off(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            assert old(plane).links[0].ask("CLIENT", "KILL", "TYPE", "pubsub") == 1
            old(plane).ask("DEL", "key:0")
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_the_source_fails_over(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            plane.failover(0)
            old(plane).ask("SET", "later", 1)
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_the_source_dies_and_another_takes_over(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            plane.kill(plane.primary(0))
            plane.failover(0)
            old(plane).ask("SET", "later", 1)
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_the_target_fails_over(self, plane: DataPlane, instance: Replicated) -> None:
        master, replica = instance.redis
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            master.kill()
            replica.ask("REPLICAOF", "NO", "ONE")
            # what the old master had not passed on
            replica.ask("DEL", "key:0")
            old(plane).ask("SET", "later", 1)
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_a_process_of_it_is_killed(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            for pid in children():
                os.kill(pid, signal.SIGKILL)
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_connections_of_it_are_cut_off(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            for link in (old(plane).links[0], new(instance).links[0]):
                link.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            instance.redis[0].link.close()  # it was cut off, too
            old(plane).ask("SET", "later", 1)
            restarted(job, 1)
            job.ask("verify")
            equal(old(plane), new(instance))
            assert job.ask("freeze", budget=120)["lease"] > 0

    def test_what_was_deleted_between_two_jobs_is_gone(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
        old(plane).ask("DEL", "key:0")
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            equal(old(plane), new(instance))


class TestDoesNotBegin:
    def test_no_events(self, instance: Replicated, tmp_path: Path) -> None:
        with DataPlane(tmp_path / "silent") as silent:
            with Writer(lambda: Group(silent.primaries)):
                said = refused(migration(silent, instance.redis))
            assert "publishes no events: set notify-keyspace-events to AKE" in said

    def test_the_target_is_full(self, plane: DataPlane, instance: Replicated) -> None:
        instance.redis[0].ask("CONFIG", "SET", "maxmemory", 1)
        assert "has room for 1 (maxmemory)" in refused(migration(plane, instance.redis))

    def test_the_target_becomes_full(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            instance.redis[0].ask("CONFIG", "SET", "maxmemory", 1000)
            old(plane).ask("SET", "later", "x" * 10_000)
            assert "it is full: give it more memory" in job.failed()
        assert takes_writes(plane)

    def test_a_key_is_too_large(self, plane: DataPlane, instance: Replicated) -> None:
        old(plane).ask("SET", "huge", "x" * 200_000)
        said = refused(migration(plane, instance.redis, largest=100_000))
        assert "key 'huge' takes 2" in said
        assert "100000 are copied at most: split it, delete it, or move by snapshot" in said

    def test_several_databases_and_a_cluster(self, plane: DataPlane, tmp_path: Path) -> None:
        one = old(plane)
        one.select(4)
        one.ask("SET", "fourth", 1)
        cluster = Clustered(tmp_path / "c", masters=2)
        try:
            said = refused(migration(plane, cluster.redis, "cluster"))
            assert said == (
                "replication group shop-prod has keys in database 4: a cluster has database 0 only; move them to it "
                "first"
            )
            assert cluster.keys() == 0
        finally:
            cluster.stop()

    def test_the_target_is_older(self, plane: DataPlane, tmp_path: Path) -> None:
        with DataPlane(tmp_path / "older", engine="6.2") as older:
            host, port = older.primaries[0]
            given = replace(migration(plane, []), hosts=(f"{host}:{port}",))
            assert "the instance does not read what replication group shop-prod writes: the RDB is of" in refused(given)

    def test_both_are_the_same(self, plane: DataPlane) -> None:
        host, port = plane.primaries[0]
        given = replace(migration(plane, []), hosts=(f"{host}:{port}",))
        assert refused(given).startswith("source and target are the same Redis")

    @pytest.mark.parametrize(("token", "words"), [("", "NOAUTH"), ("wrong", "WRONGPASS")])
    def test_the_password_is_not_the_right_one(
        self, token: str, words: str, instance: Replicated, tmp_path: Path
    ) -> None:
        with DataPlane(tmp_path / "t", token="a-token-of-16-letters", events="AKE") as closed:
            job = Living(migration(closed, instance.redis), token)
            said = job.failed()
            assert words in said
            assert "a-token-of-16-letters" not in said

    def test_the_certificate_is_of_somebody_else(self, instance: Replicated, tmp_path: Path) -> None:
        with (
            DataPlane(tmp_path / "t", tls=True, events="AKE") as one,
            DataPlane(tmp_path / "u", tls=True, events="AKE") as other,
        ):
            given = migration(one, instance.redis)
            said = refused(replace(given, cache=replace(given.cache, ca=str(other.ca))))
            assert "its certificate is not valid here: self-signed certificate in certificate chain" in said


class TestCutOver:
    def test_the_source_dies_while_it_is_closed(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            freeze_for_a_second(job)
            plane.kill(plane.primary(0))
            plane.failover(0)
            restarted(job, 1)
            assert takes_writes(plane)
            job.ask("verify")
            equal(old(plane), new(instance))

    def test_nothing_was_verified(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            with pytest.raises(JobError, match="verify first; nothing has changed"):
                job.ask("freeze")
            assert takes_writes(plane)

    @pytest.mark.parametrize(
        ("meddle", "words"),
        [
            (("SET", "key:0", "other"), "key 'key:0' of database 0 has another value"),
            (("DEL", "key:0"), "key 'key:0' of database 0 is missing"),
            (("PERSIST", "key:1"), "key 'key:1' of database 0 expires in -1 instead of"),
            (("SET", "stranger", 1), "key 'stranger' of database 0 should not be there"),
        ],
    )
    def test_a_difference_is_found(
        self, meddle: tuple[str | int, ...], words: str, plane: DataPlane, instance: Replicated
    ) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            new(instance).ask(*meddle)
            with pytest.raises(JobError, match="1 keys differ") as found:
                job.ask("verify")
            assert words in found.value.more["differing"][0]
            with pytest.raises(JobError, match="verify first"):
                job.ask("freeze")

    def test_a_difference_is_found_in_the_freeze(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            new(instance).ask("SET", "stranger", 1)
            with pytest.raises(JobError, match="keys that do not expire, by database") as found:
                job.ask("freeze")
            assert "the source takes writes again, applications are where they were, nothing is lost" in str(
                found.value
            )
            assert takes_writes(plane)
            assert job.ask("status")["state"] == "following"

    def test_the_budget_is_exceeded(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            with pytest.raises(
                JobError, match=r"it took .* s, and the budget is 0.0001 s; the source takes writes again"
            ):
                job.ask("freeze", budget=0.0001)
            assert takes_writes(plane)
            # and once more, with enough of it
            assert job.ask("freeze", budget=120)["lease"] > 0

    def test_nobody_switches_in_time(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            freeze_for_a_second(job)
            assert takes_writes(plane)
            until(lambda: job.ask("status")["state"] == "following")
            with pytest.raises(JobError, match="the migration is following; it must be frozen"):
                job.ask("switched")

    def test_somebody_switches_when_the_time_is_over(self, plane: DataPlane, instance: Replicated) -> None:
        door = Door(*plane.primaries[0])
        with living(migration(plane, instance.redis, door=door.address)) as job:
            job.followed()
            job.ask("verify")
            freeze_for_a_second(job)
            until(lambda: job.ask("status")["state"] == "following")
            door.leads = (instance.redis[0].host, instance.redis[0].port)
            assert "and the source was given back before that: nothing is copied any more" in job.failed()
            old(plane).ask("SET", "key:0", "late")
            assert new(instance).ask("GET", "key:0") == b"value of key:0"

    def test_it_is_given_back(self, plane: DataPlane, instance: Replicated) -> None:
        with living(migration(plane, instance.redis)) as job:
            job.followed()
            job.ask("verify")
            job.ask("freeze", budget=60)
            job.ask("back")
            assert takes_writes(plane)
            until(lambda: new(instance).ask("GET", "after") == b"1")

    def test_the_service_never_leads_there(
        self, plane: DataPlane, instance: Replicated, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cut_over, "_DOOR", 1.0)
        given = migration(plane, instance.redis, door=Address(*plane.primaries[0]))
        with living(given) as job:
            job.followed()
            job.ask("verify")
            job.ask("freeze", budget=60)
            with pytest.raises(JobError, match="does not lead to the target, after 1 s"):
                job.ask("switched")
            assert job.ask("status")["state"] == "frozen"
            job.ask("back")
        assert takes_writes(plane)


def children() -> list[int]:
    """Processes that this one has started to copy."""
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]
