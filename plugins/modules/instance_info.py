# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.instance_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance_info
short_description: Tells how Redis instances are doing
version_added: 0.1.0
description:
  - Lists the instances that M(eks.redis.instance) made, with their pods, volumes and endpoints, and for one that is not
    ready the reason.
  - Reads the cluster only. It needs no flavour file, and asks Redis itself nothing.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  name:
    description:
      - Only the instance of this name.
    type: str
  namespace:
    description:
      - Only instances of this namespace. Without it those of all namespaces are listed.
    type: str
attributes:
  check_mode:
    support: full
    description: It never changes anything.
  diff_mode:
    support: none
    description: It never changes anything.
  idempotent:
    support: full
    description: It never changes anything.
notes:
  - Needs the verbs C(get) and C(list). Zones are told to those who may list nodes.
seealso:
  - module: eks.redis.instance
  - module: eks.redis.operator_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at all instances of the cluster
  eks.redis.instance_info:
  register: redis

- name: Stop when an instance is not well
  eks.redis.instance_info:
    name: cache
    namespace: apps
  register: cache
  failed_when: cache.instances | map(attribute='problem') | select | length > 0
"""

RETURN = r"""
instances:
  description: The instances, by namespace and name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    namespace:
      description: Its namespace.
      type: str
    mode:
      description: Its mode, such as V(standalone).
      type: str
    image:
      description: The image of its Redis.
      type: str
    desired:
      description: How many pods it has when all is well.
      type: int
    ready:
      description: How many of them are ready.
      type: int
    endpoints:
      description: What clients in the cluster connect to, each with C(name), C(host) and C(port).
      type: list
      elements: dict
    services:
      description: Its Services, each with C(name), C(type), C(cluster_ip), C(external) and C(ports).
      type: list
      elements: dict
    pods:
      description: Its pods, each with C(name), C(node), C(zone), C(ready), C(restarts) and C(role).
      type: list
      elements: dict
    volumes:
      description: Its volumes, each with C(name), C(size), C(storage_class) and C(phase).
      type: list
      elements: dict
    problem:
      description: Why it is not ready, with the last event and log line. None for one that is.
      type: str
summary:
  description: The same for people, a line for each fact.
  returned: success
  type: list
  elements: str
  sample:
    - "apps/cache: standalone, 1 of 1 ready, quay.io/opstree/redis:v7.0.15"
    - "  connect  redis://cache.apps.svc:6379"
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, answer, mask
from ansible_collections.eks.redis.plugins.module_utils.engine.status import status, summary


def main() -> None:
    """Entry point."""
    module = AnsibleModule(
        argument_spec={**AUTH_OPTIONS, "name": {"type": "str"}, "namespace": {"type": "str"}},
        supports_check_mode=True,
    )
    mask(module)

    def work(api: Api) -> dict[str, Any]:
        instances = status(api, module.params["namespace"], module.params["name"])
        lines = [line for instance in instances for line in summary(instance)]
        return {"changed": False, "instances": instances, "summary": lines}

    answer(module, work)


if __name__ == "__main__":
    main()
