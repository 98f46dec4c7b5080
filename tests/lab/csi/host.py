"""Running the host's storage tools."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Collection

from lab.csi.faults import Fault, StatusCode

log = logging.getLogger(__name__)


def run(*command: str, accept: Collection[int] = (0,)) -> subprocess.CompletedProcess[str]:
    """Runs a tool; an exit code that is not accepted is a Fault INTERNAL with what the tool said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = " | ".join((done.stdout + done.stderr).split("\n")).strip(" |")
    log.debug("%s: %d %s", " ".join(command), done.returncode, said)
    if done.returncode not in accept:
        raise Fault(StatusCode.INTERNAL, f"{' '.join(command)} failed ({done.returncode}): {said}")
    return done
