# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter eks.redis.from_elasticache."""

from __future__ import annotations

DOCUMENTATION = r"""
name: from_elasticache
short_description: Makes a flavour of a cache at ElastiCache
version_added: 0.4.0
description:
  - Makes a flavour and a root of what M(eks.redis.replication_group_info) found, and says of every value where it comes
    from, and of what has no place in a flavour why.
  - Memory follows from what a node holds and what was used of it. Parameters become C(additionalConfig), those too in
    which ElastiCache has another default than Redis.
  - What it makes always passes P(eks.redis.check#filter).
positional: _input
options:
  _input:
    description: The result of M(eks.redis.replication_group_info), or its C(group).
    type: dict
    required: true
  bucket:
    description: The bucket of backups. Without it the flavour has their schedule and retention, and they are off.
    type: str
    default: ""
  secret:
    description:
      - The Secret that holds the password. AWS does not give tokens away, so somebody must make it, with the password
        under the key C(password). Without it C(<id>-token).
    type: str
    default: ""
seealso:
  - module: eks.redis.replication_group_info
  - plugin: eks.redis.check
    plugin_type: filter
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at a cache
  eks.redis.replication_group_info:
    replication_group_id: shop-prod
    region: us-east-1
  register: assessed

- name: Keep the flavour as a file, with a comment on each value
  ansible.builtin.copy:
    content: "{{ (assessed | eks.redis.from_elasticache(bucket='prod-redis-backups')).flavour_file }}"
    dest: shop.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The C(flavour) and the C(root); C(origins), a list of C(document), C(path), C(value) and C(origin);
    C(dropped), a list of C(what) and C(reason); C(flavour_file) and C(root_file), the text of a YAML file each.
  type: dict
  sample:
    flavour: {deployment: {mode: sentinel, config: {replica: {count: 2}}}}
    root: {version: 7.0.15}
    origins:
      - {document: root, path: version, value: 7.0.15, origin: "Redis OSS 7.1.0, of which Redis 7.0.15 reads the data"}
    dropped:
      - {what: "maintenance window sun:23:00-mon:01:30", reason: nothing is changed unless you run it}
"""

from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.exit.derive import derive
from ansible_collections.eks.redis.plugins.module_utils.exit.facts import group
from ansible_collections.eks.redis.plugins.module_utils.exit.listing import listing
from ansible_collections.eks.redis.plugins.module_utils.exit.reading import FactsError
from ansible_collections.eks.redis.plugins.module_utils.exit.report import what
from ansible_collections.eks.redis.plugins.module_utils.exit.rows import FLAVOUR, ROOT, Wanted


def from_elasticache(value: Any, bucket: str = "", secret: str = "") -> dict[str, Any]:
    """The flavour; AnsibleFilterError for something else than the module's result, or a name that cannot be."""
    try:
        known = group(value)
    except FactsError as error:
        raise AnsibleFilterError(f"eks.redis.from_elasticache: {error}") from None
    found = derive(known, Wanted(bucket, secret))
    # what is derived passes; the two names are somebody's own
    errors = resolve(found.flavour, found.root, name="redis", namespace="redis").errors
    if errors:
        raise AnsibleFilterError("\n".join(f"eks.redis.from_elasticache: {each}" for each in errors))
    return {
        "flavour": found.flavour,
        "root": found.root,
        "origins": [asdict(line) for line in found.lines],
        "dropped": [asdict(each) for each in found.dropped],
        "flavour_file": listing(found.lines, found.dropped, FLAVOUR, what(known)),
        "root_file": listing(found.lines, (), ROOT, what(known)),
    }


class FilterModule:
    """The filter for Ansible."""

    def filters(self) -> dict[str, Any]:
        """By name."""
        return {"from_elasticache": from_elasticache}
