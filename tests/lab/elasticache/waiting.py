"""Waiting for servers; generous, as nothing is told by how long it takes."""

from __future__ import annotations

import time
from collections.abc import Callable

from lab.model import LabError

PATIENCE = 60.0  # seconds


def until(true: Callable[[], bool], otherwise: str) -> None:
    """true: asked until it says so. otherwise: what is wrong when it never does."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise LabError(f"{otherwise} within {PATIENCE:.0f} s")
        time.sleep(0.05)
