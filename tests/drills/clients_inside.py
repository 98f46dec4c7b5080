"""The clients of a drill: `clients.writer`, on a node of the laboratory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Client:
    """access, host: as `clients.writer` takes them. place: the node it runs on. folder: for the file that ends it.

    ca: a file with who signs certificates; None for no TLS.
    """

    access: str
    host: str
    place: str
    password: str
    folder: Path
    ca: Path | None = None
    process: subprocess.Popen[str] = field(init=False)

    @property
    def prefix(self) -> str:
        return f"{self.access}-{self.folder.name}"

    @property
    def _enough(self) -> Path:
        return self.folder / f"{self.access}-enough"

    def start(self) -> None:
        command = self._command("write", "--prefix", self.prefix, "--until", str(self._enough))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=self._environment)

    def finish(self) -> dict[str, Any]:
        """What it saw, as `clients.record.report` has it, and `lost`: how many acknowledged writes are not there."""
        self._enough.touch()
        written, _stderr = self.process.communicate()
        assert self.process.returncode == 0
        command = self._command("verify")
        read = subprocess.run(
            command, input=written, stdout=subprocess.PIPE, text=True, check=True, env=self._environment
        )
        return {**json.loads(written), **json.loads(read.stdout)}

    def _command(self, verb: str, *arguments: str) -> list[str]:
        inside = [sys.executable, "-m", "lab", "exec", "--place", self.place]
        access = ["--access", self.access, "--host", self.host]
        return [*inside, sys.executable, "-m", "clients.writer", verb, *access, *arguments]

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "REDIS_PASSWORD": self.password, "REDIS_CA": str(self.ca or "")}
