from __future__ import annotations

import asyncio
import contextlib

from lab import forward


async def through(client, server):
    """Runs a client's conversation with a server through a forwarded port."""
    inner = await asyncio.start_server(server, "127.0.0.1", 0)
    listener = forward.listen(0)
    task = asyncio.create_task(forward.serve(listener, "127.0.0.1", inner.sockets[0].getsockname()[1]))
    try:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        return await client(reader, writer)
    finally:
        task.cancel()
        inner.close()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_end_of_input_reaches_the_server_and_its_answer_the_client():
    async def server(reader, writer):
        received = await reader.read()
        writer.write(b"got %d" % len(received))
        writer.close()

    async def client(reader, writer):
        writer.write(b"x" * 1_000_000)
        writer.write_eof()
        return await reader.read()

    assert asyncio.run(through(client, server)) == b"got 1000000"


def test_server_may_speak_first_and_end_first():
    async def server(reader, writer):
        writer.write(b"hello")
        writer.close()

    async def client(reader, writer):
        return await reader.read()

    assert asyncio.run(through(client, server)) == b"hello"


def test_nobody_behind_the_port_closes_the_connection(capsys):
    async def conversation():
        closed = forward.listen(0)
        target = closed.getsockname()[1]
        closed.close()
        listener = forward.listen(0)
        task = asyncio.create_task(forward.serve(listener, "127.0.0.1", target))
        reader, _writer = await asyncio.open_connection(*listener.getsockname())
        answer = await reader.read()
        task.cancel()
        return target, answer

    target, answer = asyncio.run(conversation())
    assert answer == b""
    assert f"127.0.0.1:{target}" in capsys.readouterr().out
