# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.check."""

from __future__ import annotations

DOCUMENTATION = r"""
name: check
short_description: Errors and warnings of a flavour
version_added: 0.1.0
description:
  - Checks a flavour against the contract, without a cluster. It never fails; it tells.
positional: _input
extends_documentation_fragment:
  - eks.redis.flavour.filtered
options:
  name:
    description: Name of the instance, to be checked too.
    type: str
    default: redis
  namespace:
    description: Namespace of the instance, to be checked too.
    type: str
    default: redis
  labels:
    description: Labels of the instance, to be checked too.
    type: dict
    default: {}
seealso:
  - plugin: eks.redis.flavour
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Stop when the flavour is not as it should be
  ansible.builtin.assert:
    that: (redis_flavour | eks.redis.check).errors == []
    fail_msg: "{{ (redis_flavour | eks.redis.check).errors | join('\n') }}"
"""

RETURN = r"""
_value:
  description: Lists of lines, C(errors) and C(warnings). A flavour without errors can be deployed.
  type: dict
  sample:
    errors: ["persistence.size: '5GB' is not a size; allowed: a number with Mi, Gi or Ti"]
    warnings: []
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve


def check(
    value: Any,
    root: Mapping[str, Any] | None = None,
    name: str = "redis",
    namespace: str = "redis",
    labels: Mapping[str, str] | None = None,
) -> dict[str, list[str]]:
    """Errors and warnings, a line each."""
    resolution = resolve(value, root, name=name, namespace=namespace, labels=labels)
    return {
        "errors": [str(each) for each in resolution.errors],
        "warnings": [str(each) for each in resolution.warnings],
    }


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"check": check}
