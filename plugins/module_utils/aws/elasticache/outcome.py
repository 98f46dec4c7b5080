# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done, or in check mode would be, about an export. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.exported import File
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.subject import Subject


@dataclass
class Done:
    """snapshot: its name, None where it is taken away. slots: of each shard. seconds: of each step that this run did.
    changes: a line each."""

    about: Subject
    snapshot: str | None
    slots: tuple[str | None, ...] = ()
    files: list[File] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
