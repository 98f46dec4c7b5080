# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.flavour."""

from __future__ import annotations

DOCUMENTATION = r"""
name: flavour
short_description: A flavour with every field filled in
version_added: 0.1.0
description:
  - Reads a flavour in any of its spellings and gives it in the canonical one, with all defaults.
  - Fails with one line for each error.
positional: _input
extends_documentation_fragment:
  - eks.redis.flavour.filtered
seealso:
  - plugin: eks.redis.check
    plugin_type: filter
  - plugin: eks.redis.manifests
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Show what a flavour means
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'minimal.json') | from_json | eks.redis.flavour }}"
"""

RETURN = r"""
_value:
  description: The flavour in its canonical spelling.
  type: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve


def flavour(value: Any, root: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The canonical flavour; AnsibleFilterError with a line for each error."""
    resolution = resolve(value, root, name="redis", namespace="redis")
    if resolution.instance is None:
        raise AnsibleFilterError("\n".join(map(str, resolution.errors)))
    return resolution.instance.as_dict()


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"flavour": flavour}
