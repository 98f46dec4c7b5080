# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.compliance_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: compliance_info
short_description: Tells whether the data of an instance is encrypted at rest, and what of that was not looked at
version_added: 0.3.0
description:
  - Walks from the claims of an instance to their PersistentVolumes, to the EBS volumes at AWS and to the KMS keys that
    really encrypt them, whatever a StorageClass says.
  - Looks at the backup bucket, and tries the identity of the workload that writes into it. It gets a token of the
    ServiceAccount, assumes the role with it and lists the bucket as that role.
  - What was not looked at is in the result too, and is never counted as passed.
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.kubernetes.reads
  - eks.redis.aws.inside
options:
  name:
    description:
      - Name of the instance.
    type: str
    required: true
  namespace:
    description:
      - Its namespace.
    type: str
    required: true
  cluster_name:
    description:
      - Name of the EKS cluster.
    type: str
    required: true
  kms_key:
    description:
      - Key that is to encrypt the volumes, by ARN, ID or alias. Without it any key will do.
    type: str
  customer_key:
    description:
      - Whether the keys of the volumes are to be managed by the customer, as stricter standards ask.
    type: bool
    default: false
  bucket:
    description:
      - Name of the backup bucket.
    type: str
  service_account:
    description:
      - The ServiceAccount of the backups.
    type: dict
    suboptions:
      name:
        description:
          - Its name.
        type: str
        required: true
      namespace:
        description:
          - Its namespace, without it that of the instance.
        type: str
      prefix:
        description:
          - The keys of O(bucket) that its role may list.
        type: str
        default: ""
notes:
  - Needs the verbs C(list) on PersistentVolumeClaims, C(get) on PersistentVolumes and ServiceAccounts, and C(create) on
    C(serviceaccounts/token).
seealso:
  - module: eks.redis.instance_info
  - module: eks.redis.backup_bucket_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Look at the data of an instance
  eks.redis.compliance_info:
    name: cache
    namespace: apps
    cluster_name: prod
    customer_key: true
    bucket: prod-redis-backups
    service_account: {name: redis-backup, prefix: apps/cache}
    aws: {region: us-east-1}
  register: compliance

- name: Keep the report
  ansible.builtin.copy:
    content: "{{ compliance | eks.redis.compliance_report('markdown') }}"
    dest: compliance.md
    mode: "0644"
"""

RETURN = r"""
compliant:
  description: Whether no check failed.
  returned: success
  type: bool
failures:
  description: What failed, a line each.
  returned: success
  type: list
  elements: str
  sample: ["volume vol-0123456789abcdef0 of claim cache-cache-0: it is encrypted: not encrypted"]
checks:
  description: Each check, with C(subject), C(requirement), C(result) (pass, fail or not checked) and C(found).
  returned: success
  type: list
  elements: dict
  sample:
    - subject: volume vol-0123456789abcdef0 of claim cache-cache-0
      requirement: it is encrypted
      result: pass
      found: encrypted
counts:
  description: How many of each result.
  returned: success
  type: dict
  sample: {pass: 9, fail: 0, not_checked: 3}
checked_at:
  description: When, in UTC.
  returned: success
  type: str
  sample: "2026-11-24T03:00:00Z"
name:
  description: Name of the instance.
  returned: success
  type: str
namespace:
  description: Its namespace.
  returned: success
  type: str
cluster_name:
  description: Name of the EKS cluster.
  returned: success
  type: str
account:
  description: Number of the AWS account.
  returned: success
  type: str
region:
  description: The AWS region.
  returned: success
  type: str
caller:
  description: ARN of who asked AWS.
  returned: success
  type: str
"""

import datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.compliance.checks import FAIL, checks, counts
from ansible_collections.eks.redis.plugins.module_utils.compliance.survey import facts
from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **AUTH_OPTIONS,
        "name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "cluster_name": {"type": "str", "required": True},
        "kms_key": {"type": "str", "no_log": False},
        "customer_key": {"type": "bool", "default": False},
        "bucket": {"type": "str"},
        "service_account": {
            "type": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "namespace": {"type": "str"},
                "prefix": {"type": "str", "default": ""},
            },
        },
        "aws": {"type": "dict", "options": options.OPTIONS, "apply_defaults": True},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """The checks of one instance."""
    given = call.params
    aws = options.connect(call, given["aws"])
    done = checks(facts(call.connect(), aws, given))
    now = datetime.datetime.now(datetime.UTC)
    failures = [f"{one['subject']}: {one['requirement']}: {one['found']}" for one in done if one["result"] == FAIL]
    return {
        "changed": False,
        "compliant": not failures,
        "failures": failures,
        "checks": done,
        "counts": counts(done),
        "checked_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **{option: given[option] for option in ("name", "namespace", "cluster_name")},
        "account": aws.account,
        "region": aws.region,
        "caller": aws.identity["Arn"],
    }


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
