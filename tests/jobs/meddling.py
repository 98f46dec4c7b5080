"""A client of which one operation is not what it should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Change = Callable[[dict[str, Any]], dict[str, Any]]


def _same(given: dict[str, Any]) -> dict[str, Any]:
    return given


class Meddling:
    """before: changes what is sent, after: the answer; either may raise."""

    def __init__(self, client: Any, operation: str, before: Change = _same, after: Change = _same) -> None:
        self._client, self._operation = client, operation
        self._before, self._after = before, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        if name != self._operation:
            return method
        return lambda **given: self._after(method(**self._before(given)))
