# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.pod_identity."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pod_identity
short_description: Gives the pods of a ServiceAccount an IAM role by EKS Pod Identity
version_added: 0.3.0
description:
  - Makes, updates or takes away the EKS Pod Identity association of one ServiceAccount. EKS allows one for each.
  - Pods get the role when they start after it. The cluster's nodes need the add-on C(eks-pod-identity-agent), which EKS
    Auto Mode brings.
  - The namespace and the ServiceAccount need not be there yet.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
  - eks.redis.aws.tags
options:
  cluster_name:
    description:
      - Name of the EKS cluster.
    type: str
    required: true
  namespace:
    description:
      - Namespace of the ServiceAccount.
    type: str
    required: true
  service_account:
    description:
      - Name of the ServiceAccount.
    type: str
    required: true
  role_arn:
    description:
      - ARN of the IAM role, which must trust C(pods.eks.amazonaws.com). Needed for O(state=present).
    type: str
  adopt:
    description:
      - Takes over an association that others made.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there. V(absent) takes away only what this module made.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: eks.redis.eks_addon
  - module: eks.redis.service_account_role
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Let the backups of an instance have their role
  eks.redis.pod_identity:
    cluster_name: prod
    region: us-east-1
    namespace: apps
    service_account: cache-backup
    role_arn: "{{ backup_role.arn }}"
"""

RETURN = r"""
id:
  description: ID of the association, null before it is made.
  returned: success
  type: str
  sample: a-9njjin9gfghecgocd
arn:
  description: ARN of the association, null before it is made.
  returned: success
  type: str
  sample: arn:aws:eks:us-east-1:123456789012:podidentityassociation/prod/a-9njjin9gfghecgocd
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: EKS Pod Identity association
    name: prod/apps/cache-backup
    action: create
    fields: []
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.eks.association import reconcile_association
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "cluster_name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "service_account": {"type": "str", "required": True},
        "role_arn": {"type": "str"},
        "adopt": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the association to its state."""
    change = reconcile_association(options.connect(call), call.params, check=call.check)
    live = change.live or {}
    return {"id": live.get("id"), "arn": live.get("arn"), **change.result(call.diff)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
