"""The file systems of volumes: made at the first stage, grown unmounted (stage) or mounted (expand)."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lab.csi.faults import Fault, StatusCode
from lab.csi.host import run

CAP_SYS_RESOURCE = 24  # linux/capability.h
STATUS = Path("/proc/self/status")


class FileSystem(NamedTuple):
    least: int  # bytes: the smallest device that mkfs takes
    make: tuple[str, ...]
    mount_options: tuple[str, ...]
    grow_unmounted: Callable[[str], None]  # device
    grow_mounted: Callable[[str, str], None]  # device, mount point


def prepare(name: str, device: str) -> None:
    """Makes the file system on an empty device; on one that has it, grows it if it only grows unmounted."""
    file_system = FILE_SYSTEMS[name]
    probe = run("blkid", "--probe", "--output", "value", "--match-tag", "TYPE", device, accept=(0, 2))
    found = probe.stdout.strip()
    if not found:
        run(*file_system.make, device)
    elif found == name:
        file_system.grow_unmounted(device)
    else:
        raise Fault(StatusCode.FAILED_PRECONDITION, f"{device} holds {found}, asked: {name}")


def ext4_size(superblock: bytes) -> int:
    """Bytes of the file system whose superblock (at byte 1024 of the device) this is."""
    low, high = struct.unpack_from("<I", superblock, 0x4)[0], struct.unpack_from("<I", superblock, 0x150)[0]
    block = 1024 << struct.unpack_from("<I", superblock, 0x18)[0]
    is_64bit = struct.unpack_from("<I", superblock, 0x60)[0] & 0x80
    return (low + (high << 32 if is_64bit else 0)) * block


def may_grow_mounted_ext4(status: str) -> bool:
    """Whether a process with this /proc/<pid>/status may: EXT4_IOC_RESIZE_FS asks for CAP_SYS_RESOURCE."""
    effective = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(effective and int(effective[1], 16) >> CAP_SYS_RESOURCE & 1)


def _ext4_is_smaller(device: str) -> bool:
    with open(device, "rb") as file:
        length = file.seek(0, 2)
        file.seek(1024)
        superblock = file.read(1024)
    return ext4_size(superblock) < length // 4096 * 4096


def _grow_unmounted_ext4(device: str) -> None:
    if _ext4_is_smaller(device):
        run("e2fsck", "-f", "-p", device, accept=(0, 1))  # resize2fs asks for it; 1: errors were corrected
        run("resize2fs", device)


def _grow_mounted_ext4(device: str, point: str) -> None:
    if not _ext4_is_smaller(device):
        return
    if not may_grow_mounted_ext4(STATUS.read_text()):
        # kubelet takes this code for "not while in use" and tries again when the volume is staged anew
        message = "ext4 grows here when its pod restarts: growing it mounted needs CAP_SYS_RESOURCE"
        raise Fault(StatusCode.FAILED_PRECONDITION, message)
    run("resize2fs", device)


FILE_SYSTEMS = {
    # -m 0: no reserve for root, as Redis is not root; nodiscard: the file is sparse already
    "ext4": FileSystem(
        1 << 20,
        ("mkfs.ext4", "-q", "-m", "0", "-E", "nodiscard,lazy_itable_init=1"),
        ("noatime",),
        _grow_unmounted_ext4,
        _grow_mounted_ext4,
    ),
    # nouuid: a volume restored from a copy has the UUID of the original
    "xfs": FileSystem(
        300 << 20,
        ("mkfs.xfs", "-q", "-K"),
        ("noatime", "nouuid"),
        lambda device: None,  # only grows mounted
        lambda device, point: run("xfs_growfs", point) and None,
    ),
}
