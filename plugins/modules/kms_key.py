# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.kms_key."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_key
short_description: Makes the KMS key of Redis's volumes and backups
version_added: 0.3.0
description:
  - Makes a symmetric KMS key with an alias, a key policy of least privilege, and yearly rotation.
  - The key policy lets the account's IAM policies decide who administers the key, who however cannot use it. It lets
    O(volume_roles) encrypt volumes, through EBS only, O(backup_roles) write and read backups, and O(backup_readers)
    read them, through S3 only. All need the same permissions in their own IAM policies.
  - A key that is disabled or pending deletion is refused, with the command that changes that.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
  - eks.redis.aws.tags
options:
  alias:
    description:
      - Alias of the key, by which it is found again. Without it C(alias/eks-redis-<cluster>).
    type: str
  description:
    description:
      - What the key is for.
    type: str
    default: Redis on EKS, volumes and backups
  rotation:
    description:
      - Whether KMS makes new key material by itself, once in each O(rotation_period). What older material encrypted can
        still be read.
    type: bool
    default: true
  rotation_period:
    description:
      - Days between rotations, 90 to 2560.
    type: int
    default: 365
  volume_roles:
    description:
      - ARNs of the IAM roles that make and attach volumes, that is the EBS CSI driver's. C(*) and C(?) stand for any
        characters. They need not exist yet.
    type: list
    elements: str
    default: []
  backup_roles:
    description:
      - ARNs of the IAM roles that write or read backups, among them that of the bucket's replication. C(*) and C(?)
        stand for any characters. They need not exist yet.
    type: list
    elements: str
    default: []
  backup_readers:
    description:
      - ARNs of the IAM roles and users that read backups and write none, such as people who look at them with
        M(eks.redis.backup_info) or restore from them. C(*) and C(?) stand for any characters.
    type: list
    elements: str
    default: []
    version_added: 0.4.0
  administrators:
    description:
      - ARNs of the roles and users that administer the key. They must exist, and who runs this must be among them.
        An empty list leaves it to the account's IAM policies.
    type: list
    elements: str
    default: []
  policy:
    description:
      - A key policy of your own, in place of the one that is made of O(administrators), O(volume_roles),
        O(backup_roles) and O(backup_readers).
    type: dict
  cluster_name:
    description:
      - Name of the EKS cluster, for the tags.
    type: str
    required: true
  adopt:
    description:
      - Makes a key that others made, and that has this alias, one of eks.redis. Its key policy is replaced.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there.
      - With V(absent) nothing happens unless O(delete_key) is set.
    type: str
    choices: [present, absent]
    default: present
  delete_key:
    description:
      - With O(state=absent), schedules the deletion of the key. Volumes and backups that are encrypted with it are lost
        for ever once it is gone.
    type: bool
    default: false
  pending_window:
    description:
      - Days until a key whose deletion is scheduled goes, 7 to 30. Until then the deletion can be cancelled.
    type: int
    default: 30
seealso:
  - module: eks.redis.kms_key_info
  - module: eks.redis.backup_bucket
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Make the key of a cluster
  eks.redis.kms_key:
    alias: alias/eks-redis-prod
    cluster_name: prod
    volume_roles: ["arn:aws:iam::123456789012:role/prod-ebs-csi"]
    backup_roles: ["arn:aws:iam::123456789012:role/prod-redis-backup"]
    region: us-east-1

- name: Schedule its deletion
  eks.redis.kms_key:
    alias: alias/eks-redis-prod
    cluster_name: prod
    state: absent
    delete_key: true
    region: us-east-1
"""

RETURN = r"""
arn:
  description: ARN of the key. One that check mode says would be made has a number of zeros, which
    M(eks.redis.backup_bucket) takes in check mode.
  returned: success
  type: str
  sample: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
key_id:
  description: ID of the key, zeros for one that check mode says would be made.
  returned: success
  type: str
  sample: 1234abcd-12ab-34cd-56ef-1234567890ab
alias:
  description: Its alias.
  returned: success
  type: str
  sample: alias/eks-redis-prod
state:
  description: The state of the key as KMS calls it, null when there is none.
  returned: success
  type: str
  sample: Enabled
rotation:
  description: Whether it is rotated, and the days between two rotations; null when there is no key.
  returned: success
  type: dict
  sample: {enabled: true, days: 365}
policy:
  description: The key policy, null when there is no key.
  returned: success
  type: dict
msg:
  description: Why a key that was to be absent stays.
  returned: when O(state=absent), and the key stays
  type: str
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: KMS key
    name: alias/eks-redis-prod
    action: change
    fields: [rotation]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.cluster_key import reconcile_key, why_it_stays
from ansible_collections.eks.redis.plugins.module_utils.aws.kms.transformations import to_come
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "alias": {"type": "str"},
        "description": {"type": "str", "default": "Redis on EKS, volumes and backups"},
        "rotation": {"type": "bool", "default": True},
        "rotation_period": {"type": "int", "default": 365},
        "volume_roles": {"type": "list", "elements": "str", "default": []},
        "backup_roles": {"type": "list", "elements": "str", "default": []},
        "backup_readers": {"type": "list", "elements": "str", "default": []},
        "administrators": {"type": "list", "elements": "str", "default": []},
        "policy": {"type": "dict"},
        "cluster_name": {"type": "str", "required": True},
        "adopt": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "delete_key": {"type": "bool", "default": False, "no_log": False},
        "pending_window": {"type": "int", "default": 30},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the key to its state."""
    aws = options.connect(call)
    change = reconcile_key(aws, call.params, check=call.check)
    coming = to_come(aws.partition, aws.region, aws.account) if call.check and change.action == "create" else {}
    live = {**coming, **(change.live or {})}
    known = {field: live.get(field) for field in ("arn", "key_id", "state", "rotation", "policy")}
    stays = why_it_stays(change, call.params["cluster_name"])
    return {"alias": change.name, **known, **change.result(call.diff), **({"msg": stays} if stays else {})}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
