# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions: they are no keys, so no event tells of them (redis.io, "Redis functions")."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.eks.redis.plugins.module_utils.jobs.link import Link


class Functions:
    """source: to a primary; targets: to all masters."""

    def __init__(self, source: Link, targets: Sequence[Link]) -> None:
        self._source, self._targets = source, targets
        self._copied: bytes | None = None

    def copy(self) -> None:
        """Those that are there now, and no others; nothing where nothing has changed."""
        dump = self._source.ask("FUNCTION", "DUMP")
        if dump != self._copied:
            for link in self._targets:
                link.ask("FUNCTION", "RESTORE", dump, "FLUSH")
            self._copied = dump
