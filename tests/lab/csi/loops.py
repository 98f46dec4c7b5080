"""Loop devices: a volume's file as a block device."""

from __future__ import annotations

from pathlib import Path

from lab.csi.host import run

SYSFS = Path("/sys/block")


def attached(sysfs: Path = SYSFS) -> dict[str, str]:
    """Device -> its file as the kernel writes it: a file that is gone ends in `` (deleted)``."""
    devices = {}
    for entry in sysfs.glob("loop*/loop/backing_file"):
        try:
            devices[f"/dev/{entry.parts[-3]}"] = entry.read_text().rstrip("\n")
        except OSError:  # detached while we looked
            continue
    return devices


def device_of(image: Path) -> str | None:
    return next((device for device, file in attached().items() if file == str(image)), None)


def attach(image: Path) -> str:
    """The device of ``image``, the same one if it has one."""
    return device_of(image) or run("losetup", "--find", "--show", "--nooverlap", str(image)).stdout.strip()


def refresh(device: str) -> None:
    """Makes the device as long as its file is now."""
    run("losetup", "--set-capacity", device)


def detach(device: str) -> None:
    run("losetup", "--detach", device)
