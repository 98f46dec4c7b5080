# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.auth_secret."""

from __future__ import annotations

DOCUMENTATION = r"""
module: auth_secret
short_description: Makes a secret of AWS Secrets Manager with a password for Redis
version_added: 0.5.0
description:
  - Makes a secret that holds a password of 32 letters and digits, which External Secrets Operator or the Secrets Store
    CSI driver then brings into the cluster, see C(authentication.externalSecret) and C(authentication.secretsStore).
  - A password that is there is never changed, unless O(rotate) is set. It never appears in a result, only its
    fingerprint.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
  - eks.redis.aws.tags
options:
  name:
    description:
      - Name of the secret, such as C(eks-redis/prod/apps/cache).
    type: str
    required: true
  property:
    description:
      - The key of the password in the JSON object that the secret holds. Other keys of it stay as they are.
      - Empty for a secret that is the password, as plain text.
    type: str
    default: password
  description:
    description:
      - What the secret is for.
    type: str
    default: Password of Redis on EKS
  kms_key:
    description:
      - ARN, ID or alias of the KMS key that encrypts it. Its policy must let who reads the secret decrypt through
        Secrets Manager, and who runs this generate data keys and decrypt.
      - Without it a new secret gets the key that AWS manages, and one that is there keeps the key that it has.
    type: str
  rotate:
    description:
      - Puts a new password in the place of the one that is there, each time. The one before stays as the version
        C(AWSPREVIOUS).
    type: bool
    default: false
  cluster_name:
    description:
      - Name of the EKS cluster, for the tags.
    type: str
    required: true
  adopt:
    description:
      - Makes a secret that others made one of eks.redis. A password that is in it stays.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there. V(absent) schedules its deletion.
    type: str
    choices: [present, absent]
    default: present
  recovery_window:
    description:
      - Days until a secret whose deletion is scheduled goes, 7 to 30. Until then it can be restored, and its name is
        taken.
    type: int
    default: 30
seealso:
  - module: eks.redis.auth_secret_info
  - module: eks.redis.service_account_role
  - module: eks.redis.instance
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Make the password of an instance
  eks.redis.auth_secret:
    name: eks-redis/prod/apps/cache
    cluster_name: prod
    region: us-east-1

- name: Put another in its place
  eks.redis.auth_secret:
    name: eks-redis/prod/apps/cache
    cluster_name: prod
    rotate: true
    region: us-east-1

- name: Schedule its deletion
  eks.redis.auth_secret:
    name: eks-redis/prod/apps/cache
    cluster_name: prod
    state: absent
    recovery_window: 7
    region: us-east-1
"""

RETURN = r"""
arn:
  description: ARN of the secret, null for one that check mode says would be made, because its end is random.
  returned: success
  type: str
  sample: arn:aws:secretsmanager:us-east-1:123456789012:secret:eks-redis/prod/apps/cache-a1b2c3
name:
  description: Its name.
  returned: success
  type: str
  sample: eks-redis/prod/apps/cache
version_id:
  description: The version that holds the password, null for one that check mode says would be made.
  returned: success
  type: str
  sample: 5d7f0d3c-2a4e-4f6b-9d3a-0c1e2f3a4b5c
fingerprint:
  description:
    - The first 8 digits of the SHA-256 of the password, by which two can be told apart. Null for one that check mode
      says would be made, and when the secret is to be absent.
  returned: success
  type: str
  sample: sha256:1f3870be
msg:
  description: Why a secret that was to be absent stays.
  returned: when O(state=absent), and it stays
  type: str
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: AWS secret
    name: eks-redis/prod/apps/cache
    action: change
    fields: [password]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager.auth_secret import (
    is_to_come,
    reconcile_secret,
    why_it_stays,
)
from ansible_collections.eks.redis.plugins.module_utils.engine.diff import fingerprint
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "name": {"type": "str", "required": True},
        "property": {"type": "str", "default": "password"},
        "description": {"type": "str", "default": "Password of Redis on EKS"},
        "kms_key": {"type": "str", "no_log": False},
        "rotate": {"type": "bool", "default": False},
        "cluster_name": {"type": "str", "required": True},
        "adopt": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "recovery_window": {"type": "int", "default": 30},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the secret to its state."""
    aws = options.connect(call)
    secret, change = reconcile_secret(aws, call.params, check=call.check)
    call.mask([secret.password] if secret.password else [])
    known = {} if is_to_come(change) else (change.live or {})
    shown = fingerprint(secret.password.encode()) if secret.password and not is_to_come(change) else None
    stays = why_it_stays(change, call.params["cluster_name"])
    return {
        "arn": (change.live or {}).get("arn"),
        "name": change.name,
        "version_id": known.get("version_id"),
        "fingerprint": shown,
        **change.result(call.diff),
        **({"msg": stays} if stays else {}),
    }


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
