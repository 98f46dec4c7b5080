"""One control group per laboratory: whatever runs in it is the laboratory's, also what its processes left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from lab.model import CGROUP_PREFIX, Lab, LabError

DAEMONS = "daemons"
# the controllers that kubelet asks for under version 2
CONTROLLERS = ("cpu", "cpuset", "hugetlb", "memory", "pids")


def hierarchies() -> list[tuple[str, Path]]:
    """(kind, mount point) of every control group hierarchy; kind is cgroup (version 1) or cgroup2."""
    fields = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [(kind, Path(where)) for _source, where, kind, *_rest in fields if kind in ("cgroup", "cgroup2")]


def daemons(lab: Lab) -> Path:
    """Where the processes of the laboratory are put; one hierarchy suffices to find them again."""
    kinds = hierarchies()
    if not kinds:
        raise LabError("cgroup: no control group hierarchy is mounted; mount /sys/fs/cgroup first")
    _kind, root = max(kinds, key=lambda found: found[0])
    return root / lab.cgroup / DAEMONS


def laboratories() -> set[str]:
    """The control groups of all laboratories on this machine."""
    return {path.name for _kind, root in hierarchies() for path in root.glob(f"{CGROUP_PREFIX}*")}


def create(lab: Lab) -> None:
    """The group of the processes, and one per site of a node in every hierarchy for the kubelet's pods."""
    try:
        daemons(lab).mkdir(parents=True, exist_ok=True)
        for kind, root in hierarchies():
            top = root / lab.cgroup
            for folder in (top, *(top / node.name for node in lab.sites)):
                folder.mkdir(parents=True, exist_ok=True)
                _inherit(kind, folder)
    except OSError as error:
        raise LabError(f"cgroup: {error.filename}: {error.strerror}; control groups must be writable") from error


def _inherit(kind: str, folder: Path) -> None:
    """A new group has no CPUs (version 1) or no controllers (version 2) until it is given its parent's."""
    if kind == "cgroup":
        for name in ("cpuset.cpus", "cpuset.mems"):
            if (folder / name).exists():
                (folder / name).write_text((folder.parent / name).read_text())
        return
    for controller in set(CONTROLLERS) & set((folder.parent / "cgroup.controllers").read_text().split()):
        (folder.parent / "cgroup.subtree_control").write_text(f"+{controller}")


def kill(lab: Lab, limit: float = 30) -> None:
    """Ends everything in the laboratory's groups, waits for the end and removes the groups."""
    tops = [root / lab.cgroup for _kind, root in hierarchies()]
    deadline = time.monotonic() + limit
    while tops := [top for top in tops if top.exists()]:
        left = {pid for top in tops for pid in _pids(top)}
        if time.monotonic() > deadline:
            raise LabError(f"cgroup: {tops[0]} cannot be removed; its processes are {sorted(left)}")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for top in tops:
            _remove(top)
        time.sleep(0.05)


def _remove(top: Path) -> None:
    # a group is busy until the last of its processes is wholly gone
    with contextlib.suppress(OSError):
        for folder, _folders, _files in os.walk(top, topdown=False):
            Path(folder).rmdir()


def _pids(top: Path) -> list[int]:
    found = []
    # groups go while they are looked at, which os.walk takes and rglob does not
    for folder, _folders, _files in os.walk(top):
        with contextlib.suppress(OSError):
            found += [int(pid) for pid in Path(folder, "cgroup.procs").read_text().split()]
    return found
