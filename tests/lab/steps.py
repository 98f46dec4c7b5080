"""What the commands say while they work: one line per step, with the time since the start."""

from __future__ import annotations

import sys
import time

_began = time.monotonic()


def say(text: str) -> None:
    """Before what takes long; to standard error, as standard output belongs to what `env` and `status` print."""
    print(f"[{time.monotonic() - _began:6.1f} s] {text}", file=sys.stderr, flush=True)
