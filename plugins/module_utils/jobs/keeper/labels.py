# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels by which Services lead to the master and to replicas, right after a failover.

The operator looks every 30 seconds. Several keepers may do this at once: they write the same.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import Keeping, Seen, chosen, master
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.loop import Pace
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.pods import Pod, Pods
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.watcher import Watcher

_LOOK = 5.0  # seconds between two looks, while nobody says that something has changed
_SOON = 0.25  # seconds, while a failover may be under way
_PATIENCE = 1.0  # seconds for a Redis: one that is away does not hold up the others' Service
_TOGETHER = 8


class Labels:
    """Those of an instance with sentinels."""

    def __init__(self, given: Keeping, access: Access, pods: Pods) -> None:
        self._given, self._access, self._pods = given, access, pods
        self._wake = threading.Event()
        self._watchers = [Watcher(access, host, given.group, self._wake) for host in given.sentinels]
        self._pool = ThreadPoolExecutor(_TOGETHER)
        self._pace = Pace(_SOON, _LOOK)

    def turn(self) -> None:
        """Brings them to what is so, where that is clear. Errors: JobError, DatapathError."""
        self._wake.clear()
        address = chosen([watcher.said for watcher in self._watchers])
        pods = [pod for pod in self._pool.map(self._pods.read, self._given.pods) if pod]
        if _are_right(address, pods):
            return
        new = master(address, list(self._pool.map(self._seen, pods)))
        # the old one first: a Service without a master for a moment is better than one with two; then the new one
        for pod in sorted(pods, key=lambda pod: (pod.role != "master", pod.name != new)):
            role = "master" if pod.name == new else "slave"
            if pod.role != role:
                self._pods.label(pod, role)
                tell("label", pod=pod.name, role=role, was=pod.role)

    def wait(self, well: bool) -> None:
        """Until the next turn is due; while it is not well, sooner at first. well: of the last turn."""
        if self._wake.wait(self._pace.after(well)):
            self._pace.restart()

    def _seen(self, pod: Pod) -> Seen:
        if not pod.address:
            return Seen(pod.name, "")
        link = self._access.redis(pod.name, pod.address, _PATIENCE)
        try:
            answer = link.ask("ROLE")
        except JobError:
            return Seen(pod.name, pod.address)
        finally:
            link.close()
        role = answer[0].decode()
        return Seen(pod.name, pod.address, role, len(answer[2]) if role == "master" else 0)


def _are_right(address: str, pods: Sequence[Pod]) -> bool:
    """Whether there is nothing to do, so that no Redis need be asked."""
    return all(pod.role == ("master" if pod.address == address else "slave") for pod in pods) and any(
        pod.address == address for pod in pods
    )
