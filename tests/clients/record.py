"""What a writer saw, and what that demands of the data. Pure: no network, no clock.

A thread writes the numbers 0, 1, 2, … in turn and begins none before the one before is acknowledged, so a count says
which are. Number n goes to key n modulo the number of keys, with n as its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Thread:
    """Times are seconds since the writer's start. errors: equal ones in a row are one, with first and last time."""

    count: int = 0
    acknowledged_at: float = 0.0
    gap: float = 0.0
    gap_began: float = 0.0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def acknowledged(self, now: float) -> None:
        self.count += 1
        self._close_gap(now)
        self.acknowledged_at = now

    def failed(self, now: float, error: str) -> None:
        if self.errors and self.errors[-1]["error"] == error and self.errors[-1]["last"] >= self.acknowledged_at:
            self.errors[-1]["last"] = now
            self.errors[-1]["times"] += 1
        else:
            self.errors.append({"first": now, "last": now, "times": 1, "error": error})

    def ended(self, now: float) -> None:
        """A writer that never came back has a gap to its end."""
        self._close_gap(now)

    def _close_gap(self, now: float) -> None:
        if now - self.acknowledged_at > self.gap:
            self.gap, self.gap_began = now - self.acknowledged_at, self.acknowledged_at


def report(prefix: str, keys: int, seconds: float, threads: Iterable[Thread]) -> dict[str, Any]:
    """The writer's last word, as JSON knows it; `check` reads it again."""
    found = list(threads)
    longest = max(found, key=lambda thread: thread.gap)
    return {
        "prefix": prefix,
        "keys": keys,
        "seconds": round(seconds, 2),
        "acknowledged": sum(thread.count for thread in found),
        "longest_gap": round(longest.gap, 2),
        "longest_gap_began": round(longest.gap_began, 2),
        "threads": [asdict(thread) for thread in found],
    }


def key(prefix: str, thread: int, number: int, keys: int) -> str:
    return f"{prefix}:{thread}:{number % keys}"


def expected(report: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Every key with an acknowledged write, and the last number acknowledged for it."""
    keys = report["keys"]
    for index, thread in enumerate(report["threads"]):
        for number in range(max(0, thread["count"] - keys), thread["count"]):
            yield key(report["prefix"], index, number, keys), number


def check(pairs: Iterable[tuple[int, int | None]]) -> dict[str, int]:
    """pairs: what was acknowledged last, what the key holds now (None: nothing).

    A higher number than the acknowledged one is right: the last write of a thread may have arrived without its answer.
    """
    verdict = {"keys": 0, "missing": 0, "older": 0}
    for wanted, found in pairs:
        verdict["keys"] += 1
        verdict["missing"] += found is None
        verdict["older"] += found is not None and found < wanted
    return verdict
