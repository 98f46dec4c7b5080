"""An error as a CSI caller sees it: a gRPC status code and one line."""

from __future__ import annotations

from grpc import StatusCode


class Fault(Exception):
    """Raised anywhere below a gRPC call; the server answers with ``code`` and the message."""

    def __init__(self, code: StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> Fault:
    return Fault(StatusCode.INVALID_ARGUMENT, message)
