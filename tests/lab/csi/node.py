"""CSI Node service: volumes become devices, file systems and mounts on one node. Needs root."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import csi_pb2 as csi
import csi_pb2_grpc as csi_grpc

from lab.csi import filesystems, loops, mounts, requests
from lab.csi.faults import Fault, StatusCode
from lab.csi.host import run
from lab.csi.locks import Locks
from lab.csi.names import MAX_VOLUMES_PER_NODE, ZONE
from lab.csi.store import Store

Rpc = csi.NodeServiceCapability.RPC
CAPABILITIES = (Rpc.STAGE_UNSTAGE_VOLUME, Rpc.EXPAND_VOLUME, Rpc.GET_VOLUME_STATS)


class Node(csi_grpc.NodeServicer):
    def __init__(self, store: Store, node_id: str, zone: str) -> None:
        self._store = store
        self._node_id = node_id
        self._zone = zone
        self._locks = Locks()

    def NodeGetCapabilities(self, request: Any, context: Any) -> Any:
        capabilities = [csi.NodeServiceCapability(rpc=Rpc(type=rpc)) for rpc in CAPABILITIES]
        return csi.NodeGetCapabilitiesResponse(capabilities=capabilities)

    def NodeGetInfo(self, request: Any, context: Any) -> Any:
        return csi.NodeGetInfoResponse(
            node_id=self._node_id,
            max_volumes_per_node=MAX_VOLUMES_PER_NODE,
            accessible_topology=csi.Topology(segments={ZONE: self._zone}),
        )

    def NodeStageVolume(self, request: Any, context: Any) -> Any:
        name = requests.file_system(request.volume_capability)
        point = request.staging_target_path
        with self._locks.hold(request.volume_id):
            volume = self._store.require(request.volume_id)
            if volume.zone != self._zone:
                message = f"volume {volume.id} is in {volume.zone}, this node in {self._zone}"
                raise Fault(StatusCode.FAILED_PRECONDITION, message)
            device = loops.attach(self._store.image(volume))
            if not mounts.at(point):
                loops.refresh(device)
                filesystems.prepare(name, device)
                os.makedirs(point, exist_ok=True)
                flags = [*filesystems.FILE_SYSTEMS[name].mount_options, *request.volume_capability.mount.mount_flags]
                run("mount", "--types", name, "--options", ",".join(flags), device, point)
        return csi.NodeStageVolumeResponse()

    def NodeUnstageVolume(self, request: Any, context: Any) -> Any:
        point = request.staging_target_path
        with self._locks.hold(request.volume_id):
            mount = mounts.at(point)
            mounts.unmount(point)
            volume = self._store.get(request.volume_id)
            device = mount.device if mount else volume and loops.device_of(self._store.image(volume))
            if device:
                loops.detach(device)
        return csi.NodeUnstageVolumeResponse()

    def NodePublishVolume(self, request: Any, context: Any) -> Any:
        requests.file_system(request.volume_capability)
        target = request.target_path
        with self._locks.hold(request.volume_id):
            if not mounts.at(request.staging_target_path):
                raise Fault(StatusCode.FAILED_PRECONDITION, f"volume {request.volume_id} is not staged")
            if not mounts.at(target):
                os.makedirs(target, mode=0o750, exist_ok=True)
                options = "bind,ro" if request.readonly else "bind"
                run("mount", "--options", options, request.staging_target_path, target)
        return csi.NodePublishVolumeResponse()

    def NodeUnpublishVolume(self, request: Any, context: Any) -> Any:
        with self._locks.hold(request.volume_id):
            mounts.unmount(request.target_path)
            target = Path(request.target_path)
            if target.exists():
                target.rmdir()
        return csi.NodeUnpublishVolumeResponse()

    def NodeExpandVolume(self, request: Any, context: Any) -> Any:
        with self._locks.hold(request.volume_id):
            volume = self._store.require(request.volume_id)
            mount = _mounted(request)
            loops.refresh(mount.device)
            filesystems.FILE_SYSTEMS[mount.kind].grow_mounted(mount.device, mount.point)
        return csi.NodeExpandVolumeResponse(capacity_bytes=volume.size)

    def NodeGetVolumeStats(self, request: Any, context: Any) -> Any:
        room = os.statvfs(_mounted(request).point)
        usage = csi.VolumeUsage
        return csi.NodeGetVolumeStatsResponse(
            usage=[
                usage(
                    unit=usage.BYTES,
                    total=room.f_blocks * room.f_frsize,
                    available=room.f_bavail * room.f_frsize,
                    used=(room.f_blocks - room.f_bfree) * room.f_frsize,
                ),
                usage(
                    unit=usage.INODES,
                    total=room.f_files,
                    available=room.f_favail,
                    used=room.f_files - room.f_ffree,
                ),
            ]
        )


def _mounted(request: Any) -> mounts.Mount:
    mount = mounts.at(request.volume_path)
    if mount is None:
        raise Fault(StatusCode.NOT_FOUND, f"volume {request.volume_id!r} is not mounted at {request.volume_path!r}")
    return mount
