"""CSI Controller service: volumes come, grow, go and are noted on nodes. Touches EC2 and files only."""

from __future__ import annotations

import dataclasses
from typing import Any

import csi_pb2 as csi
import csi_pb2_grpc as csi_grpc

from lab.csi import loops, requests
from lab.csi.ec2 import Ec2
from lab.csi.faults import Fault, StatusCode, invalid
from lab.csi.locks import Locks
from lab.csi.names import ZONE
from lab.csi.store import Store, Volume

Rpc = csi.ControllerServiceCapability.RPC
CAPABILITIES = (Rpc.CREATE_DELETE_VOLUME, Rpc.EXPAND_VOLUME, Rpc.PUBLISH_UNPUBLISH_VOLUME)


class Controller(csi_grpc.ControllerServicer):
    def __init__(self, store: Store, ec2: Ec2, cluster: str) -> None:
        self._store = store
        self._ec2 = ec2
        self._cluster = cluster
        self._locks = Locks()

    def ControllerGetCapabilities(self, request: Any, context: Any) -> Any:
        capabilities = [csi.ControllerServiceCapability(rpc=Rpc(type=rpc)) for rpc in CAPABILITIES]
        return csi.ControllerGetCapabilitiesResponse(capabilities=capabilities)

    def ValidateVolumeCapabilities(self, request: Any, context: Any) -> Any:
        self._store.require(request.volume_id)
        response = csi.ValidateVolumeCapabilitiesResponse
        try:
            for capability in request.volume_capabilities:
                requests.file_system(capability)
        except Fault as fault:
            return response(message=str(fault))
        return response(confirmed=response.Confirmed(volume_capabilities=request.volume_capabilities))

    def CreateVolume(self, request: Any, context: Any) -> Any:
        if not request.name or not request.volume_capabilities:
            raise invalid("a volume needs a name and capabilities")
        size = requests.size(request.capacity_range)
        for capability in request.volume_capabilities:
            requests.check_room(requests.file_system(capability), size)
        with self._locks.hold(request.name):
            volume = self._store.named(request.name) or self._create(request, size)
        limit = request.capacity_range.limit_bytes or volume.size
        fits = size <= volume.size <= limit and requests.allows(request.accessibility_requirements, volume.zone)
        if not fits:
            message = f"volume {request.name} exists with {volume.size} bytes in {volume.zone}"
            raise Fault(StatusCode.ALREADY_EXISTS, message)
        topology = csi.Topology(segments={ZONE: volume.zone})
        answer = csi.Volume(volume_id=volume.id, capacity_bytes=volume.size, accessible_topology=[topology])
        return csi.CreateVolumeResponse(volume=answer)

    def _create(self, request: Any, size: int) -> Volume:
        zone = requests.zone(request.accessibility_requirements)
        arguments = requests.ec2_arguments(request.parameters)
        tags = requests.tags(request.name, self._cluster, request.parameters)
        # found: an earlier call was cut off between EC2's answer and our record
        known = self._ec2.find(request.name) or self._ec2.create(zone, size, arguments, tags)
        volume = Volume(known["VolumeId"], request.name, size, known["AvailabilityZone"])
        self._store.save(volume)
        return volume

    def DeleteVolume(self, request: Any, context: Any) -> Any:
        with self._locks.hold(request.volume_id):
            volume = self._store.get(request.volume_id)
            if volume:
                self._refuse_if_used(volume)
                self._ec2.delete(volume.id)
                self._store.remove(volume)
        return csi.DeleteVolumeResponse()

    def _refuse_if_used(self, volume: Volume) -> None:
        holder = volume.node or loops.device_of(self._store.image(volume))
        if holder:
            raise _in_use(volume, holder)

    def ControllerExpandVolume(self, request: Any, context: Any) -> Any:
        size = requests.size(request.capacity_range)
        with self._locks.hold(request.volume_id):
            volume = self._store.require(request.volume_id)
            if size > volume.size:
                self._ec2.grow(volume.id, size)
                volume = dataclasses.replace(volume, size=size)
                self._store.save(volume)
        return csi.ControllerExpandVolumeResponse(capacity_bytes=volume.size, node_expansion_required=True)

    def ControllerPublishVolume(self, request: Any, context: Any) -> Any:
        with self._locks.hold(request.volume_id):
            volume = self._store.require(request.volume_id)
            if volume.node not in (None, request.node_id):
                raise _in_use(volume, volume.node)
            self._store.save(dataclasses.replace(volume, node=request.node_id))
        return csi.ControllerPublishVolumeResponse()

    def ControllerUnpublishVolume(self, request: Any, context: Any) -> Any:
        with self._locks.hold(request.volume_id):
            volume = self._store.get(request.volume_id)
            # an empty node_id means: from every node
            if volume and volume.node and request.node_id in ("", volume.node):
                self._store.save(dataclasses.replace(volume, node=None))
        return csi.ControllerUnpublishVolumeResponse()


def _in_use(volume: Volume, holder: str) -> Fault:
    return Fault(StatusCode.FAILED_PRECONDITION, f"VolumeInUse: {volume.id} is attached to {holder}")
