"""What a driver says: a line `written TIME` for each acknowledged write, `failed TIME ERROR` for each that is not.

It writes the numbers 0, 1, 2, … each into a key of its own and begins none before the one before is acknowledged; a
number that failed is tried again. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """written: when each write was acknowledged, in seconds since 1970. errors: what the client said of the others."""

    written: tuple[float, ...]
    errors: tuple[str, ...]

    @property
    def gap(self) -> float:
        """The longest time between two acknowledged writes, in seconds."""
        return max((later - earlier for earlier, later in self._pairs()), default=0.0)

    def begun_by(self, moment: float) -> int:
        """How many writes were begun by this moment: those acknowledged by then, and the one behind them."""
        return sum(time <= moment for time in self.written) + 1

    def since(self, moment: float) -> int:
        """How many writes were acknowledged after this moment."""
        return sum(time > moment for time in self.written)

    def _pairs(self) -> Iterable[tuple[float, float]]:
        return zip(self.written, self.written[1:], strict=False)


def read(text: str) -> Told:
    """What stands in whole lines; the last one may still be on its way."""
    written, errors = [], []
    for line in text.rpartition("\n")[0].splitlines():
        what, _space, rest = line.partition(" ")
        if what == "written":
            written.append(float(rest))
        elif what == "failed":
            errors.append(rest.partition(" ")[2])
    return Told(tuple(written), tuple(errors))
