# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the exit of an instance from a cache is, kept in the cluster beside it.

It is written before what it announces, so that whoever goes on with it never takes for untouched what is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.note import Note, notes
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.door import CACHE, INSTANCE
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import MIGRATION, job_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import SHUT, Access

# how far it is, in the order in which it gets there; where nothing is copied, it is held in the place of verified; then
# how it can end before that
COPYING, COPIED, VERIFIED, FREEZING, SWITCHED = "copying", "copied", "verified", "freezing", "switched"
HELD = "held"
GIVEN_UP, LEFT = "given_up", "left"
_KEY = "exit"


@dataclass(frozen=True)
class Entry:
    """id: of the exit. service: by which applications find their Redis, "" for none. copies: key by key; else the cache
    is only held still while its data comes another way. back: from the instance to the cache; state: how far it is in
    that direction, since when. GIVEN_UP: it was ended before the switch; LEFT: applications are at the cache again, and
    the instance holds what they wrote meanwhile. followed: the DNS name that the Service led to at first; pinned: the
    cache's addresses, by which it leads there. compared: keys, when it was verified. held: since when writers are held
    back where nothing is copied. seconds: of each step of the switch; freeze: in which nobody could write. switched:
    when applications came to the instance, "" when they have not. closed: until when the cache takes no writes."""

    id: str
    cache: Cache
    access: Access
    service: str
    started: str
    state: str
    since: str
    copies: bool = True
    back: bool = False
    followed: tuple[Address, ...] = ()
    pinned: tuple[Address, ...] = ()
    compared: int = 0
    held: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    freeze: float = 0.0
    switched: str = ""
    closed: str = ""

    @property
    def shut(self) -> bool:
        """Whether no pod may begin to copy any more in its direction."""
        return self.state in (FREEZING, SWITCHED, GIVEN_UP, LEFT)

    @property
    def applications(self) -> str:
        """Where they are, CACHE or INSTANCE; "" in the moments in which nobody can say."""
        if self.state == FREEZING:
            return ""
        return INSTANCE if (self.state == SWITCHED) != self.back and self.state != LEFT else CACHE


def journals(api: Api, namespace: str, instance: str) -> list[dict[str, Any]]:
    """The live ConfigMap of an instance's exit; none where none has begun."""
    return notes(api, namespace, instance, MIGRATION)


class Journal(Note[Entry]):
    """Of one instance."""

    def __init__(self, api: Api, namespace: str, name: str) -> None:
        super().__init__(api, namespace, names.migration(name), job_selector(name, MIGRATION), Entry, _KEY)

    def write(self, entry: Entry, *, dry_run: bool = False) -> None:
        """Notes it, or how far it is. dry_run: only whether it may be."""
        self.put(entry, {SHUT[entry.back]: entry.since} if entry.shut else {}, dry_run=dry_run)
