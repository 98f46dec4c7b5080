# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sets in the bucket, for whoever looks from inside the cluster."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.datapath import times
from ansible_collections.eks.redis.plugins.module_utils.datapath.settings import Settings
from ansible_collections.eks.redis.plugins.module_utils.jobs import s3
from ansible_collections.eks.redis.plugins.module_utils.jobs.events import tell
from ansible_collections.eks.redis.plugins.module_utils.jobs.store import Store


def main(settings: Settings) -> dict[str, Any]:
    """A line a set, oldest first."""
    sets = Store(s3.client(settings.store.region), settings.store, settings.namespace, settings.name).sets()
    for one in sets:
        tell(
            "set",
            set=one.name,
            state=one.state,
            started=times.written(one.started),
            bytes=one.bytes,
            keys=one.manifest.total_keys if one.manifest else None,
            reason=one.problem or one.untested,
        )
    return {"sets": len(sets)}
