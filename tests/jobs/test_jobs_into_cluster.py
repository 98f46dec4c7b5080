"""A restore into a cluster with real servers: of other numbers of shards, and with clients that are kept away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jobs import sets
from jobs.conftest import Start
from jobs.servers import Server, Sidecar, until
from jobs.sets import Part
from jobs.targets import Clustered, Kept, into_cluster, scene

from ansible_collections.eks.redis.plugins.module_utils.datapath import slots
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import Expected, File
from ansible_collections.eks.redis.plugins.module_utils.jobs import into_cluster as into_cluster_module
from ansible_collections.eks.redis.plugins.module_utils.jobs import shut
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node
from lab.ports import addresses

AOF = ("--appendonly", "yes")
CUT = {"the", "Connection", "Broken"}  # how the words for a connection that was cut begin


@pytest.fixture
def sidecar(tmp_path: Path) -> Iterator[Sidecar]:
    one = Sidecar(tmp_path / "work")
    yield one
    one.stop()


Begin = Callable[..., Clustered]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    made: list[Clustered] = []

    def run(*words: str, **options: object) -> Clustered:
        made.append(Clustered(tmp_path / "target", *words, **options))  # type: ignore[arg-type]
        return made[-1]

    yield run
    for one in made:
        one.stop()


def lay(sidecar: Sidecar, *parts: Part) -> list[File]:
    """Where the job would have brought them."""
    made = []
    for one in parts:
        name = f"shard-{one.slots[0][0]:05}.rdb"
        (sidecar.folder / name).write_bytes(one.rdb)
        expected = Expected("", one.slots, {"0": one.keys}, {"0": one.expires}, True, one.functions)
        made.append(File(name, "bucket", name, "", len(one.rdb), expected))
    return made


def names(count: int) -> list[bytes]:
    return sets.names(slots.EVERY, count)


@pytest.fixture
def halves(start: Start) -> list[Part]:
    """A set of two shards: 1000 keys."""
    source = start("source")
    return [sets.part(source, share, 500, functions=1) for share in (((0, 8191),), ((8192, 16383),))]


def is_new(target: Clustered) -> bool:
    target.connect()
    for share in (((0, 8191),), ((8192, 16383),)):
        for number, name in enumerate(sets.names(share, 499)):
            expires = (sets.LATER + number) * 1000 if number % 3 == 0 else -1
            if (target.ask("GET", name), target.ask("PEXPIRETIME", name)) != (b"value of " + name, expires):
                return False
    return target.keys() == 1000


@pytest.mark.parametrize("masters", [3, 1, 5])
def test_a_set_of_two_shards_goes_into_any_number_of_shards(
    begin: Begin, sidecar: Sidecar, halves: list[Part], masters: int
) -> None:
    target = begin(*AOF, masters=masters)
    safety = Kept(target.redis)
    made, events = scene(target.target, sidecar, lay(sidecar, *halves), safety)
    into_cluster(made)
    assert is_new(target)
    assert safety.sets == []
    for one in target.masters:
        assert len(one.ask("FUNCTION", "LIST")) == 1  # type: ignore[arg-type]
        assert one.ask("ACL", "LIST") == [b"user default on nopass ~* &* +@all"]
    assert target.ask("SET", "after", "x") == b"OK"
    assert [event["text"] for event in events if event["event"] == "step"] == [
        "the cluster refuses writes",
        "nobody gets at keys of the cluster",
        "the cluster takes reads and writes again",
    ]


def test_replicas_follow_and_all_survive_a_restart(begin: Begin, sidecar: Sidecar, halves: list[Part]) -> None:
    target = begin(*AOF, masters=3, replicas=1)
    made, _events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis))
    into_cluster(made)
    assert is_new(target)
    assert sum(one.link.keys()["0"] for one in target.redis) == 2000
    for one in target.redis:
        one.kill()
    for one in target.redis:
        one.start()
    target.settle()
    assert is_new(target)


def test_nobody_sees_or_writes_what_is_half_there(begin: Begin, sidecar: Sidecar, halves: list[Part]) -> None:
    target = begin(*AOF, masters=3, replicas=1)
    for name in names(300):
        target.ask("SET", name, "old")
    in_set: list[int] = []
    safety = Kept(target.redis, then=lambda: in_set.append(target.keys()))
    seen: set[str] = set()
    problems: list[str] = []
    end = threading.Event()
    new = [name for share in (((0, 8191),), ((8192, 16383),)) for name in sets.names(share, 499)]
    both = sorted({*names(300)} & {*new})

    def client(master: Server, share: list[bytes]) -> None:
        """Reads one key and writes another, of one master: what is refused is refused until the new data is there."""
        read, write = share[:2]
        link, refused = master.connect(), False
        while not end.is_set():
            try:
                link.ask("SET", write, "written")
                value = link.ask("GET", read)
                link.ask("SCAN", 0)
            except (Refusal, Lost) as error:
                seen.add(str(error).split(": ", 2)[2].split()[0])
                refused = True
                continue
            what = {b"old": "old", b"value of " + read: "new"}.get(value, repr(value))
            seen.add(what)
            if refused and what != "new":
                problems.append(f"{master.name} serves {what} again")

    # a client that waits for a list: it must not take what is restored
    waiting = target.masters[0].connect()
    waiting.send("BLPOP", sets.names(((0, 5460),), 600)[-1], 0)
    shares = [(master, [name for name in both if target.owner(name) is master]) for master in target.masters]
    threads = [threading.Thread(target=client, args=share, daemon=True) for share in shares]
    for thread in threads:
        thread.start()
    try:
        until(lambda: "old" in seen)
        made, _events = scene(target.target, sidecar, lay(sidecar, *halves), safety, force=True)
        into_cluster(made)
        until(lambda: "new" in seen)
    finally:
        end.set()
    for thread in threads:
        thread.join()
    assert not problems
    assert {"old", "new", "NOREPLICAS", "NOPERM"} <= seen <= {"old", "new", "NOREPLICAS", "NOPERM", *CUT}
    assert in_set == [300]
    target.connect()
    assert target.keys() == 1000
    with pytest.raises(Lost):
        waiting.answer()


@pytest.mark.parametrize("force", [False, True])
def test_keys_of_other_databases_are_refused_with_their_counts(
    begin: Begin, sidecar: Sidecar, start: Start, force: bool
) -> None:
    source = start("source")
    source.ask("SET", "a", "x")
    for database, count in ((2, 3), (7, 1)):
        source.ask("SELECT", database)
        for number in range(count):
            source.ask("SET", f"key:{number}", "x")
    rdb = source.rdb()
    (sidecar.folder / "dump.rdb").write_bytes(rdb)
    target = begin()
    target.ask("SET", "old", "old")
    made, events = scene(
        target.target, sidecar, [File("dump.rdb", "bucket", "key", "", len(rdb))], Kept(target.redis), force=force
    )
    with pytest.raises(JobError) as failed:
        into_cluster(made)
    assert str(failed.value) == (
        "dump.rdb holds keys that a cluster has no place for: 3 in database 2, 1 in database 7; it has database 0"
    )
    assert events == []
    assert target.ask("GET", "old") == b"old"


@pytest.mark.parametrize(
    ("words", "options", "message"),
    [
        ((), {}, "^the target holds 1 keys; they are replaced with force"),
        (("--maxmemory", "500kb"), {"force": True}, "cache-[0-2] would need about [0-9]+ bytes of memory for its"),
        (
            ("--user", "app", "on", "nopass", "~*", "+@all"),
            {"force": True},
            "cache-0 has the users app, and no ACL file that has them, too",
        ),
        (("--user", "default", "resetkeys", "~a*", "~old"), {"force": True}, "other rights than all"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_touched(
    begin: Begin,
    sidecar: Sidecar,
    halves: list[Part],
    words: tuple[str, ...],
    options: dict[str, bool],
    message: str,
) -> None:
    target = begin()
    target.ask("SET", "old", "old")
    for one in target.redis:
        if words[:1] == ("--user",):
            one.ask("ACL", "SETUSER", *words[1:])
        elif words:
            one.ask("CONFIG", "SET", words[0][2:], words[1])
    made, events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis), **options)
    with pytest.raises(JobError, match=message):
        into_cluster(made)
    assert events == []
    assert target.ask("GET", "old") == b"old"


def test_without_its_safety_set_the_target_is_put_back(begin: Begin, sidecar: Sidecar, halves: list[Part]) -> None:
    target = begin()
    target.ask("SET", "old", "old")
    safety = Kept(target.redis, broken="the bucket is gone")
    made, _events = scene(target.target, sidecar, lay(sidecar, *halves), safety, force=True)
    with pytest.raises(JobError, match="^the bucket is gone; the target was put back: it holds what it held"):
        into_cluster(made)
    assert target.ask("SET", "old", "older") == b"OK"
    assert safety.let_gone


class Killed(BaseException):
    """The job ends at once: nothing of it can put anything back."""


CHANGES = ("CONFIG", "ACL SETUSER", "ACL DELUSER", "FLUSHALL", "FUNCTION", "MIGRATE", "BGREWRITEAOF")


def killed_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[str]:
    """Ends the job behind that command of those that change something; the commands so far."""
    sent: list[str] = []
    send = Link.send

    def counted(self: Link, *words: str | bytes | int) -> None:
        send(self, *words)
        name = " ".join(str(word) for word in words[:2])
        if name.startswith(CHANGES) and not name.startswith(("CONFIG GET", "FUNCTION LIST", "FUNCTION DUMP")):
            sent.append(name)
            if len(sent) == number:
                self.answer()
                raise Killed

    monkeypatch.setattr(Link, "send", counted)
    return sent


def test_killed_at_any_step_it_is_completed_by_the_next_run(
    begin: Begin, sidecar: Sidecar, halves: list[Part], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = begin(*AOF)
    number, ended = 0, False
    while not ended:
        number += 3  # every third: each step is one of three masters
        target.connect()
        for one in target.masters:
            one.ask("FLUSHALL")
            one.ask("FUNCTION", "FLUSH")
        target.ask("SET", "old", "old")
        safety = Kept(target.redis)
        made, events = scene(target.target, sidecar, lay(sidecar, *halves), safety, force=True)
        with monkeypatch.context() as patched:
            sent = killed_at(patched, number)
            try:
                into_cluster(made)
                ended = True
            except Killed:
                pass
        if not ended:
            target.connect()
            begun = any(event["event"] == "replacing" for event in events)
            try:
                # what is served is whole
                assert target.ask("GET", "old") == b"old" or is_new(target), sent
            except Refusal as error:
                assert error.code == "NOPERM", sent
            again, _events = scene(target.target, sidecar, lay(sidecar, *halves), safety, force=True)
            into_cluster(replace(again, restore=replace(again.restore, begun=begun)))
        assert is_new(target), sent
        assert target.ask("SET", "old", "written") == b"OK"
        assert len(safety.sets) in (1, 2)
        # what was saved is the old data, not what was half there
        assert [sum("db0" in info for info in one.values()) for one in safety.sets][0] == 1
    assert number > 20


@pytest.mark.parametrize(("tries", "elsewhere"), [(1, False), (2, False), (2, True)])
def test_a_master_that_restarts_is_shut_again_and_all_begins_anew(
    begin: Begin, sidecar: Sidecar, halves: list[Part], monkeypatch: pytest.MonkeyPatch, tries: int, elsewhere: bool
) -> None:
    """elsewhere: at another address, as pods do."""
    monkeypatch.setattr(into_cluster_module, "_TRIES", tries)
    # a busy machine stalls a node for longer than its watch waits for an answer
    monkeypatch.setattr(shut, "Node", lambda *given, **options: Node(*given, **{**options, "timeout": 60.0}))
    target = begin(*AOF)
    target.ask("SET", "old", "old")
    made, events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis), force=True)
    say = made.say
    restarted = target.masters[1]

    def restart(event: str, **fields: object) -> None:
        say(event, **fields)
        if event == "copied" and sum(one["event"] == "copied" for one in events) == 1:
            restarted.kill()
            if elsewhere:
                restarted.move(addresses(1)[0])
            restarted.start()

    def run() -> None:
        into_cluster(replace(made, say=restart))

    if tries == 1:
        with pytest.raises(JobError, match="cache-1.*; nobody gets at keys of the cluster until this is completed"):
            run()
        for one in target.masters:
            assert _shut(one)
        target.connect()
        again, _events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis), force=True)
        into_cluster(again)
    else:
        run()
        assert [one["tries_left"] for one in events if one["event"] == "again"] == [1]
    assert is_new(target)


def _shut(server: Server) -> bool:
    try:
        server.connect().ask("GET", sets.names(slots.EVERY, 1)[0])
    except Refusal as error:
        return error.code == "NOPERM"
    except Lost:
        return False
    return False


def test_a_failover_on_the_way_loses_nothing(begin: Begin, sidecar: Sidecar, halves: list[Part]) -> None:
    target = begin(*AOF, masters=3, replicas=1)
    made, _events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis))
    say = made.say
    replica = target.redis[4]
    # who does not get the votes asks again after four times as long
    target.bear(15_000)

    def fail_over(event: str, **fields: object) -> None:
        say(event, **fields)
        if event == "copied" and fields["file"] == "shard-00000.rdb":
            replica.link.close()
            until(lambda: _takes_over(replica))

    into_cluster(replace(made, say=fail_over))
    target.connect()
    found = [one for one in target.redis if one.info()["role"] == "master"]
    assert replica in found
    assert sum(one.link.keys()["0"] for one in found) == 1000


def _takes_over(server: Server) -> bool:
    """Its master may not know yet that it has this replica."""
    if server.info()["role"] == "slave":
        server.ask("CLUSTER", "FAILOVER")
        time.sleep(1)
    return server.info()["role"] == "master"


def test_another_restore_in_the_middle_of_one_is_refused(begin: Begin, sidecar: Sidecar, halves: list[Part]) -> None:
    target = begin()
    target.ask("SET", "old", "old")
    made, _events = scene(target.target, sidecar, lay(sidecar, *halves), Kept(target.redis), force=True)

    def killed() -> None:
        raise Killed

    with pytest.raises(Killed):
        into_cluster(replace(made, safety=Kept(target.redis, then=killed)))
    other = replace(made, restore=replace(made.restore, id="another"))
    with pytest.raises(JobError, match="cache-0 is in the middle of another restore: complete that one"):
        into_cluster(other)
    into_cluster(made)
    assert is_new(target)
