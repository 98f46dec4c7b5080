"""The nodes of a replication group: laid out, formed, failed over and copied, whoever runs their processes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import redis

from lab.certificates import Authority
from lab.elasticache import clusters, engines
from lab.elasticache.nodes import DUMP, Node, Settings
from lab.elasticache.waiting import until
from lab.model import LabError

FILE = "plane.json"


@dataclass
class Plane:
    """name: of the replication group. shards: in order of their slots; the nodes of each, the first primary first."""

    name: str
    folder: Path
    settings: Settings
    shards: tuple[tuple[Node, ...], ...]

    @property
    def nodes(self) -> list[Node]:
        return [node for shard in self.shards for node in shard]

    @property
    def ca(self) -> Path | None:
        """The certificate of who signed those of the nodes."""
        return self.folder / "pki" / "ca.crt" if self.settings.tls else None

    @property
    def primaries(self) -> list[tuple[str, int]]:
        """Of each shard, as it is now."""
        return [self.primary(number).endpoint for number in range(len(self.shards))]

    def role(self, node: Node) -> str:
        """primary or replica; empty of a node that does not answer."""
        try:
            said = self._ask(node, "ROLE")[0]
        except redis.RedisError:
            return ""
        return "primary" if said == "master" else "replica"

    def primary(self, shard: int) -> Node:
        for node in self.shards[shard]:
            if self.role(node) == "primary":
                return node
        raise LabError(f"{self.name}: shard {shard} has no primary")

    def form(self) -> None:
        """Once the processes run: makes one of them, and waits until they are; harmless when they are."""
        for node in self.nodes:
            until(lambda node=node: self.role(node) != "", f"{node.name}: does not answer")
        if self.settings.clustered:
            clusters.form(self.shards, self._ask)
        self._linked()

    def failover(self, shard: int) -> Node:
        """A replica becomes primary, also when the primary is dead, which is a replica from then on if it lives."""
        alive = [node for node in self.shards[shard] if self.role(node)]
        chosen = next((node for node in alive if self.role(node) == "replica"), None)
        if chosen is None:
            raise LabError(f"{self.name}: shard {shard} has no replica to fail over to")
        if self.settings.clustered:
            clusters.failover(chosen, any(self.role(node) == "primary" for node in alive), self._ask)
        else:
            self._ask(chosen, "replicaof", "no", "one")
            for node in alive:
                if node != chosen:
                    self._ask(node, "replicaof", *chosen.endpoint)
        for node in alive:
            role = "primary" if node == chosen else "replica"
            until(lambda node=node, role=role: self.role(node) == role, f"{node.name}: does not become {role}")
        self._linked()
        return chosen

    def snapshot(self, shard: int) -> bytes:
        """An RDB of the primary's data as they are now."""
        primary = self.primary(shard)
        self._idle(primary)
        self._ask(primary, "bgsave")
        self._idle(primary)
        if "rdb_last_bgsave_status:ok" not in self._saved(primary):
            raise LabError(f"{primary.name}: could not save; see {primary.folder}/output")
        return (primary.folder / DUMP).read_bytes()

    def _idle(self, node: Node) -> None:
        """Waits for the end of what it writes for us, or for a replica."""
        until(lambda: "rdb_bgsave_in_progress:0" in self._saved(node), f"{node.name}: does not end saving")

    def _saved(self, node: Node) -> str:
        return str(self._ask(node, "INFO", "persistence"))

    def _linked(self) -> None:
        for node in self.nodes:
            if self.role(node) == "replica":
                until(lambda node=node: self._is_linked(node), f"{node.name}: does not follow its primary")

    def _is_linked(self, node: Node) -> bool:
        try:
            return self.role(node) == "replica" and self._ask(node, "ROLE")[3] == "connected"
        except redis.RedisError:
            return False

    def _ask(self, node: Node, *words: str | int) -> Any:
        return node.ask(self.settings, *words)


def layout(name: str, shards: int, replicas: int, clustered: bool) -> list[list[str]]:
    """The names that ElastiCache gives the cache clusters, by shard."""
    numbers = [f"{number:03}" for number in range(1, replicas + 2)]
    if not clustered:
        return [[f"{name}-{number}" for number in numbers]]
    return [[f"{name}-{shard:04}-{number}" for number in numbers] for shard in range(1, shards + 1)]


def settings(
    *,
    shards: int = 1,
    replicas: int = 0,
    engine: str = "7.0",
    clustered: bool | None = None,
    tls: bool = False,
    token: str = "",
    events: str = "",
    maxmemory: int = 0,
    policy: str = "volatile-lru",
) -> tuple[Settings, int, int]:
    """With a secret of their own, and the number of shards and of replicas of each.

    clustered: None: when there are several shards.
    """
    clustered = shards > 1 if clustered is None else clustered
    if shards > 1 and not clustered:
        raise LabError(f"shards: {shards} without cluster mode; allowed: 1")
    if tls and not engines.find(engine).tls:
        raise LabError(f"tls: the laboratory's server of engine {engine} has none; allowed: engine 7.0, or no tls")
    made = Settings(engine, clustered, tls, secrets.token_hex(16), token, events, maxmemory, policy)
    return made, shards, replicas


def create(folder: Path, name: str, addresses: Sequence[str], **given: Any) -> Plane:
    """Writes all that the processes need. addresses: one a node. given: see ``settings``."""
    chosen, shards, replicas = settings(**given)
    left = iter(addresses)
    named = layout(name, shards, replicas, chosen.clustered)
    made = tuple(tuple(Node(each, next(left), folder / each) for each in shard) for shard in named)
    plane = Plane(name, folder, chosen, made)
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.tls:
        (folder / "pki").mkdir()
        authority = Authority(folder / "pki")
        for node in plane.nodes:
            authority.issue(node.name, node.name, alternatives=(node.host, node.name))
    for shard in made:
        for node in shard:
            node.configure(chosen, folder / "pki", None if node is shard[0] else shard[0])
    _save(plane)
    return plane


def load(folder: Path) -> Plane:
    told = json.loads((folder / FILE).read_text())
    shards = tuple(tuple(Node(name, host, folder / name) for name, host in shard) for shard in told["shards"])
    return Plane(told["name"], folder, Settings(**told["settings"]), shards)


def _save(plane: Plane) -> None:
    file = plane.folder / FILE
    file.touch(mode=0o600)
    shards = [[(node.name, node.host) for node in shard] for shard in plane.shards]
    file.write_text(json.dumps({"name": plane.name, "settings": asdict(plane.settings), "shards": shards}))
