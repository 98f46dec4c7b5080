# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.manifests."""

from __future__ import annotations

DOCUMENTATION = r"""
name: manifests
short_description: The Kubernetes objects of a flavour
version_added: 0.1.0
description:
  - Renders a flavour to the objects that M(eks.redis.instance) applies, in the same order. Same input, same list.
  - With C(authentication.authToken) one of them is the Secret, so treat the list as a secret then.
  - Fails with one line for each error.
positional: _input
extends_documentation_fragment:
  - eks.redis.flavour.filtered
options:
  name:
    description: Name of the instance.
    type: str
    required: true
  namespace:
    description: Namespace of the instance.
    type: str
    required: true
  labels:
    description: Labels of your own for all objects.
    type: dict
    default: {}
seealso:
  - module: eks.redis.render
  - module: eks.redis.instance
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Name the objects of an instance
  ansible.builtin.debug:
    msg: "{{ {} | eks.redis.manifests(name='cache', namespace='apps') | map(attribute='kind') }}"
"""

RETURN = r"""
_value:
  description: The objects, the Namespace first and the custom resources last.
  type: list
  elements: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology import render


def manifests(
    value: Any,
    root: Mapping[str, Any] | None = None,
    *,
    name: str,
    namespace: str,
    labels: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The objects; AnsibleFilterError with a line for each error."""
    resolution = resolve(value, root, name=name, namespace=namespace, labels=labels)
    if resolution.instance is None:
        raise AnsibleFilterError("\n".join(map(str, resolution.errors)))
    return render.manifests(resolution.instance)


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"manifests": manifests}
