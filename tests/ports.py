"""Ports that nobody but the process which asks takes, from the question until it listens.

Two things take a port between those two moments. Connections going out get theirs from the kernel, out of
net.ipv4.ip_local_port_range (32768 and above): ours, and those of a cluster's bus 10000 above, lie below it. Other
processes that look for a port find the same one free: each process has a block of its own, held by a socket in the
abstract namespace, which goes with the process.
"""

from __future__ import annotations

import functools
import itertools
import socket
from collections.abc import Iterator

LOCAL = "127.0.0.1"
BUS = 10000  # above the port; it must be free too
BLOCKS = range(11000, 16000, 100)


def free_port() -> int:
    """Each of the block in turn, so that the port of a server that was killed rests before it comes again."""
    _, ports = _block()
    return next(port for port in ports if _is_free(port) and _is_free(port + BUS))


@functools.cache
def _block() -> tuple[socket.socket, Iterator[int]]:
    """What holds it, and its ports for ever."""
    for first in BLOCKS:
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(f"\0eks-redis-tests-ports-{first}")
        except OSError:
            held.close()
            continue
        return held, itertools.cycle(range(first, first + BLOCKS.step))
    raise AssertionError(f"more than {len(BLOCKS)} processes ask for ports")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind((LOCAL, port))
        except OSError:
            return False
    return True
