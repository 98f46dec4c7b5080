# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the operator would do anything at all with what is applied."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, pause
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding


def paused(case: Case) -> Iterator[Finding]:
    """restores that are not complete"""
    for reference, live in case.lives.items():
        if live and live["kind"] in kinds.CUSTOM_RESOURCES and pause.is_paused(live):
            yield Finding(f"{reference}: {pause.why(live)}", fatal=pause.is_ours(live))
