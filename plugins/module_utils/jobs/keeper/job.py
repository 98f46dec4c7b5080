# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps an instance in order while nobody looks: the labels of the master, and the certificates that pods show."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import ALIVE, READY, Keeping
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Stopped
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import FAILED, tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.certificates import Certificates
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.labels import Labels
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.loop import Loop
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.pods import Pods

_STUCK = 120.0  # seconds without an end of a turn


def main(given: Keeping) -> dict[str, Any]:
    """Until it is told to end."""
    threading.excepthook = _fault
    with contextlib.suppress(Stopped):
        keep(loops(given, os.environ), Path(tempfile.gettempdir()))
    return {}


def loops(given: Keeping, environment: Mapping[str, str]) -> list[Loop]:
    """All that there is to keep: nothing where only the mount of a secret store keeps a Secret current."""
    access, found = Access(environment), []
    if given.sentinels:
        labels = Labels(given, access, Pods(given.namespace, environment))
        found.append(Loop("labels", labels.turn, labels.wait))
    if access.trust:
        certificates = Certificates(given, access, access.trust)
        found.append(Loop("certificates", certificates.turn, certificates.wait))
    return found


def keep(running: list[Loop], folder: Path) -> None:
    """Tells the probes how it is, for ever. folder: where they look."""
    ready, alive = folder / READY, folder / ALIVE
    tell("keeping")
    while True:
        if all(loop.well for loop in running):
            ready.touch()
        else:
            ready.unlink(missing_ok=True)
        if all(time.monotonic() - loop.ended < _STUCK for loop in running):
            alive.touch()
        time.sleep(1)


def _fault(fault: threading.ExceptHookArgs) -> None:
    """A thread that has ended would be missed by nobody: the program begins anew."""
    tell(FAILED, reason=f"a fault of the program: {fault.exc_type.__name__}: {fault.exc_value}")
    os._exit(1)
