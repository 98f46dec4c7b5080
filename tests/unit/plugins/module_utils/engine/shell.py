"""The scripts that run in pods, run here: with commands of the test's own before those of the machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output


class Shell:
    """A directory with commands and with whatever these remember: ``$HERE`` in them."""

    def __init__(self, directory: Path, commands: Mapping[str, str]) -> None:
        self.directory = directory
        for name, text in {"sleep": "", "timeout": 'shift; exec "$@"', **commands}.items():
            path = directory / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)

    def run(self, argv: Sequence[str], **environment: str) -> Output:
        path = f"{self.directory / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            argv,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={"PATH": path, "HERE": str(self.directory), **environment},
        )
        return Output(done.returncode, done.stdout, done.stderr)

    def execute(self, **environment: str) -> Callable[..., Output]:
        """What takes the place of ``execute.execute``."""

        def run(
            api: Any, namespace: str, pod: str, container: str, argv: Sequence[str], *, timeout: float = 30
        ) -> Output:
            return self.run(argv, **environment)

        return run

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.directory / name).write_text(text)

    def read(self, name: str) -> list[str]:
        """The lines of a file, none when there is no such file."""
        path = self.directory / name
        return path.read_text().splitlines() if path.exists() else []
