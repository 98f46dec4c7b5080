"""The node service with real file systems in files; only loop devices and mounts, which need root, are played."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import csi_pb2 as csi
import pytest
from grpc import StatusCode

from lab.csi import filesystems, host, loops, mounts, node
from lab.csi.faults import Fault
from lab.csi.store import Store, Volume

MiB = 1 << 20
VOLUME = Volume("vol-0a", "pvc-a", 16 * MiB, "us-east-1a")
TOOLS = {"blkid", "mkfs.ext4", "mkfs.xfs", "e2fsck", "resize2fs"}


class Machine:
    """A kernel's loop devices (links to their files) and mounts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.devices: dict[str, str] = {}
        self.mounts: list[mounts.Mount] = []
        self.log: list[str] = []

    def run(self, *command: str, accept=(0,)):
        self.log.append(command[0])
        if command[0] in TOOLS:
            return self.real(*command, accept=accept)
        answer = getattr(self, command[0])(*command[1:])
        return self.real("echo", answer or "")

    real = staticmethod(host.run)

    def losetup(self, action: str, *arguments: str) -> str | None:
        if action == "--find":
            device = self.folder / f"loop{len(self.devices)}"
            device.symlink_to(arguments[-1])
            self.devices[str(device)] = arguments[-1]
            return str(device)
        [device] = arguments
        if action == "--detach":
            assert device not in [mount.device for mount in self.mounts]
            Path(device).unlink()
            del self.devices[device]
        return None

    def mount(self, *arguments: str) -> None:
        options, (source, point) = arguments[:-2], arguments[-2:]
        bound = next((mount for mount in self.mounts if mount.point == source), None)
        kind, device = (bound.kind, bound.device) if bound else (options[options.index("--types") + 1], source)
        self.mounts.append(mounts.Mount(point, kind, device))

    def umount(self, point: str) -> None:
        self.mounts.remove(mounts.at(point))


@pytest.fixture
def machine(tmp_path, monkeypatch):
    machine = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
    for module in (node, loops, mounts, filesystems):
        monkeypatch.setattr(module, "run", machine.run)
    monkeypatch.setattr(loops, "attached", lambda: dict(machine.devices))
    monkeypatch.setattr(mounts, "current", lambda: list(machine.mounts))
    return machine


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "store")
    store.save(VOLUME)
    return store


@pytest.fixture
def service(machine, store):
    return node.Node(store, "i-a", "us-east-1a")


@pytest.fixture
def paths(tmp_path):
    return str(tmp_path / "staging"), str(tmp_path / "pods" / "target")


def capability(fs_type=""):
    mode = csi.VolumeCapability.AccessMode(mode=csi.VolumeCapability.AccessMode.SINGLE_NODE_WRITER)
    return csi.VolumeCapability(access_mode=mode, mount=csi.VolumeCapability.MountVolume(fs_type=fs_type))


def stage(service, point, fs_type=""):
    request = csi.NodeStageVolumeRequest(
        volume_id=VOLUME.id, staging_target_path=point, volume_capability=capability(fs_type)
    )
    service.NodeStageVolume(request, None)


def unstage(service, point):
    request = csi.NodeUnstageVolumeRequest(volume_id=VOLUME.id, staging_target_path=point)
    service.NodeUnstageVolume(request, None)


def publish(service, point, target):
    request = csi.NodePublishVolumeRequest(
        volume_id=VOLUME.id, staging_target_path=point, target_path=target, volume_capability=capability()
    )
    service.NodePublishVolume(request, None)


def unpublish(service, target):
    service.NodeUnpublishVolume(csi.NodeUnpublishVolumeRequest(volume_id=VOLUME.id, target_path=target), None)


def expand(service, path):
    return service.NodeExpandVolume(csi.NodeExpandVolumeRequest(volume_id=VOLUME.id, volume_path=path), None)


def ext4_size(store):
    return filesystems.ext4_size(store.image(VOLUME).read_bytes()[1024:2048])


def test_a_volume_comes_and_goes_and_every_step_can_be_repeated(service, machine, store, paths):
    staging, target = paths
    for _turn in range(2):
        stage(service, staging)
    for _turn in range(2):
        publish(service, staging, target)
    assert [mount.point for mount in machine.mounts] == [staging, target]
    assert list(machine.devices.values()) == [str(store.image(VOLUME))]
    assert machine.log.count("mkfs.ext4") == 1

    for _turn in range(2):
        unpublish(service, target)
    for _turn in range(2):
        unstage(service, staging)
    assert (machine.mounts, machine.devices) == ([], {})
    assert not Path(target).exists()


def test_a_volume_is_formatted_once_in_its_life(service, machine, paths):
    staging, _target = paths
    for _turn in range(3):
        stage(service, staging)
        unstage(service, staging)
    assert machine.log.count("mkfs.ext4") == 1


def test_a_volume_with_another_file_system_is_left_alone(service, machine, store, paths):
    machine.real("mkfs.ext4", "-q", str(store.image(VOLUME)))
    before = store.image(VOLUME).read_bytes()
    with pytest.raises(Fault, match="holds ext4, asked: xfs") as caught:
        stage(service, paths[0], "xfs")
    assert caught.value.code is StatusCode.FAILED_PRECONDITION
    assert store.image(VOLUME).read_bytes() == before
    assert machine.mounts == []


def test_ext4_grows_when_it_is_staged_anew(service, store, paths):
    staging, _target = paths
    stage(service, staging)
    unstage(service, staging)
    assert ext4_size(store) == 16 * MiB
    store.save(dataclasses.replace(VOLUME, size=64 * MiB))
    stage(service, staging)
    assert ext4_size(store) == 64 * MiB
    assert expand(service, staging).capacity_bytes == 64 * MiB


@pytest.mark.parametrize(("effective", "grows"), [("0000000001000000", True), ("0000000000000000", False)])
def test_mounted_ext4_grows_where_the_kernel_lets_it(service, store, paths, tmp_path, monkeypatch, effective, grows):
    staging, _target = paths
    stage(service, staging)
    store.save(dataclasses.replace(VOLUME, size=64 * MiB))
    status = tmp_path / "status"
    status.write_text(f"CapEff:\t{effective}\n")
    monkeypatch.setattr(filesystems, "STATUS", status)
    if grows:
        expand(service, staging)
        assert ext4_size(store) == 64 * MiB
        return
    with pytest.raises(Fault, match="ext4 grows here when its pod restarts") as caught:
        expand(service, staging)
    assert caught.value.code is StatusCode.FAILED_PRECONDITION
    assert ext4_size(store) == 16 * MiB


def test_what_is_not_staged_is_not_published(service, machine, paths):
    with pytest.raises(Fault, match="volume vol-0a is not staged") as caught:
        publish(service, *paths)
    assert caught.value.code is StatusCode.FAILED_PRECONDITION
    assert machine.mounts == []


def test_numbers_come_from_the_mounted_file_system(service, machine, tmp_path):
    machine.mounts.append(mounts.Mount(str(tmp_path), "ext4", "/dev/loop7"))
    request = csi.NodeGetVolumeStatsRequest(volume_id=VOLUME.id, volume_path=str(tmp_path))
    usage = {each.unit: each for each in service.NodeGetVolumeStats(request, None).usage}
    room = os.statvfs(tmp_path)
    assert usage[csi.VolumeUsage.BYTES].total == room.f_blocks * room.f_frsize
    assert usage[csi.VolumeUsage.INODES].total == room.f_files


def test_numbers_of_what_is_not_mounted(service):
    with pytest.raises(Fault, match="volume 'vol-0a' is not mounted at '/nowhere'") as caught:
        service.NodeGetVolumeStats(csi.NodeGetVolumeStatsRequest(volume_id=VOLUME.id, volume_path="/nowhere"), None)
    assert caught.value.code is StatusCode.NOT_FOUND


def test_a_start_frees_devices_that_nobody_uses(machine, store, paths, tmp_path):
    from lab.csi.sweep import detach_unmounted

    other = Volume("vol-0b", "pvc-b", MiB, "us-east-1b")
    gone = Volume("vol-0c", "pvc-c", MiB, "us-east-1a")
    for volume in (other, gone):
        store.save(volume)
    mounted, left, deleted = (loops.attach(store.image(each)) for each in (VOLUME, other, gone))
    machine.mount("--types", "ext4", mounted, paths[0])
    foreign = loops.attach(tmp_path / "store-of-others" / "vol-0d.img")
    store.remove(gone)
    machine.devices[deleted] += " (deleted)"

    detach_unmounted(store, mine=lambda volume: volume is None or volume.zone == "us-east-1a")
    assert set(machine.devices) == {mounted, left, foreign}
    detach_unmounted(store, mine=lambda volume: True)
    assert set(machine.devices) == {mounted, foreign}
