"""What a writer saw, and what that demands of the data. Pure: no network, no clock.

A thread writes the numbers 0, 1, 2, … in turn and begins none before the one before is acknowledged, so a count says
which are. Each has a key of its own: no later write hides that one was lost.
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


def report(prefix: str, seconds: float, threads: Iterable[Thread]) -> dict[str, Any]:
    """The writer's last word, as JSON knows it; `expected` reads it again."""
    found = list(threads)
    longest = max(found, key=lambda thread: thread.gap)
    return {
        "prefix": prefix,
        "seconds": round(seconds, 2),
        "acknowledged": sum(thread.count for thread in found),
        "longest_gap": round(longest.gap, 2),
        "longest_gap_began": round(longest.gap_began, 2),
        "threads": [asdict(thread) for thread in found],
    }


def key(prefix: str, thread: int, number: int) -> str:
    return f"{prefix}:{thread}:{number}"


def expected(report: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Every key with an acknowledged write, and its number."""
    for index, thread in enumerate(report["threads"]):
        for number in range(thread["count"]):
            yield key(report["prefix"], index, number), number


def check(pairs: Iterable[tuple[int, int | None]]) -> dict[str, int]:
    """pairs: what was acknowledged, what the key holds now (None: nothing)."""
    verdict = {"acknowledged": 0, "lost": 0}
    for wanted, found in pairs:
        verdict["acknowledged"] += 1
        verdict["lost"] += found != wanted
    return verdict
