"""Mounts of this mount namespace, read from mountinfo (proc(5))."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from lab.csi.host import run


class Mount(NamedTuple):
    point: str
    kind: str  # file system
    device: str


def parse(mountinfo: str) -> list[Mount]:
    """Mounts in the order in which they were made."""
    mounts = []
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        separator = fields.index("-", 6)  # optional fields stand before it
        mounts.append(Mount(_plain(fields[4]), fields[separator + 1], _plain(fields[separator + 2])))
    return mounts


def _plain(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), text)


def current() -> list[Mount]:
    return parse(Path("/proc/self/mountinfo").read_text())


def at(point: str) -> Mount | None:
    """The mount one sees at ``point``: the last one made there."""
    return next((mount for mount in reversed(current()) if mount.point == point), None)


def unmount(point: str) -> None:
    while at(point):
        run("umount", point)
