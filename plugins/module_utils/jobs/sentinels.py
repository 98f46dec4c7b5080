# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping sentinels from a failover while the master is a replica of the loader, for longer than they would bear.

A master that says to be a replica is failed over after down-after and twice the 10 seconds between their questions
(data path sheet §2.5); and if they were told the usual down-after before they have seen it as a master again, still
then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Target
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.nodes import wait

_DAY = 86_400_000  # milliseconds
_PATIENCE = 120.0  # seconds; they ask the master every ten


class Sentinels:
    """All sentinels of an instance; none in modes without."""

    def __init__(self, target: Target, password: str) -> None:
        self._target = target
        self._links = [Link(pod.name, pod.address, pod.port, password) for pod in target.sentinels]

    def calm(self) -> None:
        """No failover from now on, for a day."""
        self._down_after(_DAY)

    def wake(self, tell: Callable[[str], None]) -> None:
        """Failovers as the configuration says, once all of them see the master as one."""
        for link in self._links:
            wait(lambda link=link: self._stale(link), tell, _PATIENCE)  # type: ignore[misc]
        self.alarm()

    def alarm(self) -> None:
        """Failovers as the configuration says, from now on: the master may be gone."""
        self._down_after(self._target.down_after)

    def _stale(self, link: Link) -> str | None:
        role = pairs(link.ask("SENTINEL", "MASTER", self._target.group)).get("role-reported")
        return None if role == "master" else f"{link.what} still sees the master as a {role}"

    def _down_after(self, milliseconds: int) -> None:
        for link in self._links:
            link.ask("SENTINEL", "SET", self._target.group, "down-after-milliseconds", milliseconds)


def pairs(answer: Sequence[bytes]) -> dict[str, str]:
    """A list of names and values as a mapping."""
    words = [word.decode(errors="replace") for word in answer]
    return dict(zip(words[::2], words[1::2], strict=True))
