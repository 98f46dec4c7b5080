# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many Redis pods must stay up: the arithmetic that the warning and the PodDisruptionBudget share."""

from __future__ import annotations


def least_available(asked: int, mode: str, pods: int, replicas: int) -> int:
    """minAvailable over all Redis pods; in a cluster at least so many that no shard can lose all of its pods at once.

    replicas: of each master. A shard without any cannot be kept up through a drain, and a drain must end.
    """
    return max(asked, pods - max(1, replicas)) if mode == "cluster" else asked
