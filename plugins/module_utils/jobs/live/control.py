# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the job is asked from outside: JSON lines over a socket in its pod, and the program that passes them on.

``migrate-control`` is run in the pod with its standard input open: requests come in, events go out, each request ends
with ``done`` or ``failed``.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import UNANSWERED
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import DONE, FAILED, line

_NAME = "migrate.sock"
Say = Callable[..., None]  # an event, as events.tell
Request = Callable[[Mapping[str, Any], Say], dict[str, Any]]


class Control:
    """Listens until the process ends. requests: by their names; each is given what was asked, and a way to say more."""

    def __init__(self, requests: Mapping[str, Request]) -> None:
        self._requests = requests
        with suppress(FileNotFoundError):
            os.unlink(_path())
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(_path())
        self._socket.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _address = self._socket.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rw") as lines, suppress(OSError):

            def say(event: str, **fields: Any) -> None:
                lines.write(line(event, **fields))
                lines.flush()

            for text in lines:
                self._answer(text, say)

    def _answer(self, text: str, say: Say) -> None:
        try:
            request = json.loads(text)
            action = self._requests[request["do"]]
        except (ValueError, TypeError, KeyError):
            say(FAILED, reason=f"one of {', '.join(self._requests)} is needed; given: {text.strip()}")
            return
        try:
            say(DONE, **action(request, say))
        except JobError as error:
            say(FAILED, reason=str(error), **error.more)
        except OSError:
            raise  # nobody listens any more
        except Exception as error:
            say(FAILED, reason=f"a fault of the program: {type(error).__name__}: {error}")


def main(_given: object) -> dict[str, Any]:
    """The program ``migrate-control``."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(_path())
        except OSError as error:
            raise JobError(f"{UNANSWERED}: {error.strerror}") from None
        threading.Thread(target=_pass_on, args=(connection,), daemon=True).start()
        with connection.makefile("r") as lines:
            for text in lines:
                sys.stdout.write(text)
                sys.stdout.flush()
    return {}


def _path() -> str:
    """Where the job is asked: a pod has a folder for what is temporary of its own."""
    return os.path.join(tempfile.gettempdir(), _NAME)


def _pass_on(connection: socket.socket) -> None:
    """What is asked, until there is no more."""
    for text in sys.stdin:
        connection.sendall(text.encode())
    connection.shutdown(socket.SHUT_WR)
