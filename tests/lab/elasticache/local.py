"""A plane of a test's own: processes on addresses of this machine alone, ended on leaving."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from lab import ports
from lab.elasticache import engines, plane
from lab.elasticache.nodes import Node
from lab.elasticache.plane import Plane


class DataPlane(Plane):
    """more: see ``plane.create``. addresses: of loopback by default."""

    def __init__(
        self,
        folder: Path,
        name: str = "shop-prod",
        *,
        engine: str = "7.0",
        shards: int = 1,
        replicas: int = 0,
        addresses: Sequence[str] = (),
        **more: Any,
    ) -> None:
        given = addresses or ports.addresses(shards * (1 + replicas))
        self._program = engines.find(engine).server()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        made = plane.create(folder, name, given, engine=engine, shards=shards, replicas=replicas, **more)
        super().__init__(made.name, made.folder, made.settings, made.shards)

    def __enter__(self) -> DataPlane:
        try:
            for node in self.nodes:
                self._start(node)
            self.form()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.close()

    def kill(self, node: Node) -> None:
        """At once, as a machine that dies."""
        process = self._processes.pop(node.name)
        process.kill()
        process.wait()

    def replace(self, node: Node) -> None:
        """An empty one in place of one that was killed, which follows the primary there is, as AWS does."""
        shard = next(number for number, nodes in enumerate(self.shards) if node in nodes)
        primary = self.primary(shard)
        node.configure(self.settings, self.folder / "pki", primary)
        self._start(node)
        self.form()

    def close(self) -> None:
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def _start(self, node: Node) -> None:
        with (node.folder / "output").open("ab") as log:
            self._processes[node.name] = subprocess.Popen(
                [self._program, str(node.configuration)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
