"""A small HTTP server for both of ours."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

HEALTH = "/healthz"
TEXT = "text/plain; charset=utf-8"


class Server(ThreadingTCPServer):
    """Not http.server's own: that one asks for the name of its address, and no resolver answers on a node."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept

    def do_GET(self) -> None:
        if self.path == HEALTH:
            self.answer(200, TEXT, b"ok\n")
        else:
            self.answer(404, TEXT, b"404 page not found\n")

    def answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Health is asked for all the time; what else there is to say the handlers say."""


def encrypted(server: Server, certificate: str, key: str) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # in the thread of the connection, at its first read
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server
