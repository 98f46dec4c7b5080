# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a command in a container through the API server: bytes in and out, exit code, no shell of our own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ansible_collections.eks.redis.plugins.module_utils.engine import errors, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api

_PROTOCOL = "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, STATUS = range(4)  # the first byte of a frame names its channel


@dataclass(frozen=True)
class Output:
    code: int
    stdout: str
    stderr: str


def execute(
    api: Api,
    namespace: str,
    pod: str,
    container: str,
    argv: Sequence[str],
    *,
    timeout: float = 30,
    stdin: bytes = b"",
) -> Output:
    """Runs ``argv``, at most ``timeout`` seconds without output. ``argv`` lands in audit logs: never a secret in it.

    stdin: what it can read; it never comes to an end, so that the command must know how much there is.
    Raises EngineError when the command could not be run at all.
    """
    import websocket

    what = f"Pod {namespace}/{pod}"
    connection = connect(api, namespace, pod, container, argv, timeout=timeout, stdin=bool(stdin))
    channels = {STDOUT: b"", STDERR: b"", STATUS: b""}
    try:
        if stdin:
            connection.send(bytes([STDIN]) + stdin, websocket.ABNF.OPCODE_BINARY)
        # the status comes last; a kubelet that dies in between just closes
        while not channels[STATUS] and (frame := connection.recv()):
            data = frame if isinstance(frame, bytes) else frame.encode()
            if data[0] in channels:
                channels[data[0]] += data[1:]
    except websocket.WebSocketConnectionClosedException:
        pass
    except (websocket.WebSocketException, OSError) as error:
        raise errors.EngineError(f"{what}: {argv[0]} gave no answer: {error}") from None
    finally:
        connection.close()
    stdout, stderr = (channels[channel].decode(errors="replace") for channel in (STDOUT, STDERR))
    return Output(exit_code(channels[STATUS], what, argv[0]), stdout, stderr)


def connect(
    api: Api, namespace: str, pod: str, container: str, argv: Sequence[str], *, timeout: float, stdin: bool = False
) -> Any:
    """An open connection of websocket-client to ``argv``, which runs. timeout: seconds that the library waits for
    anything. stdin: whether frames of that channel are taken.

    Raises EngineError when the server could not be reached, or did not let it run.
    """
    import websocket

    query = [("container", container), ("stdout", "true"), ("stderr", "true"), *(("command", word) for word in argv)]
    if stdin:
        query.append(("stdin", "true"))
    path = f"{kinds.path('Pod', namespace, pod)}/exec?{urlencode(query)}"
    session = api.session
    try:
        return session.websocket(path, _PROTOCOL, timeout)
    except websocket.WebSocketBadStatusException as error:
        body = (error.resp_body or b"").decode(errors="replace")
        raise errors.refused(
            "run a command in", f"Pod {namespace}/{pod}", error.status_code, body, session.server, session.source
        ) from None
    except (websocket.WebSocketException, OSError) as error:
        raise errors.unreachable(session.server, session.source, str(error)) from None


def exit_code(status: bytes, what: str, command: str) -> int:
    """From the Status object on the status channel; a failure without an exit code means the command never ran."""
    state: dict[str, Any] = json.loads(status) if status else {"message": "the connection was cut"}
    if state.get("status") == "Success":
        return 0
    for cause in (state.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    raise errors.EngineError(f"{what}: cannot run {command}: {state.get('message', 'no reason given')}")
