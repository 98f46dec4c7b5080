"""The WSGI application: health, a line of log per call, and moto for the rest."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from lab.aws import HEALTH
from lab.aws.calls import describe

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
RESET = "/moto-api/reset"


class Front:
    """seed: brings in what is there from the start; called now and after every reset of moto's state."""

    def __init__(self, log: Path, seed: Callable[[], None]) -> None:
        self._moto: Wsgi = DomainDispatcherApplication(create_backend_app)
        self._log = log
        self._seed = seed
        self._lock = threading.Lock()
        seed()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == HEALTH:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"ok\n"]
        if path.startswith("/moto-api/"):
            answer = self._moto(environ, start_response)
            if path == RESET:
                self._seed()
            return answer
        return self._logged(environ, start_response)

    def _logged(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        line = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **describe(environ)._asdict()}

        def noting(status: str, *rest: Any) -> Any:
            self._write({**line, "status": int(status.split()[0])})
            return start_response(status, *rest)

        return self._moto(environ, noting)

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock, self._log.open("a") as log:
            log.write(json.dumps(line) + "\n")
