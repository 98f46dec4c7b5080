"""Where built programs and images are kept: outside every checkout, shared by all of them."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "eks-redis" / "lab"


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """One at a time on this machine; another process waits."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
