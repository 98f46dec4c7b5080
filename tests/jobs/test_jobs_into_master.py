"""A restore into a master with real servers: its data is replaced as a whole, or it holds what it held."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jobs.servers import Server, Sidecar, until
from jobs.targets import DOWN_AFTER, GROUP, SETTINGS, SOON, Kept, Replicated, into_master, scene, with_memory

from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.jobs import replicate
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from lab.ports import addresses

LIBRARY = "#!lua name=shop\nredis.register_function('total', function(keys) return 1 end)"
AOF, SNAPSHOTS, NOTHING = ("--appendonly", "yes"), ("--save", "3600 1"), ()


@pytest.fixture
def sidecar(tmp_path: Path) -> Iterator[Sidecar]:
    one = Sidecar(tmp_path / "work", reachable=True)
    yield one
    one.stop()


@pytest.fixture
def backup(tmp_path: Path, sidecar: Sidecar) -> File:
    """1000 keys and a stream in database 0, one in database 3, a library; some expire, in the year 2100."""
    redis = Server(tmp_path / "source")
    for number in range(1000):
        redis.ask("SET", f"key:{number}", f"new {number}", *(("EXAT", 4102444800 + number) if number % 3 == 0 else ()))
    redis.ask("XADD", "stream", "1-1", "field", "value")
    redis.ask("XGROUP", "CREATE", "stream", "group", "0")
    redis.ask("FUNCTION", "LOAD", LIBRARY)
    redis.ask("SELECT", 3)
    redis.ask("SET", "elsewhere", "x")
    rdb = redis.rdb()
    redis.kill()
    (sidecar.folder / "shard-00000.rdb").write_bytes(rdb)
    return File("shard-00000.rdb", "bucket", "key", "", len(rdb))


Start = Callable[..., Replicated]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    made = []

    def begin(*words: str, **options: object) -> Replicated:
        made.append(Replicated(tmp_path / "target", *words, **options))  # type: ignore[arg-type]
        return made[-1]

    yield begin
    for one in made:
        one.stop()


def is_new(server: Server) -> bool:
    return (
        server.ask("DBSIZE") == 1001
        and server.ask("GET", "key:7") == b"new 7"
        and server.ask("EXPIRETIME", "key:9") == 4102444809
        and len(server.ask("FUNCTION", "LIST")) == 1  # type: ignore[arg-type]
    )


def is_old(server: Server) -> bool:
    return server.ask("DBSIZE") == 1 and server.ask("GET", "old") == b"old"


@pytest.mark.parametrize("words", [AOF, SNAPSHOTS, NOTHING])
@pytest.mark.parametrize("replicas", [0, 1])
def test_a_new_instance_gets_the_data_and_has_it_after_a_restart(
    start: Start, sidecar: Sidecar, backup: File, words: tuple[str, ...], replicas: int
) -> None:
    target = start(*words, replicas=replicas)
    safety = Kept(target.redis)
    made, events = scene(target.target, sidecar, [backup], safety)
    into_master(made)
    assert all(map(is_new, target.redis))
    assert safety.sets == []  # there was nothing
    master = target.redis[0]
    assert master.info()["role"] == "master"
    assert master.ask("SET", "key:7", "new 7") == b"OK"
    assert [event["text"] for event in events if event["event"] == "step"] == [
        "cache-0 refuses writes",
        "cache-0 holds the new data",
        "cache-0 takes writes again",
    ]
    assert [master.link.ask("CONFIG", "GET", name)[1].decode() for name in SETTINGS] == list(SETTINGS.values())
    sidecar.stop()
    for one in target.redis if words else ():
        one.kill()
        one.start()
        until(lambda one=one: is_new(one))


def test_writes_are_refused_from_the_safety_set_on_and_reads_are_not(
    start: Start, sidecar: Sidecar, backup: File
) -> None:
    target = start(*AOF, replicas=1)
    master = target.redis[0]
    master.ask("SET", "old", "old")
    seen: set[str] = set()
    kept: list[int] = []
    end = threading.Event()

    def client() -> None:
        """Writes one number after the other, and reads: each answer is the old data, the new data, or an error."""
        link, number = master.connect(), 0
        while not end.is_set():
            try:
                number += 1
                link.ask("SET", "number", number)
                kept.append(number)
            except (Refusal, Lost) as error:
                seen.add(str(error).split(":")[2].split()[0])
            try:
                seen.add({b"old": "old", None: "new"}[link.ask("GET", "old")])
                seen.add({None: "old", b"new 7": "new"}[link.ask("GET", "key:7")])
            except (Refusal, Lost) as error:
                seen.add(str(error).split(":")[2].split()[0])

    thread = threading.Thread(target=client, daemon=True)
    thread.start()
    in_set: list[bytes] = []

    def keep() -> None:
        in_set.append(master.ask("GET", "number"))  # type: ignore[arg-type]
        seen.add("kept")

    try:
        until(lambda: kept)
        safety = Kept(target.redis, then=keep)
        made, _events = scene(target.target, sidecar, [backup], safety, force=True)
        into_master(made)
        after = len(kept)
        until(lambda: len(kept) > after)
    finally:
        end.set()
    thread.join()
    assert (
        {"old", "new", "kept", "NOREPLICAS"}
        <= seen
        <= {
            *("old", "new", "kept"),
            *("NOREPLICAS", "READONLY", "LOADING", "UNBLOCKED"),
        }
    )
    # every write that was acknowledged before is in the set
    refused = [earlier for earlier, later in zip(kept, kept[1:], strict=False) if later != earlier + 1]
    assert int(in_set[0]) in refused


def test_data_is_replaced_only_where_that_was_agreed(start: Start, sidecar: Sidecar, backup: File) -> None:
    target = start()
    target.redis[0].ask("SET", "old", "old")
    safety = Kept(target.redis)
    made, _events = scene(target.target, sidecar, [backup], safety)
    with pytest.raises(JobError, match="^the target holds 1 keys; they are replaced with force"):
        into_master(made)
    assert is_old(target.redis[0])
    assert target.redis[0].ask("SET", "more", "x") == b"OK"
    assert safety.sets == []


def test_without_its_safety_set_the_target_is_put_back(start: Start, sidecar: Sidecar, backup: File) -> None:
    target = start(replicas=1)
    target.redis[0].ask("SET", "old", "old")
    safety = Kept(target.redis, broken="the bucket is gone")
    made, _events = scene(target.target, sidecar, [backup], safety, force=True)
    with pytest.raises(JobError) as failed:
        into_master(made)
    assert str(failed.value) == ("the bucket is gone; the target was put back: it holds what it held, and takes writes")
    assert is_old(target.redis[0])
    assert target.redis[0].ask("SET", "more", "x") == b"OK"


class Killed(BaseException):
    """The job ends at once: nothing of it can put anything back."""


def killed_at(monkeypatch: pytest.MonkeyPatch, number: int, after: bool) -> list[str]:
    """Ends the job at that command that changes something, before or after it; the commands so far."""
    sent: list[str] = []
    send = Link.send

    def counted(self: Link, *words: str | bytes | int) -> None:
        name = " ".join(map(str, words[:2]))
        changes = name.startswith(("CONFIG SET", "REPLICAOF", "SENTINEL SET", "BGREWRITEAOF"))
        if changes and not self.what.startswith("reader"):
            sent.append(name)
            if len(sent) == number and not after:
                raise Killed
        send(self, *words)
        if changes and len(sent) == number and after:
            self.answer()
            raise Killed

    monkeypatch.setattr(Link, "send", counted)
    return sent


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_step_it_is_completed_by_the_next_run(
    start: Start, tmp_path: Path, sidecar: Sidecar, backup: File, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    target = start(*AOF, replicas=1)
    master = target.redis[0]
    number, ended = 0, False
    while not ended:
        number += 1
        late = ""
        until(lambda: master.info()["role"] == "master")
        master.ask("FLUSHALL")
        master.ask("FUNCTION", "FLUSH")
        master.ask("SET", "old", "old")
        safety = Kept(target.redis)
        made, _events = scene(target.target, sidecar, [backup], safety, force=True)
        with monkeypatch.context() as patched:
            sent = killed_at(patched, number, after)
            try:
                into_master(made)
                ended = True
            except Killed:
                pass
        if not ended:
            # whatever is served meanwhile is whole, and nobody writes where something was begun
            assert is_old(master) or is_new(master), sent
            served = "old" if is_old(master) else "new"
            with suppress(Refusal):
                master.ask("SET", "late", served)  # somebody writes while nobody goes on with it
                late = served
            other = Sidecar(tmp_path / f"work-{number}", reachable=True)
            (other.folder / backup.name).write_bytes((sidecar.folder / backup.name).read_bytes())
            again, _events = scene(target.target, other, [backup], safety, force=True)
            try:
                into_master(again)
            finally:
                other.stop()
        # who was not refused finds what he wrote, in the safety set or beside the new data
        beside = master.ask("DEL", "late") == 1
        held = safety.sets[-1]["cache-0"]["db0"].split(",")[0] if safety.sets else ""
        assert beside or held == {"old": "keys=2", "new": "keys=1002", "": "keys=1"}[late], sent
        until(lambda: all(map(is_new, target.redis)), str(sent))
        assert master.ask("SET", "key:7", "new 7") == b"OK"
        assert len(safety.sets) <= 2
    assert number > 10


def test_sentinels_stay_calm_and_are_awake_again_afterwards(start: Start, sidecar: Sidecar, backup: File) -> None:
    target = start(*AOF, replicas=1, sentinels=3, password="secret")
    target.redis[0].ask("SET", "old", "old")
    calm: list[str] = []

    def look() -> None:
        calm.extend(target.seen(one)["down-after-milliseconds"] for one in target.sentinels)

    safety = Kept(target.redis, then=look)
    one = Sidecar(sidecar.folder.with_name("locked"), reachable=True, password="secret")
    try:
        (one.folder / backup.name).write_bytes((sidecar.folder / backup.name).read_bytes())
        made, _events = scene(target.target, one, [backup], safety, force=True, password="secret")
        into_master(made)
    finally:
        one.stop()
    assert all(map(is_new, target.redis))
    assert calm == ["86400000"] * 3
    for sentinel in target.sentinels:
        seen = target.seen(sentinel)
        assert seen["down-after-milliseconds"] == str(DOWN_AFTER)
        assert (seen["ip"], seen["flags"], seen["role-reported"]) == (target.redis[0].host, "master", "master")
        assert seen["config-epoch"] == "0"  # nobody failed over


def test_what_the_operator_still_does_to_sentinels_is_borne(start: Start, sidecar: Sidecar, backup: File) -> None:
    target = start(*AOF, replicas=1, sentinels=3)
    target.redis[0].ask("SET", "old", "old")
    told, without, _other = target.sentinels

    def operator() -> None:
        told.ask("SENTINEL", "SET", GROUP, "down-after-milliseconds", 5000)
        without.ask("SENTINEL", "REMOVE", GROUP)
        until(lambda: target.seen(told)["down-after-milliseconds"] == "86400000")

    made, _events = scene(target.target, sidecar, [backup], Kept(target.redis, then=operator), force=True)
    into_master(made)
    assert all(map(is_new, target.redis))
    assert target.seen(told)["down-after-milliseconds"] == str(DOWN_AFTER)
    # the operator, which is back by now, tells it
    with pytest.raises(Refusal, match="No such master"):
        without.link.ask("SENTINEL", "MASTER", GROUP)


def test_a_loader_that_lets_nobody_in_changes_nothing(
    start: Start, tmp_path: Path, backup: File, sidecar: Sidecar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replicate, "_PATIENCE", 2.0)
    target = start(*AOF)
    target.redis[0].ask("SET", "old", "old")
    one = Sidecar(tmp_path / "locked", reachable=True, password="another")
    try:
        (one.folder / backup.name).write_bytes((sidecar.folder / backup.name).read_bytes())
        made, _events = scene(target.target, one, [backup], Kept(target.redis), force=True)
        with pytest.raises(JobError, match="connects to the loader; .*; the target was put back"):
            into_master(made)
    finally:
        one.stop()
    assert is_old(target.redis[0])
    assert target.redis[0].ask("SET", "more", "x") == b"OK"
    assert target.redis[0].info()["role"] == "master"


def test_a_loader_that_dies_while_it_is_copied_from_changes_nothing(
    start: Start, sidecar: Sidecar, backup: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = start(*AOF)
    master = target.redis[0]
    master.ask("SET", "old", "old")
    made, _events = scene(target.target, sidecar, [backup], Kept(target.redis), force=True)
    send = Link.send

    def dying(self: Link, *words: str | bytes | int) -> None:
        if words[:2] == ("REPLICAOF", sidecar.server.host):
            sidecar.stop()
        send(self, *words)

    monkeypatch.setattr(Link, "send", dying)
    monkeypatch.setattr(replicate, "_PATIENCE", 2.0)
    with pytest.raises(JobError, match="the target was put back"):
        into_master(made)
    assert is_old(master)
    assert master.ask("SET", "more", "x") == b"OK"


def test_a_loader_that_restarts_is_not_copied_from(
    start: Start, sidecar: Sidecar, backup: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a sidecar does when it needs more memory than it may have: it is empty then."""
    target = start(*AOF)
    master = target.redis[0]
    master.ask("SET", "old", "old")
    made, _events = scene(target.target, sidecar, [backup], Kept(target.redis), force=True)
    send = Link.send

    def restarting(self: Link, *words: str | bytes | int) -> None:
        if words[:2] == ("REPLICAOF", sidecar.server.host):
            sidecar.stop()
            sidecar.server.start()
        send(self, *words)

    monkeypatch.setattr(Link, "send", restarting)
    with pytest.raises(JobError, match="the loader has restarted, .*; the target was put back"):
        into_master(made)
    assert is_old(master)
    assert master.ask("SET", "more", "x") == b"OK"


def test_a_master_that_restarts_before_the_exchange_may_have_taken_writes(
    start: Start, sidecar: Sidecar, backup: File
) -> None:
    target = start(*AOF)
    master = target.redis[0]
    master.ask("SET", "old", "old")

    def restart() -> None:
        master.kill()
        master.start()
        until(lambda: master.info()["loading"] == "0")

    safety = Kept(target.redis, then=restart)
    made, _events = scene(target.target, sidecar, [backup], safety, force=True)
    with pytest.raises(JobError, match="the target was put back: it holds what its volume held"):
        into_master(made)
    assert is_old(master)


@pytest.mark.parametrize("sentinels", [0, 3])
def test_a_master_that_comes_back_at_another_address_is_followed_there(
    start: Start, sidecar: Sidecar, backup: File, sentinels: int
) -> None:
    """The operator, which would see to it, stays away meanwhile."""
    target = start(*AOF, replicas=1, sentinels=sentinels)
    master, replica = target.redis
    master.ask("SET", "old", "old")

    def moves() -> None:
        master.kill()
        master.move(addresses(1)[0])
        master.start()
        raise Killed

    made, _events = scene(target.target, sidecar, [backup], Kept(target.redis, then=moves), force=True)
    with pytest.raises(Killed):
        into_master(made)
    until(lambda: replica.info()["master_link_status"] == "down")
    safety = Kept(target.redis)
    again, _events = scene(target.target, sidecar, [backup], safety, force=True)
    into_master(again)
    assert all(map(is_new, target.redis))
    # it has restarted, and may have taken writes: so there is another set
    assert len(safety.sets) == 1


def is_master(server: Server) -> bool:
    try:
        return server.connect().fields("INFO", "replication")["role"] == "master"
    except Lost:  # who is promoted cuts its connections
        return False


def test_a_master_that_is_away_before_the_exchange_is_left_to_the_sentinels(
    start: Start, sidecar: Sidecar, backup: File
) -> None:
    target = start(*AOF, replicas=1, sentinels=3)
    master, replica = target.redis
    master.ask("SET", "old", "old")

    def away() -> None:
        master.kill()
        raise JobError("there is no master")

    given = replace(target.target, down_after=SOON)
    made, events = scene(given, sidecar, [backup], Kept(target.redis, then=away), force=True)
    with pytest.raises(
        JobError, match="^there is no master; cache-0 is away, and nothing was replaced: the target was"
    ):
        into_master(made)
    assert events[-1] == {"event": "put_back"}
    until(lambda: is_master(replica))
    replica.link.close()
    assert is_old(replica)
    assert replica.ask("SET", "more", "x") == b"OK"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--databases", "3"), "there are keys in database 3, and the target has the databases 0 to 2"),
        (("--maxmemory", "1mb"), r"the data takes \d+ bytes of memory, and maxmemory of the target is 1048576"),
    ],
)
def test_what_the_target_cannot_hold_is_refused_before_anything_happens(
    start: Start, sidecar: Sidecar, backup: File, words: tuple[str, ...], message: str
) -> None:
    target = start(*words)
    made, events = scene(target.target, sidecar, [backup], Kept(target.redis), force=True)
    with pytest.raises(JobError, match=f"^{message}$"):
        into_master(made)
    assert events == []
    assert target.redis[0].ask("SET", "more", "x") == b"OK"


@pytest.mark.parametrize(("memory", "way"), [(0, b"swapdb"), (10**10, b"swapdb"), (1, b"disabled")])
def test_both_copies_are_held_where_the_memory_is_enough(
    start: Start, sidecar: Sidecar, backup: File, monkeypatch: pytest.MonkeyPatch, memory: int, way: bytes
) -> None:
    target = start(*AOF)
    target.redis[0].ask("SET", "old", "old")
    made, _events = scene(with_memory(target.target, memory), sidecar, [backup], Kept(target.redis), force=True)
    ways: list[bytes] = []
    wait = replicate.wait

    def look(*given: Any) -> None:
        ways.append(target.redis[0].link.ask("CONFIG", "GET", "repl-diskless-load")[1])
        wait(*given)

    monkeypatch.setattr(replicate, "wait", look)
    into_master(made)
    assert ways == [way]
    assert is_new(target.redis[0])
