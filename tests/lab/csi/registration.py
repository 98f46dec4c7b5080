"""kubelet's plugin registration: where the node service of this driver listens."""

from __future__ import annotations

import logging
from typing import Any

import pluginregistration_pb2 as registration
import pluginregistration_pb2_grpc as registration_grpc

from lab.csi.names import DRIVER

log = logging.getLogger(__name__)


class Registration(registration_grpc.RegistrationServicer):
    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint  # path of the node socket, without a scheme

    def GetInfo(self, request: Any, context: Any) -> Any:
        return registration.PluginInfo(
            type="CSIPlugin", name=DRIVER, endpoint=self._endpoint, supported_versions=["1.0.0"]
        )

    def NotifyRegistrationStatus(self, request: Any, context: Any) -> Any:
        if request.plugin_registered:
            log.info("registered with kubelet")
        else:
            log.error("kubelet refused the registration: %s", request.error)
        return registration.RegistrationStatusResponse()
