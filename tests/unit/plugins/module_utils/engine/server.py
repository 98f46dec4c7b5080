"""An HTTP and websocket server in this process, which answers from a script: the client's sockets are real."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """url: where it listens. answers: one for each request, the last one for all further ones."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)


def answer(status: int, body: Any = b"", **headers: str) -> Answer:
    """A plain answer; a body other than bytes as JSON."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return send


def cut(handler: BaseHTTPRequestHandler) -> None:
    """Closes the connection without an answer."""
    handler.close_connection = True


def chunks(*parts: bytes) -> Answer:
    """A chunked answer, as a watch is."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        for part in (*parts, b""):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            handler.wfile.flush()

    return send


def frames(*parts: bytes) -> Answer:
    """A websocket that sends these binary messages and closes, as ``exec`` does."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _upgrade(handler)
        for part in parts:
            _send(handler, 2, part)
        _send(handler, 8, b"")
        handler.close_connection = True

    return send


def talking(respond: Callable[[bytes], Iterator[bytes | None]], *, pongs: bool = True) -> Answer:
    """A websocket that answers each message with the binary messages of ``respond``, and each ping with those for an
    empty one; None closes it. pongs: whether pings are answered by what they ask for."""

    def talk(handler: BaseHTTPRequestHandler) -> None:
        _upgrade(handler)
        handler.close_connection = True
        while True:
            code, data = _receive(handler)
            if code == 8:
                return
            if code == 9 and pongs:
                _send(handler, 10, data)
            for part in respond(data) if code in (2, 9) else ():
                if part is None:
                    return
                _send(handler, 2, part)

    return talk


def _upgrade(handler: BaseHTTPRequestHandler) -> None:
    key = handler.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    handler.send_response(101)
    handler.send_header("upgrade", "websocket")
    handler.send_header("connection", "Upgrade")
    handler.send_header("sec-websocket-accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
    handler.send_header("sec-websocket-protocol", handler.headers["sec-websocket-protocol"])
    handler.end_headers()


def _send(handler: BaseHTTPRequestHandler, code: int, data: bytes) -> None:
    size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
    handler.wfile.write(bytes([0x80 | code]) + size + data)
    handler.wfile.flush()


def _receive(handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
    """Code and data of a client's message, which is one masked frame; as if it were closed where there is no more."""
    head = handler.rfile.read(2)
    if len(head) < 2:
        return 8, b""
    size = head[1] & 0x7F
    if size == 126:
        (size,) = struct.unpack(">H", handler.rfile.read(2))
    mask, data = handler.rfile.read(4), handler.rfile.read(size)
    return head[0] & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.seen.append((self.command, self.path, headers, body))
            found.answers[min(len(found.seen), len(found.answers)) - 1](self)

        do_GET = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Server(f"http://127.0.0.1:{listening.server_port}", list(answers))
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
