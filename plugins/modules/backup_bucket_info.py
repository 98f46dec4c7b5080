# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.backup_bucket_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_bucket_info
short_description: Tells how an S3 bucket keeps backups
version_added: 0.3.0
description:
  - Reads a bucket, whoever made it, side by side. An audit needs no more than this.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.reads
options:
  name:
    description:
      - Name of the bucket. It must be in O(region).
    type: str
    required: true
seealso:
  - module: eks.redis.backup_bucket
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at a bucket
  eks.redis.backup_bucket_info:
    name: prod-redis-backups
    region: us-east-1
  register: found

- name: Insist on encryption with a key of our own
  ansible.builtin.assert:
    that: found.bucket.encryption.key is not none
"""

RETURN = r"""
bucket:
  description: The bucket, null when it is not there.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      sample: prod-redis-backups
    arn:
      description: Its ARN.
      type: str
      sample: arn:aws:s3:::prod-redis-backups
    region:
      description: Its region.
      type: str
      sample: us-east-1
    versioning:
      description: Whether it keeps versions.
      type: bool
      sample: true
    encryption:
      description: The default encryption. C(key) is null for a key of S3's own.
      type: dict
      sample:
        algorithm: aws:kms
        key: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
        bucket_key: true
    public_access_blocked:
      description: Whether all four ways to make it public are closed.
      type: bool
      sample: true
    ownership:
      description: Who owns its objects, as S3 calls it.
      type: str
      sample: BucketOwnerEnforced
    tls_only:
      description: Whether its policy keeps everybody out who comes without TLS.
      type: bool
      sample: true
    policy:
      description: The statements of its policy.
      type: list
      elements: dict
    lifecycle:
      description: The rules of its lifecycle.
      type: list
      elements: dict
    object_lock:
      description: How new objects are locked, null where objects cannot be locked.
      type: dict
      sample: {mode: GOVERNANCE, days: 30}
    replication:
      description: Its replication as S3 has it, null where there is none.
      type: dict
    tags:
      description: Its tags.
      type: dict
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import reads, transformations
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {**options.OPTIONS, "name": {"type": "str", "required": True}},
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Reads the bucket."""
    name = call.params["name"]
    live = reads.everything(options.connect(call), name)
    if live is None:
        return {"changed": False, "bucket": None}
    tls_only = transformations.tls_only(live["policy"], live["arn"])
    return {"changed": False, "bucket": {"name": name, **live, "tls_only": tls_only}}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
