"""A live migration with real servers: the job in a thread, who writes meanwhile, whether both sides are the same."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from jobs.servers import Server

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache, Migration
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import key_slot
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.job import Job
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from lab.elasticache import DataPlane
from lab.model import LabError

GONE = -2  # what PTTL and PEXPIRETIME say of a key that is not there
WHAT = "replication group shop-prod"


def cache(plane: DataPlane, addresses: Sequence[tuple[str, int]] = ()) -> Cache:
    """As the controller tells it."""
    nodes = tuple(Address(*one) for one in addresses or [node.endpoint for node in plane.nodes])
    return Cache(WHAT, nodes, tls=plane.settings.tls, ca=str(plane.ca or ""))


def migration(plane: DataPlane, target: Sequence[Server], mode: str = "sentinel", **more: Any) -> Migration:
    """Into those pods."""
    hosts = tuple(f"{one.host}:{one.port}" for one in target)
    return Migration("x1y2", cache(plane), mode, hosts, "7.0.15", **more)


class Living:
    """A job, and what it says. asks: as the controller does."""

    def __init__(self, given: Migration, token: str = "", instance: Login | None = None) -> None:
        self.job = Job(given, token, instance or Login())
        self._requests = self.job.requests()
        self.events: list[dict[str, Any]] = []
        self.error: JobError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def ask(self, what: str, **more: Any) -> dict[str, Any]:
        return self._requests[what]({"do": what, **more}, self._say)

    def followed(self) -> dict[str, Any]:
        return self.ask("follow")

    def failed(self) -> str:
        """What it ends with."""
        self._thread.join(120)
        assert self.error, "it goes on"
        return str(self.error)

    def end(self) -> None:
        self.ask("stop")
        self._thread.join(60)

    def _run(self) -> None:
        try:
            self.job.run()
        except JobError as error:
            self.error = error

    def _say(self, event: str, **fields: Any) -> None:
        self.events.append({"event": event, **fields})


@contextmanager
def living(given: Migration, token: str = "", password: str = "", login: Login | None = None) -> Iterator[Living]:
    one = Living(given, token, login or Login(password))
    try:
        yield one
    finally:
        one.end()


class Group:
    """Servers as a client sees them: each command to who has the key."""

    def __init__(
        self, addresses: Iterable[tuple[str, int]], password: str = "", ca: str = "", login: Login | None = None
    ) -> None:
        login = login or Login(password, tls=bool(ca), ca=ca)
        self.links = [login.link("client", host, port, timeout=60) for host, port in addresses]
        self._at: dict[int, Link] = {}
        if len(self.links) > 1:
            for link in self.links:
                mine = link.text("CLUSTER", "MYID")
                for first, last, master, *_replicas in link.ask("CLUSTER", "SLOTS"):
                    if master[2].decode() == mine:
                        self._at |= dict.fromkeys(range(first, last + 1), link)

    def ask(self, *words: str | bytes | int) -> Any:
        key = words[1] if isinstance(words[1], bytes) else str(words[1]).encode()
        return self.owner(key).ask(*words)

    def owner(self, key: bytes) -> Link:
        return self._at[key_slot(key)] if self._at else self.links[0]

    def select(self, database: int) -> None:
        for link in self.links:
            link.ask("SELECT", database)

    def everything(self, databases: Iterable[int] = (0,)) -> dict[tuple[int, bytes], tuple[Any, ...]]:
        """Every key, with its type, value and the second in which it expires."""
        found: dict[tuple[int, bytes], tuple[Any, ...]] = {}
        for database in databases:
            if database or len(self.links) == 1:
                self.select(database)
            for link in self.links:
                cursor = b"0"
                while True:
                    cursor, names = link.ask("SCAN", cursor, "COUNT", 1000)
                    for name in names:
                        kind = link.text("TYPE", name)
                        value, (left, now) = _value(link, kind, name), _left(link, name)
                        expires = round((now * 1000 + left) / 3000) if left >= 0 else None
                        if left != GONE:
                            found[database, name] = (kind, value, expires)
                    if cursor == b"0":
                        break
        return found


def _left(link: Link, name: bytes) -> tuple[int, float]:
    """PTTL, and the time at which that was so, to a second."""
    while True:
        before = time.time()
        left = link.ask("PTTL", name)
        if time.time() - before < 1:
            return left, before


def _value(link: Link, kind: str, name: bytes) -> Any:
    if kind == "string":
        return link.ask("GET", name)
    if kind == "list":
        return link.ask("LRANGE", name, 0, -1)
    if kind == "set":
        return sorted(link.ask("SMEMBERS", name))
    if kind == "hash":
        pairs = link.ask("HGETALL", name)
        return sorted(zip(pairs[::2], pairs[1::2], strict=True))
    if kind == "zset":
        return link.ask("ZRANGE", name, 0, -1, "WITHSCORES")
    if kind == "stream":
        return link.ask("XRANGE", name, "-", "+"), link.ask("XPENDING", name, "readers")
    return kind


LATER = int(time.time()) + 7200
FILLERS: tuple[Callable[[str], list[tuple[str | int, ...]]], ...] = (
    lambda key: [("SET", key, "value of " + key)],
    lambda key: [("SET", key, "x" * 3000), ("EXPIREAT", key, LATER)],
    lambda key: [("HSET", key, "a", 1, "b", "2" * 100)],
    lambda key: [("RPUSH", key, *(f"item {n}" for n in range(30)))],
    lambda key: [("SADD", key, *range(40)), ("PEXPIREAT", key, LATER * 1000 + 123)],
    lambda key: [("ZADD", key, 1, "one", 2.5, "two")],
    lambda key: [
        ("XADD", key, "1-1", "field", "value"),
        ("XADD", key, "2-1", "field", "other"),
        ("XGROUP", "CREATE", key, "readers", 0),
        ("XREADGROUP", "GROUP", "readers", "me", "COUNT", 1, "STREAMS", key, ">"),
    ],
    lambda key: [("PFADD", key, "a", "b", "c")],
    lambda key: [("GEOADD", key, 13.4, 52.5, "Berlin")],
)


def fill(group: Group, count: int, prefix: str = "key") -> None:
    """Keys of every type."""
    for number in range(count):
        key = f"{prefix}:{number}"
        for words in FILLERS[number % len(FILLERS)](key):
            group.owner(key.encode()).ask(*words)


@dataclass
class Led:
    """Where applications are led; may change."""

    to: Callable[[], Group]

    def __call__(self) -> Group:
        return self.to()


class Writer:
    """Writes all the time, and knows what was acknowledged. led: gives the group that it is to use."""

    def __init__(self, led: Callable[[], Group]) -> None:
        self._led = led
        self.counts: dict[str, int] = {}
        self.longest, self.refused = 0.0, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(60)

    def _run(self) -> None:
        group: Group | None = None
        pick = random.Random(7)
        last = time.monotonic()
        key = ""
        while not self._stop.is_set():
            # a write that was cut off may have happened: it is tried until it is acknowledged, and the count is right
            key = key or f"counter:{pick.randrange(300)}"
            try:
                group = group or self._led()
                found = int(group.ask("GET", key) or 0)
                assert found >= self.counts.get(key, 0), f"{key}: {found}, and {self.counts[key]} was acknowledged"
                self.counts[key] = group.ask("INCR", key)
                key = ""
                other = f"churn:{pick.randrange(2000)}"
                what = pick.randrange(4)
                if what == 0:
                    group.ask("DEL", other)
                elif what == 1:
                    group.ask("SET", other, "y" * pick.randrange(200), "PX", pick.randrange(50, 60_000))
                elif what == 2:
                    group.ask("SET", other, pick.randrange(10**9))
                else:
                    group.ask("EXPIRE", other, 3600)
            except (JobError, LabError) as error:
                # LabError: nobody leads at the moment
                if isinstance(error, Refusal) and error.code not in ("READONLY", "MOVED"):
                    raise
                self.refused += 1
                time.sleep(0.01)
                group = None
            # several hundred a second, however fast the machine is
            time.sleep(0.001)
            self.longest = max(self.longest, time.monotonic() - last)
            last = time.monotonic()


class Door:
    """A Service: an address of this machine that leads to one server, and then to another. Connections stay where they
    were made, as those of a Service do."""

    def __init__(self, host: str, port: int) -> None:
        self.leads = (host, port)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = Address("127.0.0.1", self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            inside, _address = self._socket.accept()
            try:
                outside = socket.create_connection(self.leads, 5)
                outside.settimeout(None)
            except OSError:
                inside.close()
                continue
            for one, other in ((inside, outside), (outside, inside)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def equal(one: Group, other: Group, databases: Iterable[int] = (0,)) -> None:
    """Both hold the same, by every value."""
    here, there = one.everything(databases), other.everything(databases)
    only = {key for key in here.keys() ^ there.keys() if (here.get(key) or there[key])[2] is None}
    assert not only, f"only on one side: {sorted(only)[:10]}"
    differing = [key for key in here.keys() & there.keys() if here[key][:2] != there[key][:2]]
    assert not differing, f"{len(differing)} differ: {[(key, here[key], there[key]) for key in differing[:3]]}"
    times = [
        key
        for key in here.keys() & there.keys()
        if (here[key][2] is None) != (there[key][2] is None) or abs((here[key][2] or 0) - (there[key][2] or 0)) > 1
    ]
    assert not times, f"{len(times)} expire at another time: {[(key, here[key], there[key]) for key in times[:3]]}"
