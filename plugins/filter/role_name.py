# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.role_name."""

from __future__ import annotations

DOCUMENTATION = r"""
name: role_name
short_description: The name that the IAM role of a ServiceAccount has
version_added: 0.3.0
description:
  - The name that M(eks.redis.service_account_role) gives a role when it is told none. Key policies can name the role
    before it is there.
positional: namespace, service_account
options:
  _input:
    description: Name of the EKS cluster.
    type: str
    required: true
  namespace:
    description: Namespace of the ServiceAccount.
    type: str
    required: true
  service_account:
    description: Name of the ServiceAccount.
    type: str
    required: true
seealso:
  - module: eks.redis.service_account_role
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Say which role the backups will have
  ansible.builtin.debug:
    msg: "{{ 'prod' | eks.redis.role_name('apps', 'cache-backup') }}"
"""

RETURN = r"""
_value:
  description: The name, 64 characters at most.
  type: str
  sample: eks-redis-prod-apps-cache-backup
"""

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.iam import names


def role_name(value: str, namespace: str, service_account: str) -> str:
    """The name."""
    return names.role_name(str(value), str(namespace), str(service_account))


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"role_name": role_name}
