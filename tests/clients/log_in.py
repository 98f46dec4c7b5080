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
    with (
        socket.create_connection((host, 6379), 10) as bare,
        trusted.wrap_socket(bare, server_hostname=host) as connection,
    ):
        stream = connection.makefile("rwb")
        said = say(stream, "AUTH", *login) if login else "OK"
        if said != "OK":
            return [said] * len(QUESTIONS)
        return [say(stream, *words) for words in QUESTIONS]


def say(stream: BinaryIO, *words: str) -> str:
    """The first word of the answer; OK for every answer that is no error, and for being sent to another node."""
    parts = [f"*{len(words)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in words)]
    stream.write("".join(parts).encode())
    stream.flush()
    line = stream.readline().decode().strip()
    if line.startswith("*"):
        for _each in range(2 * int(line[1:])):
            stream.readline()
    first = line[1:].partition(" ")[0]
    return first if line.startswith("-") and first != "MOVED" else "OK"


def main() -> None:
    told = json.loads(sys.argv[1])
    trusted = ssl.create_default_context(cadata=told["ca"])
    print(json.dumps({name: answers(told["host"], trusted, login) for name, login in USERS.items()}))


main()
