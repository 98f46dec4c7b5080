"""What the driver reads from the kernel: mounts, loop devices, superblocks, capabilities."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from grpc import StatusCode

from lab.csi import filesystems, host, loops, mounts, sweep
from lab.csi.faults import Fault

MOUNTINFO = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw,discard
96 22 7:3 / /lab/nodes/a/kubelet/plugins/globalmount rw,noatime shared:5 master:2 - ext4 /dev/loop3 rw
97 22 7:3 / /lab/nodes/a/kubelet/pods/1/mount rw,noatime - ext4 /dev/loop3 rw
98 22 7:4 / /srv/with\\040blank\\134and\\011tab rw - xfs /dev/loop4 rw,nouuid
99 22 0:40 / /srv/with\\040blank\\134and\\011tab rw - tmpfs none rw
"""


def test_mountinfo_is_read_with_any_number_of_optional_fields():
    found = mounts.parse(MOUNTINFO)
    assert [mount.device for mount in found] == ["/dev/root", "/dev/loop3", "/dev/loop3", "/dev/loop4", "none"]
    assert [mount.kind for mount in found] == ["ext4", "ext4", "ext4", "xfs", "tmpfs"]
    assert found[3].point == "/srv/with blank\\and\ttab"


def test_of_mounts_on_top_of_each_other_the_last_is_seen(monkeypatch):
    monkeypatch.setattr(mounts, "current", lambda: mounts.parse(MOUNTINFO))
    assert mounts.at("/srv/with blank\\and\ttab").kind == "tmpfs"
    assert mounts.at("/srv") is None


def test_the_mounts_of_this_machine_are_read():
    assert "/" in [mount.point for mount in mounts.current()]


@pytest.fixture
def sysfs(tmp_path):
    def loop(number: int, backing_file: str | None) -> None:
        device = tmp_path / f"loop{number}"
        device.mkdir()
        if backing_file:
            (device / "loop").mkdir()
            (device / "loop" / "backing_file").write_text(f"{backing_file}\n")

    loop(0, "/store/vol-1.img")
    loop(1, None)
    loop(2, "/store/vol-2.img (deleted)")
    loop(3, "/store/deeper/vol-3.img")
    loop(4, "/store-of-others/vol-4.img")
    return tmp_path


def test_loop_devices_are_found_with_their_files(sysfs):
    assert loops.attached(sysfs) == {
        "/dev/loop0": "/store/vol-1.img",
        "/dev/loop2": "/store/vol-2.img (deleted)",
        "/dev/loop3": "/store/deeper/vol-3.img",
        "/dev/loop4": "/store-of-others/vol-4.img",
    }


def test_only_devices_of_the_store_are_its_own(sysfs):
    devices = loops.attached(sysfs)
    assert sweep.of_store(devices, Path("/store")) == {"/dev/loop0": "vol-1", "/dev/loop2": "vol-2"}


@pytest.mark.parametrize("options", [["-O", "64bit"], ["-O", "^64bit"], ["-b", "1024"]])
def test_the_size_in_an_ext4_superblock(tmp_path, options):
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    make = ["mkfs.ext4", "-q", *options, str(image), "6M"]
    subprocess.run(make, check=True, env={"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"})
    assert filesystems.ext4_size(image.read_bytes()[1024:2048]) == 6 << 20


@pytest.mark.parametrize(
    ("effective", "expected"), [("000001ffffffffff", True), ("000001fffeffffff", False), ("0000000000000000", False)]
)
def test_mounted_ext4_grows_with_cap_sys_resource_only(effective, expected):
    status = f"Name:\tpython\nCapPrm:\t000001ffffffffff\nCapEff:\t{effective}\nCapBnd:\t000001ffffffffff\n"
    assert filesystems.may_grow_mounted_ext4(status) is expected


def test_a_tool_that_fails_is_quoted():
    with pytest.raises(Fault) as caught:
        host.run("sh", "-c", "echo first; echo second >&2; exit 3")
    assert caught.value.code is StatusCode.INTERNAL
    assert str(caught.value).endswith("failed (3): first | second")


def test_an_accepted_exit_code_is_no_failure():
    assert host.run("sh", "-c", "exit 2", accept=(0, 2)).returncode == 2
