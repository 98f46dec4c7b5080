# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a condition: woken by watches, judged by reading."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, Unreachable
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell

_TICK = 2.0  # seconds; for what no watch tells (answers of Redis), and for users who may not watch


class Watched(NamedTuple):
    kind: str
    namespace: str | None
    selectors: dict[str, str]


class Deadline:
    """``seconds`` from now; one deadline is shared by the steps of a run."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())


def wait_until(api: Api, unmet: Callable[[], str | None], watched: Iterable[Watched], deadline: Deadline) -> str | None:
    """Calls ``unmet`` until it returns None (then None) or the deadline has passed (then its last answer).

    What is waited for is told when it changes. An event of a watched collection only wakes; ``unmet`` reads the state
    itself. So no cache can be stale, a watch that breaks costs nothing, and one that is forbidden costs ``_TICK``. An
    API server that is away is waited for.
    """

    def judged() -> str | None:
        try:
            return unmet()
        except Unreachable as error:
            return str(error)

    # mostly there is nothing to wait for, and then nothing to watch
    missing = judged()
    if missing is None:
        return None
    told = tell(missing)
    if not deadline.left:
        return missing
    woken, done = threading.Event(), threading.Event()
    for one in watched:
        threading.Thread(target=_wake, args=(api, one, deadline, woken, done), daemon=True).start()
    try:
        while True:
            woken.clear()
            missing = judged()
            if missing is None or not deadline.left:
                return missing
            if missing != told:
                told = tell(missing)
            woken.wait(min(_TICK, deadline.left))
    finally:
        done.set()


def _wake(api: Api, watched: Watched, deadline: Deadline, woken: threading.Event, done: threading.Event) -> None:
    while not done.is_set() and deadline.left:
        try:
            for _event in api.watch(watched.kind, watched.namespace, int(deadline.left) + 1, **watched.selectors):
                if done.is_set():
                    return
                woken.set()
        except EngineError:
            done.wait(_TICK)
