# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping sentinels from a failover while the master is a replica of the loader, for longer than they would bear.

A master that says to be a replica is failed over after down-after and twice the 10 seconds between their questions
(data path sheet §2.5); and if they were told the usual down-after before they have seen it as a master again, still
then.

The operator, too, tells them the usual down-after whenever it looks at them, and it may be at that when it is asked to
stay away. If it finds no master just then, it takes theirs from a sentinel and fails to give it another one (operator
sheet §4.3): that one fails nothing over, and learns of its master when the operator is back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Target
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import wait

_DAY = 86_400_000  # milliseconds
_PATIENCE = 120.0  # seconds; they ask the master every ten
_LOOK = 1.0  # seconds; a failover takes several times as long to begin
_DOWN_AFTER = "down-after-milliseconds"
_UNKNOWN = "No such master"


class Sentinels:
    """All sentinels of an instance; none in modes without."""

    def __init__(self, target: Target, login: Login) -> None:
        self._target, self._login = target, login
        self._links = self._connected()
        self._awake = threading.Event()
        self._watch: threading.Thread | None = None

    def calm(self) -> None:
        """No failover from now on, for a day, whatever others tell them."""
        self._down_after(_DAY)
        self._awake.clear()
        self._watch = threading.Thread(target=self._keep_calm, daemon=True)
        self._watch.start()

    def wake(self, tell: Callable[[str], None]) -> None:
        """Failovers as the configuration says, once all of them see the master as one."""
        for link in self._links:
            wait(lambda link=link: self._stale(link), tell, _PATIENCE)  # type: ignore[misc]
        self.alarm()

    def alarm(self) -> None:
        """Failovers as the configuration says, from now on: the master may be gone."""
        self._awake.set()
        if self._watch:
            self._watch.join()
        self._down_after(self._target.down_after)

    def _stale(self, link: Link) -> str | None:
        seen = self._ask(link, "MASTER")
        found = pairs(seen) if seen else {"role-reported": "master"}
        # who looks where the master was before its pod was replaced sees nothing any more, and fails it over
        host = found.get("ip")
        gone = host is not None and not any(pod.is_at(host) for pod in self._target.redis)
        role = "master" if gone else found.get("role-reported")
        return None if role == "master" else f"{link.what} still sees the master as a {role}"

    def _down_after(self, milliseconds: int) -> None:
        for link in self._links:
            self._ask(link, "SET", _DOWN_AFTER, milliseconds)

    def _keep_calm(self) -> None:
        links = self._connected()
        while not self._awake.wait(_LOOK):
            for link in links:
                with suppress(JobError):  # it restarts, or will be there the next time
                    seen = self._ask(link, "MASTER")
                    if seen and pairs(seen)[_DOWN_AFTER] != str(_DAY):
                        self._ask(link, "SET", _DOWN_AFTER, _DAY)

    def _ask(self, link: Link, what: str, *words: str | int) -> Any:
        """The answer about the master; None of one that knows no master."""
        try:
            return link.ask("SENTINEL", what, self._target.group, *words)
        except Refusal as error:
            if _UNKNOWN in str(error):
                return None
            raise

    def _connected(self) -> list[Link]:
        return [self._login.link(pod.name, pod.address, pod.port) for pod in self._target.sentinels]


def pairs(answer: Sequence[bytes]) -> dict[str, str]:
    """A list of names and values as a mapping."""
    words = [word.decode(errors="replace") for word in answer]
    return dict(zip(words[::2], words[1::2], strict=True))
