"""Writes a key every 50 ms through `connect` of the printed program, and says what comes of it; see telling.py."""

import sys
import time
from pathlib import Path
from typing import Any

import snippet

PATIENCE = 300  # seconds for the first connection; the machine may be busy


def connected() -> Any:
    """Clients of clusters ask for their nodes as they are made, and fail with it."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return snippet.connect()
        except Exception:  # whatever the library raises
            if time.monotonic() > end:
                raise
            time.sleep(1)


def main(prefix: str, enough: Path) -> None:
    client, number = connected(), 0
    while not enough.exists():
        try:
            client.set(f"{prefix}:0:{number}", number)
        except Exception as error:  # whatever the library raises: the same client goes on
            print(f"failed {time.time():.3f} {type(error).__name__}: {error}".replace("\n", " "), flush=True)
        else:
            print(f"written {time.time():.3f}", flush=True)
            number += 1
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
