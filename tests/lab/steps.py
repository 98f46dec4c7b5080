"""What the commands say while they work: one line per step, with the time since the start."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_began = time.monotonic()


def say(text: str) -> None:
    """To standard error: standard output belongs to what `env` and `status` print."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announces what takes long when it begins, so that nobody wonders what is going on."""
    say(text)
    yield
