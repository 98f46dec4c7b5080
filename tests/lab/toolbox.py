"""The image of jobs inside the cluster: Python with boto3, and redis-cli."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lab import rootfs
from lab.archive import Image
from lab.model import LabError

IMAGE = Image(("quay.io/eks-redis/toolbox:v1",), command=("python3",), user="1000:1000", folder="/tmp")
PACKAGES = ("python3", "redis-tools")
WHEELS = ("boto3",)
CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"
SOURCES = (Path(__file__), CONSTRAINTS)
# searched by every Python 3 of Debian
LIBRARIES = "usr/lib/python3/dist-packages"
# an image has no times and pods write nothing: bytecode that is taken as it is, or a start costs seconds of compiling
COMPILE = ("python3", "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash", "/usr/lib")


def create(root: Path) -> None:
    """Fills the folder; about a minute."""
    rootfs.bootstrap(root, PACKAGES)
    uv = str(Path(sys.executable).with_name("uv"))
    _run([uv, "pip", "install", "--target", str(root / LIBRARIES), "--constraint", str(CONSTRAINTS), *WHEELS])
    _run(["chroot", str(root), *COMPILE])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise LabError(f"toolbox image: {Path(command[0]).name} failed: {last}")
