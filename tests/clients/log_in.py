"""Logs in from inside of a pod, as each user: may it write its own key, a foreign one, read the configuration?

The argument: a JSON object with ``host`` and ``ca`` (PEM). Prints by user the first word of each answer, as
JSON. Nothing but the standard library. Passwords are in REDIS_PASSWORD and USER_PASSWORD.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
from typing import BinaryIO

USERS = {
    "application": ("application", os.environ["USER_PASSWORD"]),
    "default": ("default", os.environ["REDIS_PASSWORD"]),
    "nobody": None,
    "wrong": ("application", "wrong"),
}
QUESTIONS = (("SET", "app:{key}", "1"), ("SET", "foreign", "1"), ("CONFIG", "GET", "maxmemory"))


def answers(host: str, trusted: ssl.SSLContext, login: tuple[str, str] | None) -> list[str]:
    return [answer(host, trusted, login, words) for words in QUESTIONS]


def answer(host: str, trusted: ssl.SSLContext, login: tuple[str, str] | None, words: tuple[str, ...]) -> str:
    """The first word of it; OK for every answer that is no error. A node may send to another one."""
    line = asked(host, trusted, login, words)
    if line.startswith("-MOVED"):
        line = asked(line.rpartition(" ")[2].rpartition(":")[0], trusted, login, words)
    return line[1:].partition(" ")[0] if line.startswith("-") else "OK"


def asked(host: str, trusted: ssl.SSLContext, login: tuple[str, str] | None, words: tuple[str, ...]) -> str:
    """The first line of the answer, on a connection of its own; that of the log-in where it fails."""
    with (
        socket.create_connection((host, 6379), 10) as bare,
        trusted.wrap_socket(bare, server_hostname=host) as connection,
    ):
        stream = connection.makefile("rwb")
        said = say(stream, "AUTH", *login) if login else "+OK"
        return say(stream, *words) if said == "+OK" else said


def say(stream: BinaryIO, *words: str) -> str:
    parts = [f"*{len(words)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in words)]
    stream.write("".join(parts).encode())
    stream.flush()
    return stream.readline().decode().strip()


def main() -> None:
    told = json.loads(sys.argv[1])
    trusted = ssl.create_default_context(cadata=told["ca"])
    print(json.dumps({name: answers(told["host"], trusted, login) for name, login in USERS.items()}))


main()
