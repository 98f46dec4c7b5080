# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.service_account."""

from __future__ import annotations

DOCUMENTATION = r"""
module: service_account
short_description: Makes the ServiceAccount that gives pods an IAM role
version_added: 0.3.0
description:
  - Makes a ServiceAccount with the annotation by which EKS gives its pods an IAM role (IRSA), and its namespace where
    that is missing. Without O(role_arn) it has no annotation, as EKS Pod Identity needs none.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  name:
    description:
      - Name of the ServiceAccount.
    type: str
    required: true
  namespace:
    description:
      - Its namespace.
    type: str
    required: true
  role_arn:
    description:
      - ARN of the role, as M(eks.redis.service_account_role) tells it.
    type: str
  force:
    description:
      - Takes over fields that another field manager owns. Without it such a conflict is an error that names the other.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there. V(absent) takes away only what this module made, leaves the namespace, and refuses
        while pods use the ServiceAccount.
    type: str
    choices: [present, absent]
    default: present
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
seealso:
  - module: eks.redis.service_account_role
  - module: eks.redis.pod_identity
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Give the backups of an instance their role
  eks.redis.service_account:
    name: cache-backup
    namespace: apps
    role_arn: arn:aws:iam::123456789012:role/eks-redis-prod-apps-cache-backup
"""

RETURN = r"""
objects:
  description: What was done to each object, or in check mode would be.
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: ServiceAccount, namespace: apps, name: cache-backup, change: created, fields: [], effects: []}
counts:
  description: How many objects were created, changed, deleted and left as they are.
  returned: success
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 1}
summary:
  description: The changes as lines for people.
  returned: success
  type: list
  elements: str
  sample: ["created: ServiceAccount apps/cache-backup"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell_result
from ansible_collections.eks.redis.plugins.module_utils.engine.service_account import absent, present

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "role_arn": {"type": "str"},
        "force": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the ServiceAccount to its state."""
    given, api = call.params, call.connect()
    if given["state"] == "absent":
        outcome = absent(api, given["namespace"], given["name"], check=call.check, with_diff=call.diff)
    else:
        outcome = present(api, given, check=call.check, with_diff=call.diff)
    tell_result(outcome, predicted=call.check)
    return outcome


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
