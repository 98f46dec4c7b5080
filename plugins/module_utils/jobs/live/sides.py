# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One of the two Redis of a migration: who takes writes there, found by its own words.

Nodes are asked at the addresses that were given, by which certificates know them; what a cluster says of itself is only
used for a node that is none of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.datapath.slots import EVERY, Ranges, cover_problems, shown
from ansible_collections.eks.redis.plugins.module_utils.jobs import survey
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import Again
from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link, Lost
from ansible_collections.eks.redis.plugins.module_utils.jobs.login import Login

NAME = "eks-redis-exit"  # of our connections
_TIMEOUT = 60.0  # seconds for one answer; a large key takes a while


@dataclass(frozen=True)
class Primary:
    """Who takes writes to some slots, or to all. run: the life of its process; replid: the history of its writes."""

    address: Address
    slots: Ranges
    run: str
    replid: str

    @property
    def name(self) -> str:
        """As messages call it."""
        return f"{self.address.host}:{self.address.port}"


@dataclass(frozen=True)
class Side:
    """what: in words. addresses: of some nodes at least."""

    what: str
    addresses: tuple[Address, ...]
    login: Login

    def primaries(self) -> list[Primary]:
        """In the order of their slots. Errors: JobError; Again where that may pass, such as during a failover."""
        found = [self._ask(address) for address in self.addresses]
        seen = [one for one in found if not isinstance(one, Lost)]
        if not seen:
            raise Again(str(found[0]))
        masters = [one for one in seen if one.info["role"] == "master"]
        return self._sharded(seen) if seen[0].sharded else [self._single(seen, masters)]

    def lives(self) -> frozenset[str]:
        """The run_id of each node that answers."""
        found = [self._ask(address) for address in self.addresses]
        return frozenset(one.info["run_id"] for one in found if not isinstance(one, Lost))

    def link(self, primary: Primary, timeout: float = _TIMEOUT) -> Link:
        """A connection of its own."""
        return self._link(primary.address, timeout)

    def through(self, door: Address, timeout: float) -> Link:
        """A connection by a Service, for whose address no certificate is."""
        return replace(self.login, named=False).link("the Service", door.host, door.port, timeout=timeout, name=NAME)

    def _link(self, address: Address, timeout: float) -> Link:
        what = f"{self.what}, {address.host}:{address.port}"
        return self.login.link(what, address.host, address.port, timeout=timeout, name=NAME)

    def _single(self, seen: Sequence[_Seen], masters: Sequence[_Seen]) -> Primary:
        if len({one.info["run_id"] for one in masters}) > 1:
            raise Again(f"{self.what}: {' and '.join(one.name for one in masters)} both call themselves master")
        if masters:
            return masters[0].primary(EVERY)
        info = seen[0].info
        master = self._ask(Address(info["master_host"], int(info["master_port"])))
        if isinstance(master, Lost):
            raise Again(f"{self.what}: nobody takes writes: {master}")
        if master.info["role"] != "master":
            raise Again(f"{self.what}: nobody takes writes: {master.name} is a replica, too")
        return master.primary(EVERY)

    def _sharded(self, seen: Sequence[_Seen]) -> list[Primary]:
        owners = seen[0].owners
        if problems := list(cover_problems(ranges for ranges, _address in owners.values())):
            raise Again(f"{self.what}: {'; '.join(problems)}")
        known = {one.id: one for one in seen}
        found = []
        for owner, (slots, address) in owners.items():
            one = known.get(owner) or self._ask(address)
            if isinstance(one, Lost):
                raise Again(f"{self.what}: who owns slots {shown(slots)} does not answer: {one}")
            if one.info["role"] != "master" or one.owners.keys() != owners.keys():
                raise Again(f"{self.what}: its nodes do not agree on who owns which slots")
            found.append(one.primary(slots))
        return sorted(found, key=lambda one: one.slots)

    def _ask(self, address: Address) -> _Seen | Lost:
        link = self._link(address, survey.PATIENCE)
        try:
            info = link.fields("INFO")
            if info.get("loading") == "1":
                raise Again(f"{link.what} is loading its data")
            if info.get("cluster_enabled") != "1":
                return _Seen(address, info)
            return _Seen(address, info, link.text("CLUSTER", "MYID"), _owners(link.ask("CLUSTER", "SLOTS"), address))
        except Lost as error:
            return error
        finally:
            link.close()


@dataclass(frozen=True)
class _Seen:
    """A node that has answered. owners: slots and address by the ID of who has them, as this one sees it."""

    address: Address
    info: dict[str, str]
    id: str = ""
    owners: dict[str, tuple[Ranges, Address]] = field(default_factory=dict)

    @property
    def sharded(self) -> bool:
        return bool(self.id)

    @property
    def name(self) -> str:
        return f"{self.address.host}:{self.address.port}"

    def primary(self, slots: Ranges) -> Primary:
        return Primary(self.address, slots, self.info["run_id"], self.info["master_replid"])


def _owners(slots: Sequence[Any], asked: Address) -> dict[str, tuple[Ranges, Address]]:
    """By the answer of CLUSTER SLOTS (redis.io, "CLUSTER SLOTS"): an empty host is that which was asked."""
    found: dict[str, tuple[Ranges, Address]] = {}
    for first, last, (host, port, owner, *_more), *_replicas in slots:
        name = owner.decode()
        ranges, _address = found.get(name, ((), None))
        found[name] = ((*ranges, (first, last)), Address((host or b"").decode() or asked.host, port))
    return found
