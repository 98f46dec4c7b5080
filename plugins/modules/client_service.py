# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.client_service."""

from __future__ import annotations

DOCUMENTATION = r"""
module: client_service
short_description: Gives applications one name for their Redis, before and after a move
version_added: 0.4.0
description:
  - Makes a Service that leads to a cache outside of the cluster, such as one at ElastiCache. Applications are pointed
    at it long before they move; the move itself is then a change of this Service, and theirs is none.
  - Where the cache has a DNS name, the Service is an alias of it (C(ExternalName)). Where it is named by IP addresses,
    an EndpointSlice holds them.
  - M(eks.redis.migration) switches it, with everything in between that keeps data whole. With O(state=instance) it is
    switched here, which is right only where nobody writes.
  - The Service never leads nowhere. What it is to lead to is there before it is let go of what it led to.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  name:
    description:
      - Name of the instance that the applications move to. It need not be there yet.
    type: str
    required: true
  namespace:
    description:
      - Its namespace, where the Service is, too.
    type: str
    required: true
  service:
    description:
      - Name of the Service. It may be none that the instance itself has, or could have.
    type: str
    required: true
  state:
    description:
      - V(cache) leads to O(addresses), V(instance) to the pods of the instance that take writes, after a failover too.
      - V(absent) takes the Service away. One that this module did not make is never touched.
    type: str
    choices: [cache, instance, absent]
    default: cache
  addresses:
    description:
      - Where the cache is, each as C(HOST:PORT); an IPv6 address in brackets. Either one DNS name, the primary endpoint
        or the configuration endpoint, or IP addresses. Needed for O(state=cache).
      - The Service has the same port, also when it leads to the instance.
    type: list
    elements: str
  force:
    description:
      - For O(state=cache), leads a Service that leads to the instance back. What has been written to the instance stays
        there.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    description: Predicts exactly what a run would do. Sends reads and server-side dry runs only.
  diff_mode:
    support: full
    description: Shows the fields that the module sets.
  idempotent:
    support: full
    description: A second run changes nothing.
notes:
  - A certificate of ElastiCache does not know the name of the Service. Clients that use TLS and check names do not
    connect by it.
  - Clients of a cluster use the Service only to find the nodes when they start. They have to be restarted after a
    switch.
  - Needs the verbs C(get), C(create), C(patch) and C(delete) of C(services) and of C(endpointslices) of
    C(discovery.k8s.io), C(list) of the latter, C(delete) of C(endpoints), C(get) of C(configmaps) and of the operator's
    kinds, and C(list) of C(pods). Kubernetes' own role C(edit) has those of C(endpointslices) only for reading.
seealso:
  - module: eks.redis.migration
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Give applications a name for the cache that will last
  eks.redis.client_service:
    name: shop
    namespace: shop
    service: redis
    addresses: [shop-prod.abc123.ng.0001.use1.cache.amazonaws.com:6379]

- name: Lead them to the instance, now that it is restored from the cache's snapshot and nobody writes
  eks.redis.client_service:
    name: shop
    namespace: shop
    service: redis
    state: instance
"""

RETURN = r"""
leads_to:
  description: V(cache) or V(instance), empty for O(state=absent).
  returned: success
  type: str
  sample: cache
where:
  description: Where exactly. In check mode as O(state).
  returned: success
  type: str
  sample: shop-prod.abc123.ng.0001.use1.cache.amazonaws.com:6379
objects:
  description: What was done to each object, or in check mode would be.
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: Service, namespace: shop, name: redis, change: created, fields: [], effects: []}
counts:
  description: How many objects were created, changed, deleted and left as they are.
  returned: success
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 0}
summary:
  description: The changes as lines for people.
  returned: success
  type: list
  elements: str
  sample: ["created: Service shop/redis"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.addresses import addresses
from ansible_collections.eks.redis.plugins.module_utils.engine.client_service import bring
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell_result

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "service": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["cache", "instance", "absent"], "default": "cache"},
        "addresses": {"type": "list", "elements": "str"},
        "force": {"type": "bool", "default": False},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Leads the Service there."""
    given = dict(call.params)
    if given["state"] == "cache":
        given["addresses"] = addresses("addresses", given["addresses"] or ())
    outcome = bring(call.connect(), given, check=call.check, with_diff=call.diff)
    tell_result(outcome, predicted=call.check)
    return outcome


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
