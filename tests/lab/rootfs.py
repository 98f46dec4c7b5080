"""Small Debian root file systems from the machine's own mirror, and the one of the Redis images."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab.model import LabError

PACKAGES = ("redis-server", "redis-sentinel", "prometheus-redis-exporter")
SENTINEL = Path(__file__).parent / "image" / "sentinel.sh"
REDIS_USER = 1000
# what a container never reads; /dev, /proc and /sys are mounted by the runtime
LEFT_OUT = (
    "/dev",
    "/proc",
    "/sys",
    "/usr/share/doc",
    "/usr/share/i18n",
    "/usr/share/info",
    "/usr/share/locale",
    "/usr/share/man",
    "/usr/share/zoneinfo",
    "/var/cache",
    "/var/lib/apt",
    "/var/log",
)


def mirror() -> tuple[str, str]:
    """(address, suite) that the machine's apt takes this Debian release from."""
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    suite = release.get("VERSION_CODENAME", "").strip('"')
    command = ["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"]
    for line in subprocess.run(command, text=True, capture_output=True, check=False).stdout.splitlines():
        codename, component, address = line.split()
        if (codename, component) == (suite, "main"):
            return address, suite
    raise LabError(f"apt: no source of {suite or 'this release'} main is configured; see /etc/apt/sources.list")


def bootstrap(root: Path, packages: Iterable[str]) -> None:
    """Fills the folder; about half a minute."""
    address, suite = mirror()
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", suite, str(root), address]
    # nothing of the caller's (TMPDIR, locale) may reach the chroot but the way to the mirror
    kept = ("PATH", *(name for name in os.environ if name.lower().endswith("_proxy")))
    environment = {name: os.environ[name] for name in kept}
    done = subprocess.run(command, text=True, capture_output=True, env=environment, check=False)
    if done.returncode:
        last = "\n".join(f"    {line}" for line in done.stdout.splitlines()[-10:])
        raise LabError(f"debootstrap of {suite} failed; it ends with:\n{last}")


def create(root: Path) -> None:
    bootstrap(root, PACKAGES)
    shutil.copy(SENTINEL, root / "usr/local/bin/sentinel")
    for folder in ("data", "node-conf"):
        (root / folder).mkdir()
        os.chown(root / folder, REDIS_USER, REDIS_USER)


def redis_version(root: Path) -> str:
    """Such as 7.0.15: what the package in the root file system calls itself, less Debian's own part."""
    command = ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show", "--showformat=${Version}", "redis-server"]
    version = subprocess.run(command, text=True, capture_output=True, check=True).stdout
    return version.partition(":")[2].partition("-")[0]
