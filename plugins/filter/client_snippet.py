# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.client_snippet."""

from __future__ import annotations

DOCUMENTATION = r"""
name: client_snippet
short_description: A program that connects to an instance
version_added: 0.5.0
description:
  - Gives a whole program that connects to the instance of a flavour as its mode asks for, writes a key and reads it.
    It has a pool, time-outs and retries that last through a failover.
  - It is in Python with redis-py, for Node.js with ioredis, in Java with Jedis, or in Go with go-redis.
  - The password is never in it. The program takes it from the environment variable C(REDIS_PASSWORD), and with
    C(acl.enabled) the user's name from C(REDIS_USERNAME); in mode sentinel the sentinels then get the instance's
    password, from C(REDIS_SENTINEL_PASSWORD). With C(transitEncryption) it trusts the certificates in the file that
    C(REDIS_CA) names, by default C(/tls/ca.crt).
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
  language:
    description: The language. Without it, the programs of all languages are given.
    type: str
    choices: [python, node, java, go]
seealso:
  - module: eks.redis.instance_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Show how an application connects
  ansible.builtin.debug:
    msg: "{{ {} | eks.redis.client_snippet(name='cache', namespace='apps', language='python') }}"

- name: Keep the program for Go
  ansible.builtin.copy:
    content: "{{ flavour | eks.redis.client_snippet(name='cache', namespace='apps', language='go', root=root) }}"
    dest: main.go
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The program, or a mapping from C(python), C(node), C(java) and C(go) to it.
  type: raw
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.programs import LANGUAGES, snippets


def client_snippet(
    value: Any,
    root: Mapping[str, Any] | None = None,
    *,
    name: str,
    namespace: str,
    language: str | None = None,
) -> str | dict[str, str]:
    """The program, or all of them by language; AnsibleFilterError with a line for each error."""
    if language is not None and language not in LANGUAGES:
        raise AnsibleFilterError(f"language: {language!r} is none that is known; allowed: {', '.join(LANGUAGES)}")
    resolution = resolve(value, root, name=name, namespace=namespace)
    if resolution.instance is None:
        raise AnsibleFilterError("\n".join(map(str, resolution.errors)))
    found = snippets(resolution.instance)
    return found[language] if language else found


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"client_snippet": client_snippet}
