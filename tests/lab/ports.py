"""Ports and addresses that nobody but the process which asks takes, from the question until it listens.

Two things take a port between those two moments. Connections going out get theirs from the kernel, out of
net.ipv4.ip_local_port_range (32768 and above): ours, and those of a cluster's bus 10000 above, lie below it. Other
processes that look for a port find the same one free: each process has a block of its own, held by a socket in the
abstract namespace, which goes with the process. So it is with addresses, for servers whose port is given.
"""

from __future__ import annotations

import functools
import itertools
import socket
from collections.abc import Iterator

LOCAL = "127.0.0.1"
BUS = 10000  # above the port; it must be free too
BLOCKS = range(11000, 16000, 100)
NETWORKS = range(1, 255)  # 127.1 to 127.254: of 127.0 everybody makes use
REDIS, SENTINEL = 6379, 26379


def free_port() -> int:
    """Each of the block in turn, so that the port of a server that was killed rests before it comes again."""
    _, ports = _block()
    return next(port for port in ports if _is_free(port) and _is_free(port + BUS))


def addresses(count: int) -> list[str]:
    """Of this machine alone, and of one test alone: pods are known by them. No Redis listens there."""
    _, networks = _network()
    for network in itertools.islice(networks, 256):
        found = [f"{network}.{number + 1}" for number in range(count)]
        if all(_is_free(port, host) for host in found for port in (REDIS, REDIS + BUS, SENTINEL)):
            return found
    raise AssertionError("somebody listens at the ports of Redis, at all addresses")


@functools.cache
def _block() -> tuple[socket.socket, Iterator[int]]:
    """What holds it, and its ports for ever."""
    held, first = _held("ports", BLOCKS)
    return held, itertools.cycle(range(first, first + BLOCKS.step))


@functools.cache
def _network() -> tuple[socket.socket, Iterator[str]]:
    """What holds it, and the networks in it for ever."""
    held, first = _held("addresses", NETWORKS)
    return held, itertools.cycle(f"127.{first}.{second}" for second in range(256))


def _held(what: str, numbers: range) -> tuple[socket.socket, int]:
    """The first number that no other process holds."""
    for number in numbers:
        held = socket.socket(socket.AF_UNIX)
        try:
            held.bind(f"\0eks-redis-tests-{what}-{number}")
        except OSError:
            held.close()
            continue
        return held, number
    raise AssertionError(f"more than {len(numbers)} processes ask for {what}")


def _is_free(port: int, host: str = LOCAL) -> bool:
    with socket.socket() as one:
        try:
            one.bind((host, port))
        except OSError:
            return False
    return True
