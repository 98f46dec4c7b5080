# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that pods show: when the Secret has another one, Redis reads it, and sentinels restart for it.

Redis reads all files anew when it is told the name of one, also the same name; kubelet brings the files into a pod
within a minute or two, so a pod that has none yet is told again in the next turn. A sentinel cannot be told: it is
shut down, its container starts again in its place and keeps what it knows.

Several keepers may do this at once, without a word to each other. All take the first sentinel that shows the old
certificate, and only while all sentinels are well; and they shut it down over the very connection by which it showed
that, which has ended when another keeper was faster. So no two sentinels are away because of them.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from ansible_collections.eks.redis.plugins.module_utils.datapath.keeping import Keeping
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.access import Access, Trust
from ansible_collections.eks.redis.plugins.module_utils.jobs.keeper.loop import Pace
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost, Refusal
from ansible_collections.eks.redis.plugins.module_utils.jobs.sentinels import pairs

FILE = "/tls/tls.crt"  # in the pods of Redis (operator sheet §3.6)
_EVERY = 20.0  # seconds between two turns
_SOON = 1.0  # seconds, while not all is well, as at a start; longer each time
# Seconds since the Secret has changed after which every kubelet has brought it into every pod: it looks at least every
# 90 (kubelet's sync frequency, with its jitter). A sentinel that restarts earlier may show the old certificate again.
_ARRIVED = 150.0
_AGAIN = 900.0  # seconds between two restarts of a sentinel; after 10 minutes kubelet forgets the one before
_TOGETHER = 8
_USABLE = re.compile(r"OK (\d+) usable")


class Certificates:
    """Those of the pods of an instance. file: as Redis knows it. arrived: seconds, see above."""

    def __init__(
        self, given: Keeping, access: Access, trust: Trust, *, file: str = FILE, arrived: float = _ARRIVED
    ) -> None:
        self._given, self._access, self._trust = given, access, trust
        self._file, self._arrived = file, arrived
        self._restarted: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(_TOGETHER)
        self._pace = Pace(_SOON, _EVERY)

    def turn(self) -> None:
        """Errors: JobError, of all pods that are not as they should be."""
        leaf, arrived = self._trust.leaf(), self._trust.age() >= self._arrived
        seen = self._pool.map(
            lambda pod, host: self._redis(pod, host, leaf, arrived), self._given.pods, self._given.hosts
        )
        problems = [problem for problem in seen if problem]
        if problems:
            raise JobError("; ".join(problems))
        if arrived and self._given.sentinels:
            self._sentinels(leaf)

    def wait(self, well: bool) -> None:
        """Until the next turn is due. well: of the last turn."""
        time.sleep(self._pace.after(well))

    def _redis(self, pod: str, host: str, leaf: bytes, arrived: bool) -> str:
        """What is wrong with it, "" for nothing."""
        try:
            link = self._access.redis(pod, host)
            try:
                if link.certificate() == leaf:
                    return ""
                link.ask("CONFIG", "SET", "tls-cert-file", self._file)
                link.close()
                if link.certificate() == leaf:
                    tell("certificate", pod=pod)
                    return ""
            finally:
                link.close()
        except JobError as error:
            return str(error)
        return f"{pod} still shows another certificate than the Secret holds" if arrived else ""

    def _sentinels(self, leaf: bytes) -> None:
        """Restarts one at most."""
        links = [self._access.sentinel(host) for host in self._given.sentinels]
        try:
            old = next((link for link in links if link.certificate() != leaf), None)
            if old is None:
                return
            if time.monotonic() - self._restarted.get(old.what, -_AGAIN) < _AGAIN:
                raise JobError(
                    f"{old.what} has been restarted and still shows another certificate than the Secret holds"
                )
            self._are_well(links)
            self._restarted[old.what] = time.monotonic()
            with suppress(Lost):  # there is no answer
                old.ask("SHUTDOWN")
            tell("restart", pod=old.what, reason="it shows another certificate than the Secret holds")
        finally:
            for link in links:
                link.close()

    def _are_well(self, links: Sequence[Link]) -> None:
        """All sentinels see the same master, each other and all replicas. Errors: JobError."""
        masters = [pairs(link.ask("SENTINEL", "MASTER", self._given.group)) for link in links]
        for link, seen in zip(links, masters, strict=True):
            if (
                (seen["ip"], seen["flags"]) != (masters[0]["ip"], "master")
                or int(seen["num-slaves"]) < len(self._given.hosts) - 1
                or self._usable(link) < len(links)
            ):
                raise JobError(f"sentinels wait for their new certificate until {link.what} sees all pods and a master")

    def _usable(self, link: Link) -> int:
        """How many sentinels could agree on a failover, as one sees it."""
        try:
            found = _USABLE.match(link.text("SENTINEL", "CKQUORUM", self._given.group))
        except Refusal:  # too few
            return 0
        return int(found[1]) if found else 0
