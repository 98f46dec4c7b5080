"""A module of the collection at work, as who runs a playbook has it, while a drill does something to it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from typing import Any

from places import eventually

_TOLD = re.compile(r" *\d+ s  (.*)")


def _family(pid: int) -> list[int]:
    """A process and all that it has started, it first."""
    found = subprocess.run(["pgrep", "--parent", str(pid)], capture_output=True, text=True, check=False).stdout
    return [pid, *(one for child in found.split() for one in _family(int(child)))]


class Module:
    """module: such as `restore`; options: as the module takes them. Begins at once."""

    def __init__(self, module: str, **options: object) -> None:
        command = ["ansible", "localhost", "--module-name", f"eks.redis.{module}", "--args", json.dumps(options)]
        self._lines: list[str] = []
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All that it has said so far, as one line."""
        return " ".join(" ".join(self._lines).split())

    @property
    def told(self) -> list[str]:
        """What it has told on its way, without the time before each."""
        return [found[1] for line in self._lines if (found := _TOLD.fullmatch(line.rstrip()))]

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def says(self, pattern: str) -> None:
        """Waits until it has said that."""
        eventually(lambda: bool(re.search(pattern, self.text)) or self.ended)
        assert re.search(pattern, self.text), f"{pattern} was never said: {self.text}"

    def kill(self) -> None:
        """Ends it and all that it has started, as a machine that fails does."""
        for pid in _family(self._process.pid):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def result(self) -> dict[str, Any]:
        """What it returns in the end; `failed` tells how it has ended."""
        self._process.wait()
        self._reader.join()
        start = next(number for number, line in enumerate(self._lines) if line.startswith("localhost | "))
        first = self._lines[start]
        found: dict[str, Any] = json.loads(first.partition("=>")[2] + "".join(self._lines[start + 1 :]))
        return {"failed": "FAILED" in first, **found}

    def done(self) -> dict[str, Any]:
        """Its result, which is good."""
        found = self.result()
        assert not found["failed"], found["msg"]
        return found

    def refused(self) -> str:
        """Why it has failed."""
        found = self.result()
        assert found["failed"], found
        return " ".join(str(found["msg"]).split())

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.append(line)
