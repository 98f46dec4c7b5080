# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the keeper of an instance is told, and who is the master by what it sees. Pure.

The topology writes the first, the keeper reads it. Without secrets: log-ins come as those of jobs, see settings.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.datapath.errors import DatapathError

VARIABLE = "EKS_REDIS_KEEPER"
# all that it says to a Redis, as ACL rules
COMMANDS = "resetkeys resetchannels -@all +role +config|set"
# Files by which probes see how it is: there while all is as it should be; touched while the program goes on
READY, ALIVE = "ready", "alive"


@dataclass(frozen=True)
class Keeping:
    """pods: names of the Redis pods; hosts: their DNS names, in the same order; sentinels: those of theirs, none where
    nobody fails over. A host may have a :port. group: the name of the master for sentinels."""

    namespace: str
    name: str
    pods: tuple[str, ...]
    hosts: tuple[str, ...]
    sentinels: tuple[str, ...] = ()
    group: str = ""

    def as_json(self) -> str:
        """On one line; the same is always the same text."""
        return records.line(self)


def from_json(text: str) -> Keeping:
    """Errors: DatapathError with one line."""
    return records.read(Keeping, records.load(text, VARIABLE), VARIABLE)


@dataclass(frozen=True)
class Seen:
    """A Redis pod. role: what it calls itself, "" of one that does not answer; replicas: how many follow it."""

    pod: str
    address: str
    role: str = ""
    replicas: int = 0


def chosen(votes: Sequence[str]) -> str:
    """The address that the sentinels call the master's. votes: of every sentinel, "" of one that says nothing.

    It takes most of all sentinels, also of those that do not answer: whoever is cut off from them knows nothing. One
    that has just started watches 0.0.0.0 until the operator tells it more. Errors: DatapathError.
    """
    known = Counter(vote for vote in votes if vote and vote != "0.0.0.0")
    address, count = known.most_common(1)[0] if known else ("", 0)
    if 2 * count <= len(votes):
        said = ", ".join(vote or "nothing" for vote in votes)
        raise DatapathError(f"the sentinels do not agree on the master: they say {said}")
    return address


def master(address: str, pods: Sequence[Seen]) -> str:
    """The pod at the address that the sentinels name, if it agrees. Errors: DatapathError.

    Another one may call itself master, as the old one does for a while; but not while somebody still follows it.
    """
    found = next((one for one in pods if one.address == address), None)
    if found is None:
        raise DatapathError(f"the sentinels name {address} as the master, which is no pod of the instance")
    if found.role != "master":
        raise DatapathError(f"the sentinels name {found.pod} as the master, which says {found.role or 'nothing'}")
    for other in pods:
        if other is not found and other.role == "master" and other.replicas:
            raise DatapathError(f"the sentinels name {found.pod} as the master, but {other.pod} has replicas too")
    return found.pod
