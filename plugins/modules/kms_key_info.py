# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.kms_key_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key_info
short_description: Tells whether volumes and backups can be encrypted with a KMS key
version_added: 0.3.0
description:
  - Reads a KMS key, and says in one line what keeps it from being used, such as its region or a pending deletion.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.reads
options:
  name:
    description:
      - ARN, ID or alias of the key.
    type: str
    required: true
seealso:
  - module: eks.redis.kms_key
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Read a key
  eks.redis.kms_key_info:
    name: alias/payments
    region: us-east-1
  register: found

- name: Refuse one that cannot be used
  ansible.builtin.assert:
    that: found.problem is none
    fail_msg: "{{ found.problem }}"
"""

RETURN = r"""
problem:
  description: Why data in the region cannot be encrypted with it, null when it can.
  returned: success
  type: str
  sample: KMS key alias/payments is disabled
key:
  description: The key, null when it is not there.
  returned: success
  type: dict
  contains:
    arn:
      description: Its ARN.
      type: str
      sample: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    key_id:
      description: Its ID.
      type: str
      sample: 1234abcd-12ab-34cd-56ef-1234567890ab
    description:
      description: What it is for.
      type: str
      sample: Redis on EKS, volumes and backups
    state:
      description: Its state as KMS calls it.
      type: str
      sample: Enabled
    symmetric:
      description: Whether it is symmetric, as EBS and S3 need it.
      type: bool
      sample: true
    managed_by:
      description: V(customer), or V(aws) for one that AWS keeps for a service, such as C(alias/aws/ebs).
      type: str
      sample: customer
    deleted_on:
      description: The day on which a key that is pending deletion goes, else null.
      type: str
      sample: "2026-12-24"
    rotation:
      description: Whether it is rotated, and the days between two rotations. Null for a key that is not symmetric.
      type: dict
      sample: {enabled: true, days: 365}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import api, transformations
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {**options.OPTIONS, "name": {"type": "str", "required": True}},
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Reads the key."""
    aws, name = options.connect(call), call.params["name"]
    wrong = transformations.problem_with_name(name, aws.region)
    if wrong:
        return {"changed": False, "key": None, "problem": wrong}
    live = api.key(aws, name)
    problem = transformations.problem(name, live, aws.region)
    if live is None:
        return {"changed": False, "key": None, "problem": problem}
    rotation = api.rotation(aws, live["arn"]) if live["symmetric"] else None
    return {"changed": False, "key": {**live, "rotation": rotation}, "problem": problem}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
