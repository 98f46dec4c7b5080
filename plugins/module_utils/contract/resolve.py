# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a user wrote to an Instance, or to everything that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract import component, transit_rules
from ansible_collections.eks.redis.plugins.module_utils.contract.advice import ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.defaults import filled
from ansible_collections.eks.redis.plugins.module_utils.contract.dialects import FLAVOUR_TREE, ROOT_TREE
from ansible_collections.eks.redis.plugins.module_utils.contract.given import Given, gather
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance, build
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Problem, Refused
from ansible_collections.eks.redis.plugins.module_utils.contract.refusals import REFUSALS
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import judge
from ansible_collections.eks.redis.plugins.module_utils.contract.source import Source


@dataclass(frozen=True)
class Resolution:
    """The instance (None when there are errors), and all problems in the order of the input."""

    instance: Instance | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    def refused(self, strict: bool = False) -> tuple[Problem, ...]:
        """The problems that forbid to go on; strict: warnings are errors."""
        return self.errors + self.warnings if strict else self.errors

    def accepted(self, strict: bool = False) -> Instance:
        """The instance. Raises Refused with the problems that forbid to go on."""
        refused = self.refused(strict)
        if refused or self.instance is None:
            raise Refused(refused)
        return self.instance


def resolve(
    flavour: Source | Mapping[str, Any] | None,
    root: Source | Mapping[str, Any] | None = None,
    *,
    name: str,
    namespace: str,
    labels: Mapping[str, str] | None = None,
) -> Resolution:
    """Read every dialect, fill in the defaults, and check the contract. Never raises for what a user wrote."""
    given = Given()
    gather(root, ROOT_TREE, FLAVOUR_TREE, "the flavour", given)
    gather(flavour, FLAVOUR_TREE, ROOT_TREE, "the root", given)
    transit_rules.turn_on(given)
    values = filled(given.values)
    who, errors = component.check(name, namespace, labels or {}, values["deployment.mode"])
    facts = {**values, "name": str(name), "namespace": str(namespace)}
    errors = (*errors, *given.errors, *judge(REFUSALS, given, facts))
    warnings = judge(ADVICE, given, facts)
    return Resolution(None if errors else build(*who, values), errors, warnings)
