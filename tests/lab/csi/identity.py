"""CSI Identity service: who the driver is and what it offers."""

from __future__ import annotations

from typing import Any

import csi_pb2 as csi
import csi_pb2_grpc as csi_grpc
from google.protobuf.wrappers_pb2 import BoolValue

from lab.csi.names import DRIVER

Service = csi.PluginCapability.Service
Expansion = csi.PluginCapability.VolumeExpansion


class Identity(csi_grpc.IdentityServicer):
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return csi.GetPluginInfoResponse(name=DRIVER, vendor_version="laboratory")

    def GetPluginCapabilities(self, request: Any, context: Any) -> Any:
        capabilities = [
            csi.PluginCapability(service=Service(type=Service.CONTROLLER_SERVICE)),
            csi.PluginCapability(service=Service(type=Service.VOLUME_ACCESSIBILITY_CONSTRAINTS)),
            csi.PluginCapability(volume_expansion=Expansion(type=Expansion.ONLINE)),
        ]
        return csi.GetPluginCapabilitiesResponse(capabilities=capabilities)

    def Probe(self, request: Any, context: Any) -> Any:
        return csi.ProbeResponse(ready=BoolValue(value=True))
