"""Debian packages that the laboratory stands on; what is missing is installed, without starting any service."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.model import CONTROL_PLANE, FULL, LabError
from lab.steps import say


@dataclass(frozen=True)
class Package:
    """level: the first that needs it. service: the unit the package would start at the next boot."""

    name: str
    level: str = FULL
    service: str | None = None


PACKAGES = (
    Package("curl", CONTROL_PLANE),
    Package("etcd-server", CONTROL_PLANE, "etcd"),
    Package("iproute2", CONTROL_PLANE),
    Package("util-linux", CONTROL_PLANE),
    Package("conntrack"),
    Package("containerd", service="containerd"),
    Package("containernetworking-plugins"),
    Package("debootstrap"),
    Package("e2fsprogs"),
    Package("ethtool"),
    Package("ipset"),
    Package("iptables"),
    Package("kmod"),
    Package("mount"),
    Package("redis-tools"),  # for lab exec
    Package("runc"),
    Package("socat"),
    Package("xfsprogs"),
)
POLICY = Path("/usr/sbin/policy-rc.d")
LOCK = Path(tempfile.gettempdir(), "eks-redis-packages.lock")
FORBID = "#!/bin/sh\nexit 101\n"


def install(level: str) -> None:
    """Installs what the level needs and the machine lacks."""
    needed = [package for package in PACKAGES if package.level in (CONTROL_PLANE, level)]
    missing = require(*(package.name for package in needed))
    services = [package.service for package in needed if package.service and package.name in missing]
    if services and shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", "--quiet", *services], capture_output=True, check=False)


def require(*names: str) -> list[str]:
    """Installs those that the machine lacks, and returns them."""
    with LOCK.open("w") as lock:
        # tests run side by side, and each may be the first to need something
        fcntl.flock(lock, fcntl.LOCK_EX)
        present = installed()
        missing = [name for name in names if name not in present]
        if missing:
            say(f"installing Debian packages: {' '.join(missing)}")
            with _no_service_starts():
                _install(missing)
    return missing


def _install(names: list[str]) -> None:
    # the lists are fetched only if those at hand do not do
    if _apt("install", "--yes", "--no-install-recommends", *names).returncode:
        _apt("update")
        done = _apt("install", "--yes", "--no-install-recommends", *names)
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
            raise LabError(f"apt-get install {' '.join(names)} failed: {last}")


def installed() -> set[str]:
    command = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n"]
    try:
        listed = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise LabError("dpkg-query: not found; the laboratory runs on Debian or a system derived from it") from None
    return {line.split()[0] for line in listed.splitlines() if line.endswith(" installed")}


def _apt(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(["apt-get", "-q", *arguments], text=True, capture_output=True, env=environment, check=False)


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian's way to keep packages from starting their services; a policy of the machine's own is left alone."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(FORBID)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()
