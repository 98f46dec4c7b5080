# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the job of a restore is told beside its settings: which files go into which pods. Without secrets.

The controller writes it, the job reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.datapath import records
from ansible_collections.eks.redis.plugins.module_utils.datapath.loading import File

VARIABLE = "EKS_REDIS_RESTORE"
ADDRESS = "POD_IP"  # the variable with the address of the job's pod, where the target's pods reach the loader
# The user of a restore into a cluster, while nobody else gets at keys
USER = "eks-redis-restore"


@dataclass(frozen=True)
class Pod:
    """A pod of Redis, or of a sentinel."""

    name: str
    address: str
    port: int

    def is_at(self, host: str) -> bool:
        """Whether that is it: with TLS the operator tells replicas the master's DNS name (operator sheet §4.2)."""
        return host == self.address or host.partition(".")[0] == self.name


@dataclass(frozen=True)
class Target:
    """Where the data goes. memory: what a Redis container may use, in bytes; 0 where it has no limit. group: that the
    sentinels watch. settings: what the instance's configuration says of the few settings that a restore changes for
    its time; down_after: likewise of the sentinels, in milliseconds."""

    redis: tuple[Pod, ...]
    memory: int
    settings: Mapping[str, str]
    sentinels: tuple[Pod, ...] = ()
    group: str = ""
    down_after: int = 0


@dataclass(frozen=True)
class Restore:
    """id: of this restore, the same when it is taken up again; begun: then, that data was being replaced. source: in
    words. force: data in the target is replaced. safety_backup: it is put into a set first. undo: the target is to be
    as it was; files: then of the set that holds what was replaced, none where there is none."""

    id: str
    source: str
    files: tuple[File, ...]
    target: Target
    force: bool
    safety_backup: bool
    begun: bool = False
    undo: bool = False

    def as_json(self) -> str:
        """On one line; the same restore is always the same text."""
        return " ".join(records.dump(self).split())


def from_json(text: str) -> Restore:
    """Errors: DatapathError with one line."""
    return records.read(Restore, records.load(text, VARIABLE), VARIABLE)
