# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.backup_bucket."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_bucket
short_description: Makes the S3 bucket that keeps backups
version_added: 0.3.0
description:
  - Makes a bucket that keeps versions, encrypts, is closed to the public, belongs to its account alone, and takes TLS
    only. Replication, object lock, and a way back from an overwritten backup need the versions, so that there is no
    option to go without.
  - Statements of the bucket's policy whose Sid begins with C(EksRedis), and rules of its lifecycle whose ID begins with
    C(eks-redis-), are this module's. Those of others stay as they are.
  - With O(state=absent) a bucket goes that is empty and was made by this module for O(cluster_name). One that holds
    anything is refused, and never emptied.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
  - eks.redis.aws.tags
options:
  name:
    description:
      - Name of the bucket; all accounts share the names. Without it C(eks-redis-<cluster>-<region>-<account>).
    type: str
  kms_key:
    description:
      - KMS key by which objects are encrypted, as ARN, ID or alias in O(region), with a bucket key. Without it S3 uses
        keys of its own.
    type: str
  policy_statements:
    description:
      - More statements for the bucket's policy, each with a C(Sid), before which C(EksRedis) is put. One without
        C(Resource) is about the bucket and its objects.
    type: list
    elements: dict
    default: []
  lifecycle:
    description:
      - How objects age.
    type: dict
    default: {}
    suboptions:
      transitions:
        description:
          - When objects move to other storage classes, in the order of the days.
        type: list
        elements: dict
        default: []
        suboptions:
          days:
            description:
              - Age of the object, at least 30 for V(STANDARD_IA) and V(ONEZONE_IA), where they stay for another 30.
            type: int
            required: true
          storage_class:
            description:
              - The class. From V(GLACIER) and V(DEEP_ARCHIVE) a backup must be fetched for hours before a restore.
            type: str
            required: true
            choices: [STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
      expiration_days:
        description:
          - Age at which objects are deleted. Without it they are kept, and only a backup's retention deletes.
        type: int
      noncurrent_days:
        description:
          - Days that an overwritten or deleted object can still be had back.
        type: int
        default: 30
      abort_multipart_days:
        description:
          - Days after which an unfinished upload is deleted.
        type: int
        default: 7
  object_lock:
    description:
      - Keeps new objects from being overwritten or deleted for a while. S3 can start this on a bucket that is there,
        and never end it. Without this option the bucket's object lock stays as it is.
    type: dict
    suboptions:
      mode:
        description:
          - With V(GOVERNANCE), who has C(s3:BypassGovernanceRetention) can delete. With V(COMPLIANCE) nobody can.
        type: str
        required: true
        choices: [GOVERNANCE, COMPLIANCE]
      days:
        description:
          - How long.
        type: int
        required: true
  replication:
    description:
      - Copies what is written to another bucket of the account, usually in another region. The IAM role for it is made,
        C(<name>-replication). Deletions are not copied. Without this option the module's replication and role go.
    type: dict
    suboptions:
      bucket:
        description:
          - The bucket for the copies. It must be there and keep versions.
        type: str
        required: true
      prefix:
        description:
          - Beginning of the names of what is copied.
        type: str
        default: ""
      storage_class:
        description:
          - Storage class of the copies, else that of the originals.
        type: str
        choices: [STANDARD, STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE]
      kms_key:
        description:
          - ARN of the KMS key for the copies, in their region. Needed with O(kms_key).
        type: str
  cluster_name:
    description:
      - Name of the EKS cluster, for the tags.
    type: str
    required: true
  adopt:
    description:
      - Makes a bucket, and a role of its replication, that others made ones of eks.redis.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: eks.redis.backup_bucket_info
  - module: eks.redis.kms_key
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Make the bucket of a cluster
  eks.redis.backup_bucket:
    name: prod-redis-backups
    cluster_name: prod
    kms_key: alias/eks-redis-prod
    lifecycle:
      transitions:
        - {days: 30, storage_class: GLACIER_IR}
      expiration_days: 365
    region: us-east-1

- name: Copy it to another region
  eks.redis.backup_bucket:
    name: prod-redis-backups
    cluster_name: prod
    replication:
      bucket: prod-redis-backups-west
      storage_class: STANDARD_IA
    region: us-east-1
"""

RETURN = r"""
name:
  description: Name of the bucket.
  returned: success
  type: str
  sample: prod-redis-backups
arn:
  description: ARN of the bucket, also in check mode.
  returned: success
  type: str
  sample: arn:aws:s3:::prod-redis-backups
bucket:
  description:
    - The bucket with its sides as M(eks.redis.backup_bucket_info) tells them, null when it is not there. In check mode
      what is known of it.
    - C(policy), C(lifecycle) and C(replication) are what this module made; what others made is in C(policy_of_others),
      C(lifecycle_of_others) and C(replication_of_others).
  returned: success
  type: dict
replication_role:
  description: The IAM role of the replication, C(arn) and C(change). Null where nothing is replicated.
  returned: success
  type: dict
change:
  description: What was done to the bucket, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: S3 bucket
    name: prod-redis-backups
    action: change
    fields: [encryption, public_access_blocked]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.s3 import options as s3
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.backup import reconcile_bucket
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "name": {"type": "str"},
        "kms_key": {"type": "str", "no_log": False},
        "policy_statements": {"type": "list", "elements": "dict", "default": []},
        "lifecycle": {"type": "dict", "default": {}, "options": s3.LIFECYCLE},
        "object_lock": {"type": "dict", "options": s3.OBJECT_LOCK},
        "replication": {"type": "dict", "options": s3.REPLICATION},
        "cluster_name": {"type": "str", "required": True},
        "adopt": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the bucket to its state."""
    aws = options.connect(call)
    done = reconcile_bucket(aws, call.params, check=call.check, warn=call.warnings.append)
    said = done.bucket.result(call.diff)
    role = None
    if done.role and (done.role.live or done.role.changed):
        of_role = done.role.result(call.diff)
        role = {"arn": f"arn:{aws.partition}:iam::{aws.account}:role/{done.role.name}", "change": of_role["change"]}
        said["changed"] = said["changed"] or of_role["changed"]
        if call.diff and done.role.changed:
            said["diff"] += of_role["diff"]
    name = done.bucket.name
    known = {"name": name, "arn": f"arn:{aws.partition}:s3:::{name}"}
    return {**known, "bucket": done.bucket.live, "replication_role": role, **said}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
