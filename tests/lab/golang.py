"""The Go toolchain that builds the laboratory's binaries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.model import LabError

MODULES = Path(__file__).parent / "go"
# from this release on Go fetches the toolchain that a go.mod asks for
FETCHES_TOOLCHAINS = (1, 21)


def required(go_mod: str) -> tuple[int, int]:
    """The Go version that a go.mod asks for, as (major, minor)."""
    found = re.search(r"^go (\d+)\.(\d+)", go_mod, re.MULTILINE)
    if not found:
        raise ValueError("go.mod has no go line")
    return int(found[1]), int(found[2])


def pinned(go_mod: str, module: str) -> str:
    """The version of a module that a go.mod pins, such as v1.34.4."""
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", go_mod, re.MULTILINE)
    if not found:
        raise ValueError(f"go.mod does not require {module}")
    return found[1]


def toolchain(version: str, needed: tuple[int, int]) -> str:
    """GOTOOLCHAIN for a build by this Go; version: what `go env GOVERSION` says."""
    found = re.match(r"go(\d+)\.(\d+)", version)
    have = (int(found[1]), int(found[2])) if found else (0, 0)
    if have >= needed:
        return "local"
    if have >= FETCHES_TOOLCHAINS:
        return "auto"
    raise LabError(f"go: {version} is too old; install Go {needed[0]}.{needed[1]} or newer (https://go.dev/dl)")


def environment(needed: tuple[int, int]) -> dict[str, str]:
    """For `go` commands in our module folders: nothing may change go.mod, nothing of the caller's flags counts."""
    if not shutil.which("go"):
        raise LabError(f"go: not found; install Go {needed[0]}.{needed[1]} or newer (https://go.dev/dl)")
    version = subprocess.run(["go", "env", "GOVERSION"], text=True, capture_output=True, check=True, cwd="/")
    return {
        **os.environ,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOWORK": "off",
        "GOTOOLCHAIN": toolchain(version.stdout.strip(), needed),
    }


def go(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Runs a go command in a module folder; returns what it prints."""
    done = subprocess.run(["go", *arguments], cwd=folder, env=environment, text=True, capture_output=True)
    if done.returncode:
        last = "\n".join(f"    {line}" for line in done.stderr.strip().splitlines()[-15:])
        raise LabError(f"go {arguments[0]} failed in {folder}; it ends with:\n{last}")
    return done.stdout
