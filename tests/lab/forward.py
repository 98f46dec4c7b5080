"""Loopback ports of the host that lead into a laboratory: python -m lab.forward NAMESPACE PORT:ADDRESS:PORT ...

The listening sockets are opened in the host's network; then the process moves into the laboratory's, where every
outgoing socket is opened. Nothing else connects the two.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import socket
import sys

CHUNK = 1 << 16
CLONE_NEWNET = 0x40000000


def listen(port: int) -> socket.socket:
    """A socket on the host's loopback; port 0 asks for a free one."""
    return socket.create_server(("127.0.0.1", port), backlog=128)


def enter(namespace: str) -> None:
    """Moves this process into a network namespace (os.setns exists from Python 3.12 on only)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(namespace) as file:
        if libc.setns(file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {namespace}: {os.strerror(ctypes.get_errno())}")


async def serve(listener: socket.socket, address: str, port: int) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(address, port)
        except OSError as error:
            print(f"{address}:{port}: {error}", flush=True)
            writer.close()
            return
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        for side in (writer, inner_writer):
            side.close()

    server = await asyncio.start_server(connected, sock=listener)
    await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # a side that is gone ends the other by the end of file it is sent
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def main(namespace: str, *routes: str) -> None:
    split = [route.split(":") for route in routes]
    listeners = [listen(int(port)) for port, _address, _target in split]
    enter(namespace)
    targets = [(address, int(port)) for _listen, address, port in split]
    await asyncio.gather(*(serve(listener, *target) for listener, target in zip(listeners, targets, strict=True)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
