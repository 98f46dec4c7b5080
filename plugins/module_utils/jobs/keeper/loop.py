# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Something that is done again and again, in a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell


class Pace:
    """Seconds to wait between two turns: ``every``; while not all is well ``soon``, and longer each time."""

    def __init__(self, soon: float, every: float) -> None:
        self._soon, self._every, self._pause = soon, every, soon

    def after(self, well: bool) -> float:
        """well: of the last turn."""
        pause = self._every if well else self._pause
        self._pause = self._soon if well else min(self._every, 2 * self._pause)
        return pause

    def restart(self) -> None:
        """Something has happened: soon again."""
        self._pause = self._soon


class Loop:
    """well: whether its last turn found all as it should be. ended: when that was, on the monotonic clock.

    what: in words. turn: raises what is wrong. wait: until the next one is due, told whether it was well.
    """

    def __init__(self, what: str, turn: Callable[[], None], wait: Callable[[bool], None]) -> None:
        self.well, self.ended = False, time.monotonic()
        self._what, self._turn, self._wait = what, turn, wait
        self._problem, self._told = "", ""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            problem = ""
            try:
                self._turn()
            except (JobError, DatapathError) as error:
                problem = str(error)
            self._note(problem)
            self._wait(self.well)

    def _note(self, problem: str) -> None:
        """A line for what lasts longer than a turn, once, and one for its end."""
        if problem == self._problem != self._told:
            self._told = problem
            tell("problem" if problem else "well", of=self._what, **({"reason": problem} if problem else {}))
        self._problem, self.well, self.ended = problem, not problem, time.monotonic()
