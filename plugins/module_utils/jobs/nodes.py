# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Redis pods that a restore goes into, each by a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.restoring import Pod
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

_PAUSE = 0.2  # seconds
# seconds; a process that restarts is back by then, and a pod that was replaced is at another address
_AWAY = 180.0


class Node(Link):
    """A Redis pod. Its run is the life of its process: settings that are not in its file end with it."""

    def __init__(self, pod: Pod, login: Login, **options: Any) -> None:
        super().__init__(pod.name, pod.address, pod.port, **login.options, **options)
        self.pod = pod

    @property
    def run(self) -> str:
        """Which of its lives this is."""
        return self.fields("INFO", "server")["run_id"]

    def role(self) -> str:
        """master or slave."""
        return self.fields("INFO", "replication")["role"]

    def setting(self, name: str) -> str:
        """The value that is in force; "" for a setting that this release does not have."""
        found = self.ask("CONFIG", "GET", name)
        return bytes(found[1]).decode() if found else ""

    def set(self, settings: Mapping[str, str]) -> None:
        """Puts settings in force, until the process ends."""
        for name, value in settings.items():
            self.ask("CONFIG", "SET", name, value)


def behind(nodes: Sequence[Node]) -> str | None:
    """A replica that does not have all of its master's data yet; None when all do."""
    infos = {node: node.fields("INFO", "replication") for node in nodes}
    masters = [node for node, info in infos.items() if info["role"] == "master"]
    for node, info in infos.items():
        if info["role"] == "slave":
            master = next((one for one in masters if one.pod.is_at(info["master_host"])), None)
            if master is None:
                return f"{node.what} follows {info['master_host']}, which is no master"
            its = infos[master]
            if info["master_link_status"] != "up" or info["master_sync_in_progress"] == "1":
                return f"{node.what} copies the data of {master.what}"
            if int(info["slave_repl_offset"]) < int(its["master_repl_offset"]):
                return f"{node.what} reads the last bytes of {master.what}"
    return None


def wait(missing: Callable[[], str | None], tell: Callable[[str], None], patience: float) -> None:
    """Until nothing is missing. patience: seconds for which the same may be missing; JobError says what then.

    A pod that does not answer is waited for as for anything else, but not as long: whatever is said of it then.
    """

    def judged() -> tuple[str | None, bool]:
        try:
            return missing(), False
        except Lost as error:
            return str(error), True

    told, since, was_away = "", time.monotonic(), False
    while True:
        reason, away = judged()
        if reason is None:
            return
        if reason != told:
            told = reason
            tell(reason)
            if not (away and was_away):
                since = time.monotonic()
        was_away = away
        limit = min(patience, _AWAY) if away else patience
        if time.monotonic() - since > limit:
            raise JobError(f"{reason}, for {limit:.0f} s")
        time.sleep(_PAUSE)
