# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.operator_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: operator_info
short_description: Tells which redis operators a cluster has, and waits for them
version_added: 0.1.0
description:
  - Finds the Opstree redis operators of a cluster, however they were installed, and tells whether the cluster serves
    their custom resources.
  - With O(wait) it ends when the CRDs are Established and the operators are available, hold the lease that lets them
    work, and have taken over the instances of an operator that was there before them.
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.kubernetes.reads
options:
  namespace:
    description:
      - With O(wait), the namespace of the operator to wait for. Without it all operators are waited for.
    type: str
  wait:
    description:
      - Whether to wait for the CRDs and for the operators. Nothing is waited for in check mode.
    type: bool
    default: false
  timeout:
    description:
      - How long to wait, in seconds. When the time is up, the message says what is missing and why.
    type: int
    default: 300
notes:
  - Needs the verb C(list) on Deployments in all namespaces. Without it on StatefulSets, nothing is known of instances
    that are still to be taken over; without C(list) on the Pods and C(get) on the Leases of the operator's namespace,
    its lease is not waited for.
seealso:
  - module: eks.redis.operator
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look for operators
  eks.redis.operator_info:
  register: redis_operator

- name: Wait until the operator is available
  eks.redis.operator_info:
    namespace: redis-operator
    wait: true
    timeout: 120
"""

RETURN = r"""
crds:
  description: Whether the cluster serves a kind, which it does as soon as its CRD is Established.
  returned: success
  type: dict
  sample:
    Redis: true
    RedisReplication: true
    RedisSentinel: true
    RedisCluster: true
operators:
  description: The operators, by namespace and name.
  returned: success
  type: list
  elements: dict
  contains:
    namespace:
      description: Its namespace.
      type: str
    name:
      description: The name of its Deployment.
      type: str
    image:
      description: Its image.
      type: str
    version:
      description: The version that the tag of its image tells. None for a digest or another tag.
      type: str
    supported:
      description: False for a version older than 0.22.0.
      type: bool
    gate:
      description: Whether the feature gate GenerateConfigInInitContainer is on, which eks.redis needs.
      type: bool
    watch_namespaces:
      description: The namespaces it looks after, an empty list for all.
      type: list
      elements: str
    available:
      description: Whether its Deployment is rolled out and available.
      type: bool
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.operator_status import await_operator, operator_status

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "namespace": {"type": "str"},
        "wait": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 300},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """The state of the operators, once they are ready if that is asked for."""
    given, api = call.params, call.connect()
    if given["wait"] and not call.check:
        await_operator(api, given["namespace"], given["timeout"])
    return {"changed": False, **operator_status(api)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
