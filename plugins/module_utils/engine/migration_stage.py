# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stages of a live migration share: what was asked for, how far it is, its Job, and what is told of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.keys import SUFFIX
from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address, Cache, Migration
from ansible_collections.eks.redis.plugins.module_utils.engine import jobs, kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.door import Door
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_job import Worker
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_journal import COPIED, COPYING, Entry, Journal
from ansible_collections.eks.redis.plugins.module_utils.engine.migration_target import Target
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell
from ansible_collections.eks.redis.plugins.module_utils.engine.wait import Deadline
from ansible_collections.eks.redis.plugins.module_utils.topology import migrate, names
from ansible_collections.eks.redis.plugins.module_utils.topology.migrate import Access

Object = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """cache: that is left, None for that of the exit which is going on. service: by which applications find their
    Redis, "" for none. budget: seconds in which they must have been led elsewhere. keep: seconds that the side which
    was left takes no writes. sample: keys of each database that are compared, 0 for all. copy_back: what was written
    since the switch goes with a roll back. copies: see journal. bytes: of data that come, 0 where nobody knows."""

    cache: Cache | None
    access: Access
    service: str
    budget: int = 60
    keep: int = 48 * 3600
    sample: int = 0
    copy_back: bool = True
    copies: bool = True
    bytes: int = 0


class Stage:
    """One run. check: nothing is written. timeout: seconds to wait. entry: how far the exit is, None where none is.

    Raises EngineError where another exit of the instance is going on.
    """

    def __init__(self, target: Target, asked: Asked, *, check: bool, timeout: float) -> None:
        self.target, self.asked, self.check = target, asked, check
        self.api, self.deadline = target.api, Deadline(timeout)
        self.journal = Journal(target.api, target.namespace, target.name)
        self.entry = self.journal.read()
        self.changed = False
        self.killed = 0  # connections that the cut over ended
        self._workers: dict[bool, Worker] = {}
        self._require_same()

    @cached_property
    def door(self) -> Door | None:
        """None where applications are led otherwise."""
        service = self.entry.service if self.entry else self.asked.service
        return Door(self.api, self.target.namespace, service, check=self.check) if service else None

    @property
    def noted(self) -> Entry:
        """The entry of an exit that has begun."""
        if self.entry is None:
            raise EngineError(f"no exit of {self.target.text} has begun: begin with state: copied")
        return self.entry

    def worker(self, *, back: bool | None = None) -> Worker:
        """The Job in one direction; without it, in that of the entry."""
        back = self.noted.back if back is None else back
        if back not in self._workers:
            target = self.target
            made = Worker(self.api, target.namespace, target.name, self.noted.id, back=back, deadline=self.deadline)
            self._workers[back] = made
        return self._workers[back]

    def note(self, **changes: Any) -> None:
        """How far it is now."""
        entry = replace(self.noted, **changes)
        if changes.get("state") not in (None, self.noted.state):
            entry = replace(entry, since=now())
        self.entry = entry
        self.journal.write(entry)

    def lapsed(self) -> Entry:
        """The entry of writers that were held back, and go on by now."""
        return replace(self.noted, state=COPIED, held="", closed="")

    def new_entry(self) -> Entry:
        """Of an exit that begins."""
        if self.asked.cache is None:
            raise EngineError(f"no exit of {self.target.text} has begun; to begin one, name the cache")
        return Entry(
            id=suffix(),
            cache=self.asked.cache,
            access=self.asked.access,
            service=self.asked.service,
            started=now(),
            state=COPYING,
            since=now(),
            copies=self.asked.copies,
        )

    def job(self, entry: Entry) -> Object:
        """A new Job that works on it."""
        plan, instance = self.target.plan, self.target.instance
        migration = Migration(
            id=entry.id,
            cache=entry.cache,
            mode=plan.mode,
            hosts=plan.hosts,
            version=instance.version,
            door=self._address(),
            copies=entry.copies or entry.back,
            back=entry.back,
        )
        name = f"{names.migration(instance.name)}-{suffix()}"
        return migrate.job(instance, migration, entry.access, name, self.target.owner)

    def start(self) -> None:
        """A Job works on it: the one that does already, or a new one."""
        if self.worker().job:
            return
        made = self.job(self.noted)
        self.changed = True
        if not self.check:
            self.api.apply(made)
            tell(f"created: {kinds.reference_of(made)}")

    def result(self, summary: Sequence[str], **more: Any) -> Object:
        """A module's."""
        entry = self.entry
        warnings = [one for worker in self._workers.values() for one in worker.warnings]
        return {
            "changed": self.changed,
            "exit": entry.id if entry else None,
            "state": entry.state if entry else None,
            "job": (self.worker().job or None) if entry else None,
            **more,
            "summary": list(summary),
            "warnings": warnings,
        }

    def close(self) -> None:
        """No more questions."""
        for worker in self._workers.values():
            worker.close()

    def _address(self) -> Address | None:
        """Of the Service, as pods ask for it."""
        if self.door is None:
            return None
        service = self.entry.service if self.entry else self.asked.service
        seen = self.door.see()
        if seen.service is None:
            raise EngineError(
                f"there is no Service {self.target.namespace}/{service}: make it with eks.redis.client_service, which "
                "leads it to the cache, and point the applications at it"
            )
        return Address(f"{service}.{self.target.namespace}.svc", seen.port)

    def _require_same(self) -> None:
        entry, asked = self.entry, self.asked
        if entry is None or asked.cache is None:
            return
        said = (
            ("cache", _named(entry.cache), _named(asked.cache)),
            ("service", entry.service or "none", asked.service or "none"),
            ("way", _way(entry.copies), _way(asked.copies)),
        )
        for what, there, wanted in said:
            if there != wanted:
                raise EngineError(
                    f"an exit of {self.target.text} is going on since {entry.started} with another {what}: {there}, "
                    f"asked for: {wanted}; go on with that one, or end it with state: absent"
                )
        # a password may have got another Secret
        self.entry = replace(entry, access=asked.access)


def now(*, later: float = 0) -> str:
    """As journals write it. later: by so many seconds."""
    return times.written(datetime.now(UTC) + timedelta(seconds=later))


def suffix() -> str:
    """Characters that tell exits and their Jobs apart."""
    return "".join(secrets.choice(SUFFIX) for _each in range(jobs.SUFFIX))


def _way(copies: bool) -> str:
    return f"copies: {str(copies).lower()}"


def _named(cache: Cache) -> str:
    where = ", ".join(sorted(f"{one.host}:{one.port}" for one in cache.addresses))
    return f"{where}{f' as {cache.user}' if cache.user else ''}{' by TLS' if cache.tls else ''}"
