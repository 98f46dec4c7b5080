# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.auth_secret_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: auth_secret_info
short_description: Tells whether a secret of AWS Secrets Manager can give a password to Redis
version_added: 0.5.0
description:
  - Reads what is known of a secret, never its value, and says in one line what keeps it from being read, such as a
    scheduled deletion.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.reads
options:
  name:
    description:
      - Name or ARN of the secret.
    type: str
    required: true
seealso:
  - module: eks.redis.auth_secret
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at the password of an instance
  eks.redis.auth_secret_info:
    name: eks-redis/prod/apps/cache
    region: us-east-1
  register: found

- name: Refuse one that cannot be read
  ansible.builtin.assert:
    that: found.problem is none
    fail_msg: "{{ found.problem }}"
"""

RETURN = r"""
problem:
  description: Why no password can be read from it, null when one can.
  returned: success
  type: str
  sample: AWS secret eks-redis/prod/apps/cache has no value; eks.redis.auth_secret puts a password into it
secret:
  description: The secret, null when it is not there.
  returned: success
  type: dict
  contains:
    arn:
      description: Its ARN.
      type: str
      sample: arn:aws:secretsmanager:us-east-1:123456789012:secret:eks-redis/prod/apps/cache-a1b2c3
    name:
      description: Its name.
      type: str
      sample: eks-redis/prod/apps/cache
    description:
      description: What it is for.
      type: str
      sample: Password of Redis on EKS
    kms_key:
      description: The key that encrypts it, null for the one that AWS manages.
      type: str
    version_id:
      description: The version that is read, null without a value.
      type: str
      sample: 5d7f0d3c-2a4e-4f6b-9d3a-0c1e2f3a4b5c
    rotation:
      description: Whether Secrets Manager rotates it by itself, and the days between two rotations where they are set.
      type: dict
      sample: {enabled: false, days: null}
    last_changed:
      description: When it, or what is said of it, was changed last.
      type: str
      sample: "2026-11-24T09:30:00+00:00"
    deleted_on:
      description: The day on which a secret that is scheduled for deletion goes, else null.
      type: str
      sample: "2026-12-24"
    tags:
      description: Its tags.
      type: dict
      sample: {eks.redis/cluster: prod}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager import api, transformations
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {**options.OPTIONS, "name": {"type": "str", "required": True}},
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Reads what is known of the secret."""
    aws, name = options.connect(call), call.params["name"]
    live = api.secret(aws, name)
    return {"changed": False, "secret": live, "problem": transformations.problem(name, live, aws.region)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
