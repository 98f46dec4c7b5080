"""The ports of the host by which a laboratory is reached, and the process that serves them."""

from __future__ import annotations

import contextlib
import socket
import sys

from lab import forward, process
from lab.model import API_ADDRESS, API_PORT, AWS_PORT, CONTROL_PLANE, FULL, HOST, Lab, LabError, Process
from lab.steps import say

# the API server's port on the host may be any; the stand-in's is the one that pods use, so that one URL serves both
API_PREFERRED = 16443
# so many are tried where it is taken; one of the kernel's choice may be a connection's by the time it is bound
NEXT = 100


def choose(lab: Lab) -> dict[str, int]:
    """What leads where -> a free port of the host, the preferred one if nobody has it, or the next."""
    ports = {"api": _free(API_PREFERRED)}
    if lab.level == FULL:
        ports["aws"] = _free(AWS_PORT)
        if ports["aws"] != AWS_PORT:
            say(f"port {AWS_PORT} of 127.0.0.1 is taken: the host reaches the AWS stand-in by port {ports['aws']}")
    return ports


def forwarder(lab: Lab) -> Process:
    namespace = f"/proc/{process.pid(lab, process.holder_of(CONTROL_PLANE))}/ns/net"
    targets = {"api": API_PORT, "aws": AWS_PORT}
    routes = [f"{port}:{API_ADDRESS}:{targets[name]}" for name, port in lab.ports.items()]
    command = (sys.executable, "-m", "lab.forward", namespace, *routes)
    return Process("forward", command, place=HOST, ready=lambda: all(_open(port) for port in lab.ports.values()))


def _free(preferred: int) -> int:
    for port in range(preferred, preferred + NEXT):
        with contextlib.suppress(OSError), forward.listen(port):
            return port
    raise LabError(f"port {preferred} of 127.0.0.1 and the {NEXT - 1} above it are taken")


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
