"""Live migrations from what behaves as ElastiCache, while clients write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jobs.conftest import Start
from jobs.living import GONE, Door, Group, Led, Writer, equal, fill, living, migration
from jobs.servers import until
from jobs.targets import Clustered, Replicated

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache, Migration
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.live import cut_over
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.reader import Copy
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Side
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.writer import Writer as TargetWriter
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from lab.elasticache import DataPlane

GUIDE = Path(__file__).parents[2] / "docs" / "leaving-elasticache.md"
TOKEN, PASSWORD = "a-token-of-16-letters", "secret"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Replicated]:
    one = Replicated(tmp_path / "i", replicas=1, password=PASSWORD)
    yield one
    one.stop()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Clustered]:
    one = Clustered(tmp_path / "c", masters=2, replicas=1, password=PASSWORD)
    yield one
    one.stop()


@pytest.fixture
def patient_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long for an answer through a Service."""
    monkeypatch.setattr(cut_over, "_DOOR", 60.0)


def source(plane: DataPlane) -> Group:
    return Group(plane.primaries, plane.settings.token, str(plane.ca or ""))


def target(instance: Replicated | Clustered) -> Group:
    servers = instance.masters if isinstance(instance, Clustered) else instance.redis[:1]
    return Group([(one.host, one.port) for one in servers], PASSWORD)


@pytest.mark.parametrize(("engine", "tls"), [("7.0", True), ("6.2", False)])
def test_a_group_without_cluster_mode_is_followed_and_left(
    engine: str, tls: bool, instance: Replicated, tmp_path: Path
) -> None:
    with DataPlane(tmp_path / "s", engine=engine, replicas=1, token=TOKEN, tls=tls, events="AKE") as plane:
        old = source(plane)
        fill(old, 900)
        old.select(3)
        fill(old, 90, "third")
        old.select(0)
        led = Led(lambda: source(plane))
        with living(migration(plane, instance.redis), TOKEN, PASSWORD) as job, Writer(led) as writer:
            assert job.followed()["keys"] >= 990
            verified = job.ask("verify")
            assert verified["compared"] >= 990
            assert verified["counts"]["target"]["3"] == 90
            frozen = job.ask("freeze", budget=120)
            assert set(frozen["seconds"]) == {"close", "fence", "copy", "compare", "count", "prove"}
            assert job.ask("status")["state"] == "frozen"
            equal(old, target(instance), (0, 3))
            led.to = lambda: target(instance)
            assert job.ask("switched", keep=60)["killed"] >= 1
            more(writer)
            assert job.ask("status")["state"] == "switched"
        # every write that was acknowledged, by one side or the other
        new = target(instance)
        assert {key: int(new.ask("GET", key)) for key in writer.counts} == writer.counts


def test_shards_go_into_other_shards(cluster: Clustered, tmp_path: Path) -> None:
    with DataPlane(tmp_path / "s", shards=3, replicas=1, token=TOKEN, events="AKE") as plane:
        old = source(plane)
        fill(old, 900)
        led = Led(lambda: source(plane))
        with living(migration(plane, cluster.redis, "cluster"), TOKEN, PASSWORD) as job, Writer(led) as writer:
            job.followed()
            assert job.ask("verify", sample=200)["names"] >= 900
            job.ask("freeze", budget=120)
            equal(old, target(cluster))
            led.to = lambda: target(cluster)
            job.ask("switched", keep=60)
            more(writer)
        new = target(cluster)
        assert {key: int(new.ask("GET", key)) for key in writer.counts} == writer.counts


def test_the_service_is_followed_and_back_again_goes_what_was_written_since(
    instance: Replicated, tmp_path: Path, patient_door: None
) -> None:
    with DataPlane(tmp_path / "s", replicas=1, token=PASSWORD, events="AKE") as plane:
        fill(source(plane), 500)
        door = Door(*plane.primaries[0])
        with Writer(lambda: Group([(door.address.host, door.address.port)], PASSWORD)) as writer:
            given = migration(plane, instance.redis, door=door.address)
            with living(given, PASSWORD, PASSWORD) as job:
                job.followed()
                job.ask("verify")
                job.ask("freeze", budget=120)
                # nobody says so: it is seen
                door.leads = (instance.redis[0].host, instance.redis[0].port)
                until(lambda: job.ask("status")["state"] == "switched")
                assert job.ask("switched", keep=3600)["seconds"].keys() == {"door", "cut"}
                more(writer)
            with pytest.raises(Lost):  # the cache stays closed
                Link("client", *plane.primaries[0], PASSWORD, timeout=1).ask("SET", "late", 1)
            back = migration(plane, instance.redis, door=door.address, back=True)
            with living(back, PASSWORD, PASSWORD) as job:
                job.followed()
                job.ask("verify")
                job.ask("freeze", budget=120)
                equal(source(plane), target(instance))
                door.leads = plane.primaries[0]
                job.ask("switched", keep=60)
                more(writer)
        old = source(plane)
        assert {key: int(old.ask("GET", key)) for key in writer.counts} == writer.counts


def test_a_service_is_followed_to_a_cache_whose_certificate_is_not_the_services(
    instance: Replicated, tmp_path: Path, patient_door: None
) -> None:
    with DataPlane(tmp_path / "s", replicas=1, token=TOKEN, tls=True, events="AKE") as plane:
        fill(target(instance), 50)
        door = Door(instance.redis[0].host, instance.redis[0].port)
        with living(migration(plane, instance.redis, door=door.address, back=True), TOKEN, PASSWORD) as job:
            job.followed()
            job.ask("verify")
            job.ask("freeze", budget=120)
            door.leads = plane.primaries[0]
            assert job.ask("switched", keep=1)["seconds"].keys() == {"door", "cut"}
        equal(source(plane), target(instance))


def more(writer: Writer) -> None:
    """Until something more was written."""
    count = sum(writer.counts.values())
    until(lambda: sum(writer.counts.values()) > count + 100)


def test_a_source_is_held_still_while_its_snapshot_is_restored(cluster: Clustered, tmp_path: Path) -> None:
    with DataPlane(tmp_path / "s", shards=3, token=TOKEN) as plane:
        old = source(plane)
        fill(old, 300)
        given = migration(plane, cluster.redis, "cluster", copies=False)
        with living(given, TOKEN, PASSWORD) as job, Writer(lambda: source(plane)):
            assert job.followed()["keys"] == 0
            with pytest.raises(JobError, match="the migration is following; it must be frozen"):
                job.ask("verify")
            job.ask("freeze", budget=600)
            with pytest.raises(JobError, match="nothing was verified since the source was closed: verify first"):
                job.ask("switched")
            with pytest.raises(JobError, match="10 keys or more differ"):
                job.ask("verify")
            # what a restore does
            new = target(cluster)
            for link in old.links:
                for name in link.ask("KEYS", "*"):
                    dump, expires = link.ask("DUMP", name), link.ask("PEXPIRETIME", name)
                    if dump is not None and expires != GONE:
                        new.ask("RESTORE", name, max(expires, 0), dump, "ABSTTL")
            assert job.ask("verify")["compared"] >= 300
            assert job.ask("switched", keep=60)["killed"] >= 1
        equal(source(plane), new)


def test_a_user_of_rbac_needs_what_the_guide_says(instance: Replicated, start: Start) -> None:
    (rules,) = re.findall(r"^  (~\* .+)$", GUIDE.read_text(), re.MULTILINE)
    cache = start("cache", "--notify-keyspace-events", "AKE")
    cache.ask("ACL", "SETUSER", "mover", "on", f">{TOKEN}", *rules.split())
    fill(Group([(cache.host, cache.port)]), 90)
    given = Cache("the cache", (Address(cache.host, cache.port),), user="mover")
    hosts = tuple(f"{one.host}:{one.port}" for one in instance.redis)
    with living(Migration("x1", given, "sentinel", hosts, "7.0.15"), TOKEN, PASSWORD) as job:
        job.followed()
        assert job.ask("verify")["compared"] >= 90
        job.ask("freeze", budget=120)
        job.ask("switched", keep=1)
    # which ElastiCache does not have
    log = [dict(zip(entry[::2], entry[1::2], strict=True)) for entry in cache.connect().ask("ACL", "LOG")]
    assert {entry[b"object"] for entry in log} <= {b"config|get"}


def test_names_are_of_their_database_whatever_is_copied_between_two(start: Start) -> None:
    server = start("cache")
    server.ask("SELECT", 3)
    server.ask("MSET", *(word for number in range(3000) for word in (f"third:{number}", 1)))
    side = Side("the instance", (Address(server.host, server.port),), Login())
    writer = TargetWriter(side, side.primaries())
    found = set()
    for name in writer.names(3):
        found.add(name)
        writer.put(0, [Copy(b"other", None, -1)])
        writer.flush()
    assert found == {f"third:{number}".encode() for number in range(3000)}
