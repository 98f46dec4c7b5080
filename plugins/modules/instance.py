# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.instance."""

from __future__ import annotations

DOCUMENTATION = r"""
module: instance
short_description: Makes a Redis instance what its flavour says, or takes it away
version_added: 0.1.0
description:
  - Checks a flavour, renders its Kubernetes objects and applies all of them in one call with server-side apply, as
    field manager C(eks.redis). Then it waits until the instance is proven to work by its own answers.
  - Everything that can be known beforehand is checked before anything is changed. All problems are told at once, a
    line each.
  - Only fields that the collection sends count as a change. What the operator adds to an object never does.
  - Objects that the flavour no longer asks for are deleted. Volumes and Secrets never are, unless O(delete_data) is
    set.
extends_documentation_fragment:
  - eks.redis.flavour
  - eks.redis.flavour.run
  - eks.redis.kubernetes
seealso:
  - module: eks.redis.instance_info
  - module: eks.redis.operator
  - module: eks.redis.render
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Deploy the smallest instance
  eks.redis.instance:
    name: cache
    namespace: apps
    flavour: {}

- name: Deploy from the files of a team, with a password
  eks.redis.instance:
    name: sessions
    namespace: shop
    flavour_file: flavours/sessions.json
    root:
      version: 7.0.15
      authentication:
        enabled: true
        authToken: "{{ sessions_password }}"

- name: Take an instance away and keep its volumes and its password
  eks.redis.instance:
    name: cache
    namespace: apps
    state: absent

- name: Take an instance away with everything that is in it
  eks.redis.instance:
    name: cache
    namespace: apps
    state: absent
    delete_data: true
"""

RETURN = r"""
objects:
  description: What happened, or in check mode would happen, to each object.
  returned: always, except for an error found beforehand
  type: list
  elements: dict
  contains:
    kind:
      description: Its kind.
      type: str
    namespace:
      description: Its namespace, none for a Namespace.
      type: str
    name:
      description: Its name.
      type: str
    change:
      description: V(created), V(changed), V(unchanged) or V(deleted).
      type: str
    fields:
      description:
        - Of a changed object, the fields that change, by their paths. Values are never among them.
        - Of the additional C(redis.conf) the directives are named. A list that gets longer or shorter is one field.
      type: list
      elements: str
    effects:
      description:
        - What that means for pods and volumes, a clause each. Empty where nothing but the object itself changes.
      type: list
      elements: str
  sample:
    - kind: ConfigMap
      namespace: apps
      name: cache-config
      change: changed
      fields: ["data[redis-additional.conf]: maxmemory-policy"]
      effects: []
    - kind: RedisReplication
      namespace: apps
      name: cache
      change: changed
      fields:
        - "metadata.annotations[checksum/config]"
        - spec.storage.volumeClaimTemplate.spec.resources.requests.storage
      effects:
        - grows 3 volumes from 10Gi to 20Gi
        - "rolls 3 pods one by one: replicas first, the master last, after a planned failover"
counts:
  description: How many objects are V(created), V(changed), V(deleted) and V(unchanged).
  returned: always, except for an error found beforehand
  type: dict
  sample: {created: 0, changed: 2, deleted: 0, unchanged: 7}
endpoints:
  description: What clients connect to.
  returned: for O(state=present)
  type: list
  elements: dict
  sample:
    - name: redis
      host: cache.apps.svc
      port: 6379
services:
  description: Names of the Services for clients.
  returned: for O(state=present)
  type: list
  elements: str
  sample: [cache]
pods:
  description: Names of the pods.
  returned: for O(state=present)
  type: list
  elements: str
  sample: [cache-0]
flavour:
  description: The flavour in its canonical spelling, with every default.
  returned: for O(state=present)
  type: dict
summary:
  description: The changes for people, with their first four fields, and how to connect, a line for each fact.
  returned: always, except for an error found beforehand
  type: list
  elements: str
  sample:
    - "created: ConfigMap apps/cache-config"
    - "created: Redis apps/cache: creates 1 pod with 1 volume of 10Gi"
    - "connect: redis://cache.apps.svc:6379"
kept:
  description: What holds data and was left.
  returned: for O(state=absent)
  type: list
  elements: str
  sample: [PersistentVolumeClaim apps/cache-cache-0, Secret apps/cache-auth]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.contract.options import (
    MUTUALLY_EXCLUSIVE,
    OPTIONS,
    RUN,
    load,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.instance import present
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.remove import absent

SPEC: dict[str, Any] = {
    "argument_spec": {**OPTIONS, **RUN, **AUTH_OPTIONS},
    "mutually_exclusive": MUTUALLY_EXCLUSIVE,
    "supports_check_mode": True,
    "no_log": True,
}


def work(call: Call) -> dict[str, Any]:
    """Makes the instance as its flavour says, or takes it away; the result."""
    given = call.params
    common: dict[str, Any] = {
        "check": call.check,
        "with_diff": call.diff,
        "timeout": given["timeout"] if given["wait"] else None,
    }
    resolution, secrets = load(given)
    call.mask(secrets)
    if given["state"] == "absent":
        return absent(call.connect(), given["name"], given["namespace"], delete_data=given["delete_data"], **common)
    instance = resolution.accepted(given["strict"])
    call.warnings += map(str, resolution.warnings)
    return present(call.connect(), instance, force=given["force"], **common)


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
