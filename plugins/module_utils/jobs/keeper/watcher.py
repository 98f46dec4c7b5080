# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sentinel says, as soon as it says it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link

# The first to know is the sentinel that leads a failover; the others hear it from that one
_EVENTS = ("+switch-master", "+promoted-slave")
_LOOK = 5.0  # seconds; a message that was lost does no harm for longer
_PAUSE = 1.0  # seconds, after one that does not answer


class Watcher:
    """One sentinel. said: the address of the master, "" when it says none. wake: is set whenever that changes."""

    def __init__(self, access: Access, host: str, group: str, wake: threading.Event) -> None:
        self.said = ""
        self._access, self._host, self._group, self._wake = access, host, group, wake
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            with suppress(JobError):  # it restarts, or will be there the next time; the others are enough
                self._watch()
            self._note("")
            time.sleep(_PAUSE)

    def _watch(self) -> None:
        link, events = (self._access.sentinel(self._host) for _each in range(2))
        try:
            events.ask("SUBSCRIBE", *_EVENTS)
            for _other in _EVENTS[1:]:
                events.message()
            while True:
                self._note(self._asked(link))
                if events.answered(_LOOK):
                    events.message()
        finally:
            link.close()
            events.close()

    def _asked(self, link: Link) -> str:
        answer = link.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", self._group)
        return answer[0].decode() if answer else ""

    def _note(self, said: str) -> None:
        if said != self.said:
            self.said = said
            self._wake.set()
