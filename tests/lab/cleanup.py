"""Taking a laboratory away, whatever state it is in: running, half started or killed."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

from lab import cgroup, hosts, network
from lab.model import Lab, LabError


def is_needed(lab: Lab) -> bool:
    """Whether anything of the laboratory is there."""
    return lab.state.exists() or lab.cgroup in cgroup.laboratories()


def remove(lab: Lab) -> None:
    """Ends its processes and removes every trace but the cache; harmless when there is none."""
    cgroup.kill(lab)
    _unmount(lab.state)
    _detach(lab.state)
    if lab.state.exists():
        shutil.rmtree(lab.state)
    _remove_empty(lab.home)
    if not cgroup.laboratories():
        for folder in network.PRIVATE:
            _remove_empty(Path(folder))
    hosts.remove(lab.name)


def _unmount(folder: Path) -> None:
    """The laboratory mounts in a namespace of its own, which ends with it; this is for what others mounted."""
    mounted = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for path in reversed([path for path in mounted if Path(path).is_relative_to(folder)]):
        subprocess.run(["umount", path], check=True)


def _detach(folder: Path, limit: float = 180) -> None:
    """Frees the loop devices of the laboratory's volumes; the kernel needs a moment after the last unmount."""
    deadline = time.monotonic() + limit
    while left := _loops(folder):
        if time.monotonic() > deadline:
            raise LabError(f"losetup: {', '.join(left)} are still in use; see losetup --list")
        for device in left:
            subprocess.run(["losetup", "--detach", device], capture_output=True, check=False)
        time.sleep(0.05)


def _loops(folder: Path) -> list[str]:
    """Loop devices on files of the folder, deleted ones too."""
    command = ["losetup", "--list", "--json", "--output", "NAME,BACK-FILE"]
    listed = subprocess.run(command, text=True, capture_output=True, check=False)
    devices = json.loads(listed.stdout or "{}").get("loopdevices", [])
    return [device["name"] for device in devices if Path(device["back-file"] or "/").is_relative_to(folder)]


def _remove_empty(folder: Path) -> None:
    """What the start made and nobody else uses. A folder that another laboratory mounts on looks empty from here."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
