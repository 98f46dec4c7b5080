# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.storage_class."""

from __future__ import annotations

DOCUMENTATION = r"""
module: storage_class
short_description: Makes a StorageClass for EBS volumes
version_added: 0.3.0
description:
  - Makes a StorageClass of the EBS CSI driver whose figures are within what EBS can give, or takes it away.
  - A class that is there and differs in what Kubernetes cannot change is never replaced silently. The message names
    the fields.
extends_documentation_fragment:
  - eks.redis.kubernetes
options:
  name:
    description:
      - Name of the class.
    type: str
    required: true
  type:
    description:
      - Type of the EBS volumes.
    type: str
    choices: [gp2, gp3, io1, io2]
    default: gp3
  iops:
    description:
      - IOPS of each volume. V(gp3) takes 3000 to 80000 (3000 without it), V(io1) needs 100 to 64000, V(io2) 100 to
        256000. EBS further limits them by the size of a volume.
    type: int
  throughput:
    description:
      - MiB/s of each volume, for V(gp3) 125 to 2000 (125 without it), at most a quarter of O(iops).
    type: int
  encrypted:
    description:
      - Whether the volumes are encrypted.
    type: bool
    default: true
  kms_key:
    description:
      - ARN of the KMS key of the volumes. Without it EBS takes the account's default key for EBS.
      - The EBS CSI driver's role must be allowed to use it, see M(eks.redis.service_account_role).
    type: str
  fs_type:
    description:
      - File system of the volumes. Without it the driver takes ext4.
    type: str
    choices: [ext4, xfs]
  reclaim_policy:
    description:
      - What becomes of a volume whose claim is deleted.
    type: str
    choices: [Delete, Retain]
    default: Delete
  allow_expansion:
    description:
      - Whether volumes may grow.
    type: bool
    default: true
  default:
    description:
      - Whether claims without a class get this one. V(auto) says yes unless another class is the default. EKS has no
        default class since 1.30.
    type: str
    choices: [auto, "true", "false"]
    default: auto
  provisioner:
    description:
      - The driver. On EKS Auto Mode it is C(ebs.csi.eks.amazonaws.com).
    type: str
    default: ebs.csi.aws.com
  replace:
    description:
      - Deletes a class that differs in what cannot be changed and makes it anew. Volumes stay as they are.
    type: bool
    default: false
  force:
    description:
      - Takes over fields that another field manager owns. Without it such a conflict is an error that names the other.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there. V(absent) takes away only a class that this module made, and none that claims use.
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
notes:
  - Needs the verbs C(get), C(list), C(create), C(patch) and C(delete) on StorageClasses, and C(list) on
    PersistentVolumeClaims in all namespaces for O(state=absent).
seealso:
  - module: eks.redis.kms_key
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Have a default class of encrypted gp3 volumes
  eks.redis.storage_class:
    name: gp3

- name: Have fast volumes, encrypted with a key of our own
  eks.redis.storage_class:
    name: io2
    type: io2
    iops: 10000
    kms_key: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012
    reclaim_policy: Retain
    default: "false"
"""

RETURN = r"""
objects:
  description: What was done to the class, or in check mode would be.
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: StorageClass, namespace: null, name: gp3, change: created, fields: [], effects: []}
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
  sample: ["created: StorageClass gp3"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish
from ansible_collections.eks.redis.plugins.module_utils.engine.progress import tell_result
from ansible_collections.eks.redis.plugins.module_utils.engine.storage_class import absent, present
from ansible_collections.eks.redis.plugins.module_utils.topology.storage_class import DRIVER, VOLUME_TYPES

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "choices": sorted(VOLUME_TYPES), "default": "gp3"},
        "iops": {"type": "int"},
        "throughput": {"type": "int"},
        "encrypted": {"type": "bool", "default": True},
        "kms_key": {"type": "str", "no_log": False},
        "fs_type": {"type": "str", "choices": ["ext4", "xfs"]},
        "reclaim_policy": {"type": "str", "choices": ["Delete", "Retain"], "default": "Delete"},
        "allow_expansion": {"type": "bool", "default": True},
        "default": {"type": "str", "choices": ["auto", "true", "false"], "default": "auto"},
        "provisioner": {"type": "str", "default": DRIVER},
        "replace": {"type": "bool", "default": False},
        "force": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the class to its state."""
    given = call.params
    api, warnings = call.connect(), []
    if given["state"] == "absent":
        outcome = absent(api, given["name"], check=call.check, with_diff=call.diff)
    else:
        outcome, warnings = present(api, given, check=call.check, with_diff=call.diff)
    call.warnings += warnings
    tell_result(outcome, predicted=call.check)
    return outcome


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
