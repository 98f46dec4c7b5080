# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.given import Given
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Problem


def judge(given: Given, values: Mapping[str, Any]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Errors and warnings."""
    if values["deployment.mode"] != "standalone":
        return (given.place("deployment.mode").problem("only standalone"),), ()
    return (), ()
