# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A conversation with a program in a container: requests in, a JSON object a line, events out, until one ends it.

What is between us and the program forgets connections in which nothing is said, so pings go while it works: they are
answered where the command runs, and a node that is gone answers none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import execute
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unanswered
from ansible_collections.eks.redis.plugins.module_utils.engine.job_run import DONE, FAILED, Event, event_of
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline

_CONNECT = 30.0  # seconds
_TICK = 10.0  # seconds between pings
_SILENCE = 60.0  # seconds without even an answer to those


class Cut(Unanswered):
    """The connection, or the program at its other end, is gone; the request may have been done or not."""


class TimeUp(EngineError):
    """There is no answer yet; the program goes on with it."""


class Conversation:
    """argv: the program. Raises EngineError where it cannot be begun."""

    def __init__(self, api: Api, namespace: str, pod: str, container: str, argv: Sequence[str]) -> None:
        self._what = f"Pod {namespace}/{pod}"
        self._command = argv[0]
        self._connection = execute.connect(api, namespace, pod, container, argv, timeout=_CONNECT, stdin=True)
        self._connection.settimeout(_TICK)
        self._out = self._status = b""
        self._errors = b""

    def ask(self, request: Mapping[str, Any], deadline: Deadline, hear: Callable[[Event], None]) -> Event:
        """The last event of a request, DONE or FAILED. hear: is called with those before.

        Raises Cut, or TimeUp when the deadline has passed.
        """
        import websocket

        line = json.dumps(request).encode() + b"\n"
        try:
            self._connection.send(bytes([execute.STDIN]) + line, websocket.ABNF.OPCODE_BINARY)
        except (websocket.WebSocketException, OSError) as error:
            raise self._cut(str(error)) from None
        while True:
            line = self._line(deadline)
            event = event_of(line.decode(errors="replace"))
            if event and event["event"] in (DONE, FAILED):
                return event
            if event:
                hear(event)

    def close(self) -> None:
        """The program ends by it, too: nobody asks any more."""
        self._connection.close()

    def _line(self, deadline: Deadline) -> bytes:
        while b"\n" not in self._out:
            self._read(deadline)
        line, _newline, self._out = self._out.partition(b"\n")
        return line

    def _read(self, deadline: Deadline) -> None:
        """The next frame."""
        import websocket

        heard = monotonic()
        while True:
            if not deadline.left:
                raise TimeUp(f"{self._what} has not answered after {deadline.seconds:.0f} s")
            try:
                code, frame = self._connection.recv_data(control_frame=True)
            except websocket.WebSocketTimeoutException:
                if monotonic() - heard > _SILENCE:
                    raise self._cut(f"it has given no sign for {_SILENCE:.0f} s") from None
                self._ping()
                continue
            except (websocket.WebSocketException, OSError) as error:
                raise self._cut(str(error)) from None
            heard = monotonic()
            if code == websocket.ABNF.OPCODE_CLOSE:
                raise self._cut("the connection was closed")
            if code in (websocket.ABNF.OPCODE_BINARY, websocket.ABNF.OPCODE_TEXT) and frame:
                self._sort(frame[0], frame[1:])
                return

    def _ping(self) -> None:
        import websocket

        try:
            self._connection.ping()
        except (websocket.WebSocketException, OSError) as error:
            raise self._cut(str(error)) from None

    def _sort(self, channel: int, data: bytes) -> None:
        if channel == execute.STDOUT:
            self._out += data
        elif channel == execute.STDERR:
            self._errors += data
        elif channel == execute.STATUS:
            code = execute.exit_code(data, self._what, self._command)
            raise self._cut(f"{self._command} has ended with exit code {code}")

    def _cut(self, reason: str) -> Cut:
        words = self._errors.decode(errors="replace").strip().splitlines()
        return Cut(f"{self._what} gives no answer: {reason}{f': {words[-1]}' if words else ''}")
