"""One node: its configuration, and the plane's own way to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lab.elasticache import restricted

PORT = 6379
PLANE = "elasticache"  # its user
DUMP, SOCKET = "dump.rdb", "plane"
# ms; so long a primary of a cluster may be silent, and the longer that is, the later nodes hear of each other's roles
FORMING_TIMEOUT, NODE_TIMEOUT = 5000, 30_000


@dataclass(frozen=True)
class Settings:
    """Of all nodes of a plane. secret: the plane's own password, and the end of the names of hidden commands.

    token: of the user default, none if empty. events: notify-keyspace-events. maxmemory: bytes of a node, 0: no end.
    """

    engine: str
    clustered: bool
    tls: bool
    secret: str
    token: str = ""
    events: str = ""
    maxmemory: int = 0
    policy: str = "volatile-lru"


@dataclass(frozen=True)
class Node:
    """name: of its cache cluster. folder: its own; host: an address of its own."""

    name: str
    host: str
    folder: Path

    @property
    def endpoint(self) -> tuple[str, int]:
        return (self.host, PORT)

    @property
    def configuration(self) -> Path:
        return self.folder / "redis.conf"

    def configure(self, settings: Settings, authority: Path, primary: Node | None = None) -> None:
        """authority: folder of ca.crt and of the node's own certificate and key."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [*self._server(settings), *restricted.renames(settings.secret), *self._users(settings)]
        lines += self._tls(authority) if settings.tls else [f"port {PORT}"]
        lines += self._clustered() if settings.clustered else []
        lines += [f"replicaof {primary.host} {PORT}"] if primary and not settings.clustered else []
        self.configuration.touch(mode=0o600)
        self.configuration.write_text("".join(f"{line}\n" for line in lines))

    def ask(self, settings: Settings, *words: str | int) -> Any:
        """As the plane's user. Raises redis.RedisError."""
        command, *rest = words
        if command in restricted.HIDDEN:
            command = restricted.hidden(settings.secret, str(command))
        # who is dead is dead: asked once
        once = Retry(NoBackoff(), 0)
        folder = os.open(self.folder, os.O_PATH)
        try:
            # a socket's path is 107 bytes long at most, and this one is, wherever the folder lies
            path = f"/proc/self/fd/{folder}/{SOCKET}"
            with redis.Redis(
                unix_socket_path=path, username=PLANE, password=settings.secret, retry=once, decode_responses=True
            ) as link:
                link.response_callbacks.clear()  # answers as they are
                return link.execute_command(str(command), *rest)
        finally:
            os.close(folder)

    def _server(self, settings: Settings) -> list[str]:
        return [
            f"bind {self.host}",
            "protected-mode no",
            f'dir "{self.folder}"',
            # in that folder
            f"unixsocket {SOCKET}",
            "unixsocketperm 600",
            f"dbfilename {DUMP}",
            'save ""',
            "appendonly no",
            # not by a file, and at once
            "repl-diskless-sync yes",
            "repl-diskless-sync-delay 0",
            f"replica-announce-ip {self.host}",
            f"maxmemory {settings.maxmemory}",
            f"maxmemory-policy {settings.policy}",
            f'notify-keyspace-events "{settings.events}"',
        ]

    def _users(self, settings: Settings) -> list[str]:
        word = f">{settings.token}" if settings.token else "nopass"
        return [
            f"user default on {word} {restricted.rules(settings.engine)}",
            f"user {PLANE} on >{settings.secret} ~* &* +@all",
            f"masteruser {PLANE}",
            f"masterauth {settings.secret}",
        ]

    def _tls(self, authority: Path) -> list[str]:
        return [
            "port 0",
            f"tls-port {PORT}",
            f'tls-cert-file "{authority}/{self.name}.crt"',
            f'tls-key-file "{authority}/{self.name}.key"',
            f'tls-ca-cert-file "{authority}/ca.crt"',
            "tls-auth-clients no",
            "tls-replication yes",
            "tls-cluster yes",
        ]

    def _clustered(self) -> list[str]:
        return [
            "cluster-enabled yes",
            f"cluster-announce-ip {self.host}",
            f"cluster-node-timeout {FORMING_TIMEOUT}",
            "cluster-require-full-coverage no",
            # nobody moves what AWS has placed
            "cluster-allow-replica-migration no",
        ]
