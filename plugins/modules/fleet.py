# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.fleet."""

from __future__ import annotations

DOCUMENTATION = r"""
module: fleet
short_description: Makes many Redis instances what their flavours say, or takes them away
version_added: 0.2.0
description:
  - Does for a list of instances what M(eks.redis.instance) does for one, in one process and one session, eight
    instances at a time, with one report.
  - An instance that fails does not stop the others. At the end the module fails with a line for each reason, and the
    result still holds what came of every instance.
extends_documentation_fragment:
  - eks.redis.flavour.fleet
  - eks.redis.flavour.run
  - eks.redis.kubernetes
options:
  chdir:
    description:
      - Directory in which relative paths of files in O(instances) start. Without it they start where the module runs.
    type: path
seealso:
  - module: eks.redis.instance
  - module: eks.redis.instance_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Deploy the instances of a team
  eks.redis.fleet:
    instances:
      - name: cache
        namespace: apps
        flavour: {}
      - name: sessions
        namespace: shop
        flavour_file: flavours/sessions.json
        root_file: flavours/root.yml

- name: Take them away and keep their volumes and passwords
  eks.redis.fleet:
    instances:
      - {name: cache, namespace: apps}
      - {name: sessions, namespace: shop}
    state: absent
"""

RETURN = r"""
instances:
  description: What came of each instance, or in check mode would, in the order of O(instances).
  returned: always, except for an error found beforehand
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    namespace:
      description: Its namespace.
      type: str
    changed:
      description: Whether it changed.
      type: bool
    failed:
      description: Whether it failed.
      type: bool
    msg:
      description: Why it failed, when it did; a line for each reason.
      type: str
    warnings:
      description: What a person should know of, a line each.
      type: list
      elements: str
    objects:
      description: As C(objects) of M(eks.redis.instance).
      type: list
      elements: dict
    counts:
      description: How many objects are V(created), V(changed), V(deleted) and V(unchanged).
      type: dict
    summary:
      description: The changes for people, as of M(eks.redis.instance).
      type: list
      elements: str
    endpoints:
      description: What clients connect to, each with C(name), C(host) and C(port). For O(state=present).
      type: list
      elements: dict
    services:
      description: Names of the Services for clients. For O(state=present).
      type: list
      elements: str
    pods:
      description: Names of the pods. For O(state=present).
      type: list
      elements: str
    kept:
      description: What holds data and was left. For O(state=absent).
      type: list
      elements: str
counts:
  description:
    - How many objects are V(created), V(changed), V(deleted) and V(unchanged), of all instances. A namespace that
      several of them share counts once.
  returned: always, except for an error found beforehand
  type: dict
  sample: {created: 0, changed: 2, deleted: 0, unchanged: 12}
summary:
  description:
    - The same for people, a line for each instance with what its changes mean for pods and volumes, then the totals.
  returned: always, except for an error found beforehand
  type: list
  elements: str
  sample:
    - "apps/cache     changed    2 changed, 1 unchanged; grows 1 volume from 10Gi to 20Gi"
    - "shop/sessions  unchanged"
    - "2 instances: 1 changed, 1 unchanged; objects: 0 created, 2 changed, 0 deleted, 12 unchanged"
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.contract.listed import (
    INSTANCES,
    Listed,
    misnamed,
    read,
    refused,
)
from ansible_collections.eks.redis.plugins.module_utils.contract.options import RUN, STRICT
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import Refused
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.fleet import Member, run
from ansible_collections.eks.redis.plugins.module_utils.engine.instance import present
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.remove import absent

SPEC: dict[str, Any] = {
    "argument_spec": {"instances": INSTANCES, "chdir": {"type": "path"}, **STRICT, **RUN, **AUTH_OPTIONS},
    "supports_check_mode": True,
    "no_log": True,
}


def work(call: Call) -> dict[str, Any]:
    """Does for all instances what is asked for; the result."""
    params = call.params
    listed = read(params["instances"], params["chdir"] or "")
    for one in listed:
        call.mask(one.secrets)
    resolved = params["state"] == "present"  # what goes needs no flavour
    problems = [*misnamed(listed), *(refused(listed, params["strict"]) if resolved else ())]
    if problems:
        raise Refused(problems)
    for one in listed if resolved else ():
        call.warnings += (f"{one}: {warning}" for warning in one.resolution.warnings)
    return run(call.connect(), [Member(one.namespace, one.name, _member(call, one)) for one in listed])


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


def _member(call: Call, one: Listed) -> Callable[[Api], dict[str, Any]]:
    params = call.params
    common: dict[str, Any] = {
        "check": call.check,
        "with_diff": call.diff,
        "timeout": params["timeout"] if params["wait"] else None,
    }
    if params["state"] == "absent":
        return partial(absent, name=one.name, namespace=one.namespace, delete_data=params["delete_data"], **common)
    # nothing was refused, so there is one
    instance = cast(Instance, one.resolution.instance)
    return partial(present, instance=instance, force=params["force"], **common)


if __name__ == "__main__":
    main()
