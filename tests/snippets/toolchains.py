"""The languages of the programs: what runs them, and their libraries, each pinned and kept in the cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lab import cache, golang, packages

HERE = Path(__file__).parent
# the Debian package of a program that is not there
PACKAGES = {"node": "nodejs", "npm": "npm", "javac": "default-jdk-headless", "mvn": "maven"}


@dataclass(frozen=True)
class Language:
    """file: what the printed program is called. build: makes it ready in its folder, beside the driver.

    program, driver: what runs them there.
    """

    name: str
    file: str
    build: Callable[[Path], None]
    program: Sequence[str]
    driver: Sequence[str]


def _need(*programs: str) -> None:
    missing = [PACKAGES[program] for program in programs if not shutil.which(program)]
    if missing:
        packages.require(*missing)


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout[-3000:]}"


def _libraries(language: str, pins: Sequence[str], install: Sequence[str]) -> Path:
    """The folder with a language's libraries, which is filled once by a command that finds the pins there."""
    digest = sha256(b"".join((HERE / language / name).read_bytes() for name in pins)).hexdigest()[:12]
    target = cache.folder() / f"snippets-{language}-{digest}"
    with cache.locked(f"snippets-{language}"):
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=target.parent) as temporary:
                work = Path(temporary, "work")
                work.mkdir()
                for name in pins:
                    shutil.copy(HERE / language / name, work)
                _run(install, work)
                work.rename(target)
    return target


def _python(folder: Path) -> None:
    shutil.copy(HERE / "driver.py", folder)


def _node(folder: Path) -> None:
    _need("node", "npm")
    found = _libraries("node", ("package.json", "package-lock.json"), ("npm", "ci", "--ignore-scripts"))
    (folder / "node_modules").symlink_to(found / "node_modules")
    shutil.copy(HERE / "node" / "driver.js", folder)


def _java(folder: Path) -> None:
    _need("javac", "mvn")
    copy = ("mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=lib")
    (folder / "lib").symlink_to(_libraries("java", ("pom.xml",), copy) / "lib")
    shutil.copy(HERE / "java" / "Driver.java", folder)
    _run(("javac", "-cp", "lib/*", "-d", "classes", "RedisExample.java", "Driver.java"), folder)


def _go(folder: Path) -> None:
    for name in ("go.mod", "go.sum", "driver_test.go"):
        shutil.copy(HERE / "go" / name, folder)
    environment = golang.environment(golang.required((folder / "go.mod").read_text()))
    _run(("go", "test", "-c", "-o", "program", "."), folder, environment)


_JAVA = ("java", "-XX:+UseSerialGC", "-Xmx64m", "-cp", f"classes{os.pathsep}lib/*")
LANGUAGES = (
    Language("python", "snippet.py", _python, (sys.executable, "snippet.py"), (sys.executable, "driver.py")),
    Language("node", "snippet.js", _node, ("node", "snippet.js"), ("node", "driver.js")),
    Language("java", "RedisExample.java", _java, (*_JAVA, "RedisExample"), (*_JAVA, "Driver")),
    Language("go", "main.go", _go, ("./program",), ("./program",)),
)
