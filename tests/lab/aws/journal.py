"""The log of calls: a JSON line each, of what was asked and by whom, never of what was in it."""

from __future__ import annotations

import itertools
import json
import threading
import time
from pathlib import Path
from typing import Any

from lab.aws.caller import Caller
from lab.aws.calls import mutates
from lab.aws.request import AwsRequest
from lab.aws.shapes import Answer


class Journal:
    """A line has the members of ``calls.Call`` and: time, account, role (ARN, empty for an administrator), mutates,
    status (of HTTP)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        path.touch()

    def write(self, request: AwsRequest, caller: Caller, answer: Answer) -> None:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            **request.call._asdict(),
            "account": request.account,
            "role": caller.role,
            "mutates": mutates(request.call.operation),
            "status": answer.status,
        }
        with self._lock, self._path.open("a") as log:
            log.write(json.dumps(line) + "\n")

    def read(self, since: int = 0) -> list[dict[str, Any]]:
        """The lines after the first ``since``."""
        with self._lock, self._path.open() as log:
            return [json.loads(line) for line in itertools.islice(log, since, None)]
