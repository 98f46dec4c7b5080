"""The image of jobs inside the cluster, as toolbox/Containerfile says it: Python, boto3, hiredis, redis-cli, our jobs.

The jobs change more often than what they stand on, so they are a layer of their own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lab import archive, rootfs
from lab.archive import Image
from lab.model import LabError

PACKAGES = ("python3", "redis-tools")
WHEELS = ("boto3", "hiredis")
CHECKOUT = Path(__file__).resolve().parents[2]
CONSTRAINTS = CHECKOUT / "tests" / "constraints.txt"
SOURCES = (Path(__file__), CONSTRAINTS)
HOME = "/opt/eks-redis"
# below the collection: what the jobs are made of, and nothing else
CODE = tuple(f"plugins/module_utils/{name}" for name in ("contract", "datapath", "jobs"))
# read and not imported: who starts a laboratory need not have Ansible's importer of collections
NAMED = re.findall(r'^TOOLBOX = "(.+)"$', (CHECKOUT / CODE[0] / "images.py").read_text(), re.MULTILINE)
IMAGE = Image(
    tuple(NAMED),
    command=("python3",),
    user="1000:1000",
    folder="/tmp",
    environment={"PYTHONPATH": HOME, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
)
# searched by every Python 3 of Debian
LIBRARIES = "usr/lib/python3/dist-packages"
# an image has no times and pods write nothing: bytecode that is taken as it is, or a start costs seconds of compiling
COMPILE = ("python3", "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash", "/usr/lib")


def create(root: Path) -> None:
    """Fills the folder; about a minute."""
    rootfs.bootstrap(root, PACKAGES)
    uv = str(Path(sys.executable).with_name("uv"))
    # what a library needs depends on the Python that it is to run in
    python = _run(["chroot", str(root), "python3", "-c", "import platform; print(platform.python_version())"]).strip()
    where = ["--target", str(root / LIBRARIES), "--python-version", python]
    _run([uv, "pip", "install", *where, "--constraint", str(CONSTRAINTS), *WHEELS])
    _run(["chroot", str(root), *COMPILE])


def code() -> list[str]:
    """The files of CODE, by their paths below the checkout."""
    found = (path for folder in CODE for path in (CHECKOUT / folder).rglob("*.py"))
    return sorted(str(path.relative_to(CHECKOUT)) for path in found)


def code_layer() -> archive.Fill:
    """The layer with the jobs."""
    return archive.files(CHECKOUT, f"{HOME.removeprefix('/')}/ansible_collections/eks/redis", code())


def _run(command: list[str]) -> str:
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise LabError(f"toolbox image: {Path(command[0]).name} failed: {last}")
    return done.stdout
