"""What a restore goes into, with real servers: a master with replicas and sentinels, or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobs.groups import known_replicas
from jobs.secured import Secured
from jobs.servers import STALL, Server, Sidecar, until

from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Restore, Target
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import key_slot
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.into_cluster import IntoCluster
from ansible_collections.eks.redis.plugins.module_utils.jobs.into_master import IntoMaster
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import Node
from ansible_collections.eks.redis.plugins.module_utils.jobs.scene import Scene
from ansible_collections.eks.redis.plugins.module_utils.jobs.sentinels import pairs
from lab.ports import addresses

GROUP = "myMaster"
# milliseconds; a busy machine stalls a master for seconds, and no sentinel is to fail it over for that
DOWN_AFTER, SOON = 60_000, 2000
SETTINGS = {
    "min-replicas-to-write": "0",
    "min-replicas-max-lag": "10",
    "repl-diskless-load": "disabled",
    "repl-diskless-sync-delay": "1",
}


class Replicated:
    """A master, its replicas and their sentinels."""

    def __init__(
        self,
        folder: Path,
        *words: str,
        replicas: int = 0,
        sentinels: int = 0,
        password: str = "",
        secured: Secured | None = None,
    ) -> None:
        self.password, self.secured = password, secured
        hosts = addresses(1 + replicas + sentinels)
        self.redis: list[Server] = []
        for number, host in enumerate(hosts[: 1 + replicas]):
            first = self.redis[0] if self.redis else None
            follows = ("--replicaof", f"{first.host} {first.port}") if first else ()
            self.redis.append(
                Server(
                    folder / f"cache-{number}",
                    *words,
                    *follows,
                    host=host,
                    password=password,
                    port=6379,
                    secured=secured,
                )
            )
        for one in self.redis[1:]:
            until(lambda one=one: one.info()["master_link_status"] == "up")
        self.sentinels = [
            self._sentinel(folder / f"cache-sentinel-{number}", host)
            for number, host in enumerate(hosts[1 + replicas :])
        ]
        for sentinel in self.sentinels:
            until(lambda one=sentinel: self.seen(one).get("num-other-sentinels") == str(sentinels - 1))
            until(lambda one=sentinel: self.seen(one).get("num-slaves") == str(replicas))

    def _sentinel(self, folder: Path, host: str) -> Server:
        folder.mkdir(parents=True)
        config = folder / "sentinel.conf"
        master = self.redis[0]
        tls = self.secured.words if self.secured else []
        lines = [
            *(["port 0", "tls-port 26379"] if tls else ["port 26379"]),
            *(f"{name} {value}" for name, value in tls),
            f"bind {host}\nsentinel announce-ip {host}\nprotected-mode no\ndir {folder}",
            f"sentinel monitor {GROUP} {master.host} {master.port} 2",
            f"sentinel down-after-milliseconds {GROUP} {DOWN_AFTER}",
            f"sentinel failover-timeout {GROUP} 5000",
        ]
        if self.password:
            lines += [f"sentinel auth-pass {GROUP} {self.password}", f"requirepass {self.password}"]
        config.write_text("\n".join(lines) + "\n")
        argv = ("redis-server", str(config), "--sentinel")
        login = self.secured.login("", self.password) if self.secured else Login(self.password)
        return Server(folder, argv=argv, host=host, port=26379, login=login)

    def fail_over_soon(self) -> None:
        """For a test that then takes the master away."""
        for sentinel in self.sentinels:
            sentinel.ask("SENTINEL", "SET", GROUP, "down-after-milliseconds", SOON)

    def seen(self, sentinel: Server) -> dict[str, str]:
        """The master as a sentinel sees it."""
        return pairs(sentinel.link.ask("SENTINEL", "MASTER", GROUP))

    @property
    def target(self) -> Target:
        return Target(
            redis=tuple(one.pod for one in self.redis),
            memory=0,
            settings=SETTINGS,
            sentinels=tuple(one.pod for one in self.sentinels),
            group=GROUP if self.sentinels else "",
            down_after=DOWN_AFTER,
        )

    def stop(self) -> None:
        for one in (*self.sentinels, *self.redis):
            one.process.kill()
            one.process.wait()


class Clustered:
    """A cluster of so many masters, each with so many replicas; slots are shared out evenly."""

    def __init__(
        self,
        folder: Path,
        *words: str,
        masters: int = 3,
        replicas: int = 0,
        password: str = "",
        secured: Secured | None = None,
    ) -> None:
        self.password = password
        hosts = addresses(masters * (1 + replicas))
        self.redis = [
            Server(
                folder / f"cache-{number}",
                *("--cluster-enabled", "yes", "--cluster-announce-ip", host, "--cluster-node-timeout", "3000"),
                *("--cluster-require-full-coverage", "no", *words),
                host=host,
                password=password,
                port=6379,
                secured=secured,
            )
            for number, host in enumerate(hosts)
        ]
        self.masters = self.redis[:masters]
        for number, one in enumerate(self.masters):
            first, last = 16384 * number // masters, 16384 * (number + 1) // masters - 1
            one.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            one.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
        for one in self.redis[1:]:
            one.ask("CLUSTER", "MEET", self.redis[0].host, 6379)
        for one in self.redis:
            until(lambda one=one: one.link.fields("CLUSTER", "INFO")["cluster_known_nodes"] == str(len(self.redis)))
        for number, one in enumerate(self.redis[masters:]):
            master = self.masters[number % masters].link.text("CLUSTER", "MYID")
            until(lambda one=one, master=master: _follows(one, master))
            until(lambda one=one: one.info()["master_link_status"] == "up")
        # who does not know a replica does not vote for it
        until(lambda: all(known_replicas(one) == masters * replicas for one in self.redis))
        self.settle()

    def settle(self) -> None:
        """Until every node sees every slot served. From then on nobody is failed over, as long as none restarts."""
        for one in self.redis:
            until(lambda one=one: _is_well(one))
        self.bear(STALL)

    def bear(self, milliseconds: int) -> None:
        """Without an answer, until a node is taken for dead."""
        for one in self.redis:
            one.ask("CONFIG", "SET", "cluster-node-timeout", milliseconds)

    @property
    def target(self) -> Target:
        return Target(redis=tuple(one.pod for one in self.redis), memory=0, settings=SETTINGS)

    def ask(self, *words: str | bytes | int) -> object:
        """Of the master that owns the slot of the key, which is the second word."""
        key = words[1]
        return self.owner(key if isinstance(key, bytes) else str(key).encode()).ask(*words)

    def owner(self, key: bytes) -> Server:
        """The master of a key."""
        return self.masters[key_slot(key) * len(self.masters) // 16384]

    def connect(self) -> None:
        """Anew: a restore cuts all connections."""
        for one in self.redis:
            one.link.close()

    def keys(self) -> int:
        return sum(one.link.keys().get("0", 0) for one in self.masters)

    def stop(self) -> None:
        for one in self.redis:
            one.process.kill()
            one.process.wait()


def _is_well(server: Server) -> bool:
    try:
        return server.link.fields("CLUSTER", "INFO")["cluster_state"] == "ok"
    except Lost:  # a restore cuts connections
        return False


def _follows(server: Server, master: str) -> bool:
    try:
        return server.ask("CLUSTER", "REPLICATE", master) == b"OK"
    except Refusal:  # it does not know that one yet
        return False


@dataclass
class Kept:
    """Safety sets in memory: what the target held when each was made, by pod. broken: it cannot be made. then: done
    when one has been made."""

    nodes: list[Server]
    broken: str = ""
    then: Callable[[], None] = lambda: None
    sets: list[dict[str, dict[str, str]]] = field(default_factory=list)
    let_gone: bool = False

    def make(self) -> None:
        if self.broken:
            raise JobError(self.broken)
        self.sets.append({one.name: dict(one.info()) for one in self.nodes})
        self.then()

    def let_go(self) -> None:
        self.let_gone = True


def scene(
    target: Target,
    sidecar: Sidecar,
    files: list[File],
    safety: Kept,
    *,
    force: bool = False,
    password: str = "",
    redis: Login | None = None,
) -> tuple[Scene, list[dict[str, Any]]]:
    """As the command makes it, and what it then says."""
    events: list[dict[str, Any]] = []
    sidecar.loader.wait()
    beside = not any(one.link.fields("INFO", "cluster").get("cluster_enabled") == "1" for one in safety.nodes)
    loaded = [sidecar.loader.load(file, beside=beside and number > 0) for number, file in enumerate(files)]
    made = Scene(
        restore=Restore("r1", "a file", tuple(files), target, force, True),
        loader=sidecar.loader,
        loaded=loaded,
        nodes=[Node(pod, redis or Login(password)) for pod in target.redis],
        redis=redis or Login(password),
        sentinels=Login(password),
        address=(sidecar.server.host, sidecar.port),
        safety=safety,
        say=lambda event, **fields: events.append({"event": event, **fields}),
    )
    return made, events


def into_master(given: Scene) -> dict[str, int]:
    """As the command does it."""
    way = IntoMaster(given)
    try:
        way.check()
        return way.go()
    finally:
        # also of one that is killed: its thread would tell sentinels what the next run does not want
        way.sentinels._awake.set()


def into_cluster(given: Scene) -> dict[str, int]:
    """As the command does it."""
    way = IntoCluster(given)
    way.check()
    return way.go()


def with_memory(target: Target, memory: int) -> Target:
    return replace(target, memory=memory)
