# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the contract knows and this release does not do yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule


@dataclass(frozen=True)
class Later:
    path: str
    available: str
    wanted: Callable[[Facts], bool]


LATER = (Later("backup.enabled", "false", lambda facts: facts["backup.enabled"]),)


def _later(facts: Facts) -> Iterator[Finding]:
    for row in LATER:
        if row.wanted(facts):
            yield row.path, f"{shown(facts[row.path])} is not in this release; available: {row.available}"


def _tls(facts: Facts) -> Iterator[Finding]:
    names = [name for name in facts["additionalConfig"] if name == "port" or name.startswith("tls-")]
    if names:
        yield f"additionalConfig.{names[0]}", "TLS is not in this release; available: plain connections on port 6379"


NOT_YET: tuple[Rule, ...] = (Rule((), _later), Rule((), _tls))
