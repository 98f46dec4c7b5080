# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The backup of what a restore replaces: a set as any other, which retention leaves alone until it is let go."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

from ansible_collections.eks.redis.plugins.module_utils.datapath import keys
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.jobs.backup import back_up
from ansible_collections.eks.redis.plugins.module_utils.jobs.errors import JobError
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store


class SafetySet:
    """settings: of the target. wanted: whether there shall be one at all. name: of the last that was made."""

    def __init__(self, settings: Settings, store: Store, restore: str, *, wanted: bool) -> None:
        self._settings, self._store, self._restore, self._wanted = settings, store, restore, wanted
        self.name = ""

    def make(self) -> None:
        """Puts what the target holds into a set. Raises JobError when it cannot."""
        if not self._wanted:
            tell("step", text="the old data is not put into a set: that was not wanted")
            return
        # from the master, unless a replica has all of its writes: nothing that was answered may be missing
        source = replace(self._settings.source, max_lag=0)
        made = back_up(replace(self._settings, source=source), self._store)
        for name in (keys.REPLACED, keys.HOLD):
            self._store.write(made.set, name, json.dumps({"restore": self._restore}) + "\n")
        self.name = made.set
        tell("safety", set=made.set, keys=made.total_keys, bytes=made.bytes)

    def let_go(self) -> None:
        """The target has its own data after all: such a set is one as any other."""
        if self.name:
            with suppress(JobError):  # it stays a while longer than it has to
                for name in (keys.REPLACED, keys.HOLD):
                    self._store.remove(self.name, name)
