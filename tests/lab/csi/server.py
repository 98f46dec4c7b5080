"""A gRPC server on a unix socket: one log line per call, Faults as status codes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc

from lab.csi.faults import Fault

log = logging.getLogger(__name__)

LONGEST_PATH = 107  # bytes of a unix socket's path


def serve(socket: Path, *register: Callable[[grpc.Server], None]) -> grpc.Server:
    """Starts a server on ``socket``; a socket left there by a killed driver is replaced."""
    if len(bytes(socket)) > LONGEST_PATH:
        raise SystemExit(f"{socket}: a socket's path has at most {LONGEST_PATH} bytes: use a shorter state folder")
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    server = grpc.server(futures.ThreadPoolExecutor(16), interceptors=[_Calls()])
    for add in register:
        add(server)
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    return server


class _Calls(grpc.ServerInterceptor):
    def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = continuation(details)
        if handler is None:  # unknown method
            return None
        method = details.method.rpartition("/")[2]

        def call(request: Any, context: grpc.ServicerContext) -> Any:
            start = time.monotonic()
            code, message = grpc.StatusCode.OK, ""
            try:
                return handler.unary_unary(request, context)
            except Fault as fault:
                code, message = fault.code, str(fault)
            except Exception as error:
                log.exception(method)
                code, message = grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}"
            finally:
                # requests may carry secrets: of them only the volume's id is logged
                level = logging.DEBUG if code is grpc.StatusCode.OK and _is_probe(method) else logging.INFO
                subject = getattr(request, "volume_id", "") or getattr(request, "name", "")
                log.log(level, "%s %s %.3fs %s %s", method, subject, time.monotonic() - start, code.name, message)
            return context.abort(code, message)

        return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)


def _is_probe(method: str) -> bool:
    return method == "Probe" or method.startswith("GetPlugin") or method.endswith("Capabilities")
