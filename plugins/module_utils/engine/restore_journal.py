# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which restore of an instance has begun and is not complete: a ConfigMap, there only as long as that lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.note import Note, notes
from ansible_collections.eks.redis.plugins.module_utils.topology import names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import RESTORE, job_selector

_KEY = "restore"


def journals(api: Api, namespace: str, instance: str) -> list[dict[str, Any]]:
    """The live ConfigMap of an instance's restore; none where none has begun."""
    return notes(api, namespace, instance, RESTORE)


@dataclass(frozen=True)
class Entry:
    """id: of the restore. wanted: what was asked for, by which the same command is known again. source: what that was
    then, in words. files: where. uploads: keys in the bucket that go with it. begun: whether data was being replaced.
    started: when."""

    id: str
    wanted: str
    source: str
    files: tuple[File, ...]
    uploads: tuple[str, ...]
    safety_backup: bool
    begun: bool
    started: str


class Journal(Note[Entry]):
    """Of one instance."""

    def __init__(self, api: Api, namespace: str, name: str) -> None:
        super().__init__(api, namespace, names.restore(name), job_selector(name, RESTORE), Entry, _KEY)

    def write(self, entry: Entry) -> None:
        """Notes it, or how far it is."""
        self.put(entry)
