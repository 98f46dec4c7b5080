# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.service_account_role."""

from __future__ import annotations

DOCUMENTATION = r"""
module: service_account_role
short_description: Makes the IAM role of one Kubernetes ServiceAccount
version_added: 0.3.0
description:
  - Makes an IAM role that exactly one ServiceAccount of one EKS cluster may assume, with a policy that allows what its
    workload calls and no more; or takes the role away.
  - The role belongs to this module as a whole. Policies that others attach to it are taken away by the next run.
  - With O(method=irsa) the ServiceAccount needs the annotation C(eks.amazonaws.com/role-arn), see
    M(eks.redis.service_account); with O(method=pod_identity) it needs an association, see M(eks.redis.pod_identity).
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
  name:
    description:
      - Name of the role. Without it, C(eks-redis-CLUSTER-NAMESPACE-SERVICEACCOUNT), cut to 64 characters.
    type: str
  method:
    description:
      - How the pods get the role. V(irsa) by a token that IAM trusts through the cluster's OIDC provider,
        V(pod_identity) by the EKS Pod Identity agent.
    type: str
    choices: [irsa, pod_identity]
    default: irsa
  issuer:
    description:
      - URL of the cluster's OIDC issuer, needed for O(method=irsa).
    type: str
  allow:
    description:
      - What the workload is for; the statements of the policy follow from it.
    type: list
    elements: dict
    default: []
    suboptions:
      purpose:
        description:
          - V(backup) writes, proves and prunes backup sets below O(allow[].prefix) of O(allow[].bucket), V(restore)
            reads them.
          - V(elasticache_exit) takes snapshots of ElastiCache and has them exported to O(allow[].bucket).
          - V(metrics) publishes metrics of the namespace C(eks.redis) to CloudWatch.
          - V(secret) reads O(allow[].secret) of Secrets Manager, for External Secrets Operator, or for the pods that
            mount it by the Secrets Store CSI driver.
          - V(volumes) lets the EBS CSI driver use O(allow[].kms_key), beside the policy that AWS manages for it.
        type: str
        choices: [backup, elasticache_exit, metrics, restore, secret, volumes]
        required: true
      bucket:
        description:
          - Name of the bucket.
        type: str
      prefix:
        description:
          - Only keys below this prefix. Without it all keys.
        type: str
      secret:
        description:
          - Name of the secret in this account and region, or ARN of any.
        type: str
        version_added: 0.5.0
      kms_key:
        description:
          - ARN of the key that encrypts the bucket, the volumes or the secret. Not needed for keys that AWS manages.
        type: str
  statements:
    description:
      - Further statements of the policy, as IAM takes them.
    type: list
    elements: dict
    default: []
  managed_policies:
    description:
      - ARNs of managed policies to attach.
    type: list
    elements: str
    default: []
  permissions_boundary:
    description:
      - ARN of the policy that bounds what the role may ever do.
    type: str
  adopt:
    description:
      - Takes over a role of this name that was made otherwise. Its trust and its policies become those of this module.
    type: bool
    default: false
  state:
    description:
      - Whether it is to be there. V(absent) takes away only what this module made for O(cluster_name).
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: eks.redis.iam_oidc_provider
  - module: eks.redis.pod_identity
  - module: eks.redis.service_account
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Let the backups of one instance write into their bucket
  eks.redis.service_account_role:
    cluster_name: prod
    region: us-east-1
    issuer: "{{ eks.cluster.issuer }}"
    namespace: apps
    service_account: cache-backup
    allow:
      - purpose: backup
        bucket: prod-redis-backups
        prefix: apps/cache
        kms_key: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012
      - purpose: metrics
  register: backup_role

- name: The same with EKS Pod Identity
  eks.redis.service_account_role:
    cluster_name: prod
    region: us-east-1
    method: pod_identity
    namespace: apps
    service_account: cache-backup
    allow:
      - {purpose: backup, bucket: prod-redis-backups, prefix: apps/cache}
"""

RETURN = r"""
arn:
  description: ARN of the role, also in check mode.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:role/eks-redis-prod-apps-cache-backup
name:
  description: Name of the role.
  returned: success
  type: str
  sample: eks-redis-prod-apps-cache-backup
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: IAM role
    name: eks-redis-prod-apps-cache-backup
    action: change
    fields: [trust]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.iam.purposes import PURPOSES
from ansible_collections.eks.redis.plugins.module_utils.aws.iam.workload import reconcile_role
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "cluster_name": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
        "service_account": {"type": "str", "required": True},
        "name": {"type": "str"},
        "method": {"type": "str", "choices": ["irsa", "pod_identity"], "default": "irsa"},
        "issuer": {"type": "str"},
        "allow": {
            "type": "list",
            "elements": "dict",
            "default": [],
            "options": {
                "purpose": {"type": "str", "choices": sorted(PURPOSES), "required": True},
                "bucket": {"type": "str"},
                "prefix": {"type": "str"},
                "secret": {"type": "str", "no_log": False},
                "kms_key": {"type": "str", "no_log": False},
            },
        },
        "statements": {"type": "list", "elements": "dict", "default": []},
        "managed_policies": {"type": "list", "elements": "str", "default": []},
        "permissions_boundary": {"type": "str"},
        "adopt": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the role to its state."""
    role, change = reconcile_role(options.connect(call), call.params, check=call.check)
    return {"arn": role.arn, "name": role.name, **change.result(call.diff)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
