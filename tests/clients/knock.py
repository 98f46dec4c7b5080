"""Knocks at doors from inside of a pod: what answers there, by kind of door, as JSON. Nothing but the standard library.

The argument: a JSON object with ``roots`` (certificates of CAs, PEM) and lists of ``host:port`` by kind.
A door is ``closed``; or ``open``, something accepts that is no Redis; or ``plain``, a Redis that talks without TLS; or
``tls only``, one that shows a certificate of these CAs and says nothing without TLS; or ``foreign``: it shows another.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 4.0


def knock(door: str, trusted: ssl.SSLContext) -> str:
    """What is behind it; every address that its name has counts, the worst answer wins."""
    host, _colon, port = door.partition(":")
    try:
        found = socket.getaddrinfo(host, int(port), socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return f"no name {host}"
    answers = {behind(host, str(address[0]), int(port), trusted) for *_kind, address in found}
    return " and ".join(sorted(answers))


def behind(host: str, address: str, port: int, trusted: ssl.SSLContext) -> str:
    try:
        said = plainly(address, port)
    except OSError:
        return "closed"
    if said.startswith((b"+PONG", b"-NOAUTH")):
        return "plain"
    try:
        with (
            socket.create_connection((address, port), PATIENCE) as bare,
            trusted.wrap_socket(bare, server_hostname=host),
        ):
            return "tls only"
    except ssl.SSLCertVerificationError:
        return "foreign"
    except OSError:
        return "open"


def plainly(address: str, port: int) -> bytes:
    """What a PING without TLS brings; nothing when the other side says nothing, or hangs up."""
    with socket.create_connection((address, port), PATIENCE) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.sendall(b"PING\r\n")
            return connection.recv(64)
        except OSError:
            return b""


def main() -> None:
    doors = json.loads(sys.argv[1])
    trusted = ssl.create_default_context(cadata=doors.pop("roots"))
    with ThreadPoolExecutor(16) as pool:
        for kind, places in doors.items():
            doors[kind] = sorted(set(pool.map(lambda door: knock(door, trusted), places)))
    print(json.dumps(doors))


main()
