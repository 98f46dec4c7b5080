# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.check_list."""

from __future__ import annotations

DOCUMENTATION = r"""
name: check_list
short_description: All that is wrong with a list of instances
version_added: 0.1.0
description:
  - Checks the list that M(eks.redis.fleet) takes, without a cluster, and says what the module would refuse. It never
    fails; it tells.
positional: _input
options:
  _input:
    description: The instances, as in O(eks.redis.fleet#module:instances).
    type: list
    elements: dict
    required: true
  chdir:
    description: Where relative paths of files start.
    type: path
    default: ""
  strict:
    description: Whether warnings count as errors.
    type: bool
    default: false
seealso:
  - plugin: eks.redis.check
    plugin_type: filter
  - module: eks.redis.fleet
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Stop when one of the instances is not as it should be
  ansible.builtin.assert:
    that: (redis_instances | eks.redis.check_list) == []
    fail_msg: "{{ redis_instances | eks.redis.check_list | join('\n') }}"
"""

RETURN = r"""
_value:
  description: The problems of all instances, a line each; none when all can be deployed.
  type: list
  elements: str
  sample: ["apps/cache: persistence.sise: unknown key; did you mean persistence.size?"]
"""

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.eks.redis.plugins.module_utils.contract.listed import INSTANCES, misnamed, read, refused
from ansible_collections.eks.redis.plugins.plugin_utils.plain import plain


def check_list(value: Any, chdir: str = "", strict: bool = False) -> list[str]:
    """What is wrong with the instances, a line each."""
    options = ArgumentSpecValidator({"instances": INSTANCES}).validate({"instances": plain(value)})
    if options.error_messages:
        unknown = "unknown key " if isinstance(options.errors[0], UnsupportedError) else ""
        return [f"{unknown}{options.errors[0]}"]
    listed = read(options.validated_parameters["instances"], chdir)
    return [*misnamed(listed), *refused(listed, strict)]


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"check_list": check_list}
