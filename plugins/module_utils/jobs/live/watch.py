# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the source is still the one that is followed, and what it does that no event tells.

FLUSHALL, FLUSHDB and SWAPDB publish no event of a key (data path sheet §4.3). Whoever took over in a failover may lack
what was the last to be written. In both cases everything is copied anew.
"""

from __future__ import annotations

from ansible_collections.eks.redis.plugins.module_utils.datapath.replies import parse_nodes
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again, JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link
from ansible_collections.eks.redis.plugins.module_utils.jobs.live.sides import Primary

_SILENT = ("flushall", "flushdb", "swapdb")
# of those that always change a key, and are used most
_TELLING = ("set", "setex", "psetex", "mset", "incr", "incrby", "hset", "lpush", "rpush", "sadd", "zadd", "xadd")
_ENOUGH = 100  # calls


class Watch:
    """link: of its own."""

    def __init__(self, link: Link, primary: Primary) -> None:
        self._link, self._primary = link, primary
        info = link.fields("INFO", "all")
        self._silent, self._telling = calls(info, _SILENT), calls(info, _TELLING)

    def look(self, events: int) -> None:
        """events: that have arrived so far. Raises Again, or Lost; JobError where no other try will help."""
        info = self._link.fields("INFO", "all")
        if (info["run_id"], info["role"]) != (self._primary.run, "master"):
            raise Again(f"{self._link.what} is no longer the one that takes writes: a failover, or a restart")
        if self._slots() != tuple(sorted(self._primary.slots)):
            raise Again(f"{self._link.what}: its slots have moved")
        if calls(info, _SILENT) != self._silent:
            raise Again(f"{self._link.what}: all keys of a database were deleted or exchanged ({', '.join(_SILENT)})")
        if not events and calls(info, _TELLING) - self._telling > _ENOUGH:
            raise JobError(
                f"{self._link.what} is written to, and publishes no events: set notify-keyspace-events to AKE in its "
                "parameter group, which takes effect at once"
            )

    def _slots(self) -> object:
        if self._primary.slots == EVERY:
            return EVERY
        return next(
            tuple(sorted(one.slots))
            for one in parse_nodes(self._link.text("CLUSTER", "NODES"))
            if "myself" in one.flags
        )


def calls(info: dict[str, str], commands: tuple[str, ...]) -> int:
    """How often some commands were called, by INFO all."""
    found = (info.get(f"cmdstat_{command}", "calls=0") for command in commands)
    return sum(int(one.split(",", 1)[0].removeprefix("calls=")) for one in found)
