# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.eks_cluster_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_cluster_info
short_description: Reads an EKS cluster
version_added: 0.3.0
description:
  - Tells what the cloud side of a cluster has, as far as Redis needs it. All is read side by side.
  - A cluster that is still being made, or on its way out, is an error; one that is being updated is not.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.reads
options:
  name:
    description:
      - Name of the cluster.
    type: str
    required: true
    aliases: [cluster_name]
seealso:
  - module: eks.redis.eks_addon
  - module: eks.redis.iam_oidc_provider
  - module: eks.redis.pod_identity
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Read the cluster
  eks.redis.eks_cluster_info:
    name: prod
    region: us-east-1
  register: eks

- name: Whether Auto Mode brings the EBS CSI driver
  ansible.builtin.debug:
    msg: "{{ eks.cluster.auto_mode.storage }}"
"""

RETURN = r"""
cluster:
  description: The cluster.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    arn:
      description: Its ARN.
      type: str
    account:
      description: Number of its account.
      type: str
    region:
      description: Its region.
      type: str
    version:
      description: Version of Kubernetes.
      type: str
      sample: "1.34"
    status:
      description: V(ACTIVE) or V(UPDATING).
      type: str
    issuer:
      description: URL of the OIDC issuer of its ServiceAccounts' tokens, null where EKS has none.
      type: str
    oidc_provider_arn:
      description: ARN that the IAM OIDC provider of this issuer has, or would have.
      type: str
    oidc_provider:
      description: Whether that provider is there.
      type: bool
    authentication_mode:
      description: V(API), V(API_AND_CONFIG_MAP) or V(CONFIG_MAP).
      type: str
    secrets_key_arn:
      description: ARN of the KMS key of its own that Secrets are encrypted with in etcd; null for a key that AWS owns.
      type: str
    auto_mode:
      description: What EKS Auto Mode does for it.
      type: dict
      contains:
        compute:
          description: Runs the nodes, and with them the Pod Identity agent.
          type: bool
        storage:
          description: Brings its own EBS driver, C(ebs.csi.eks.amazonaws.com).
          type: bool
    addons:
      description: The EKS add-ons.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the add-on.
          type: str
        version:
          description: Its version.
          type: str
        status:
          description: Its status.
          type: str
        role_arn:
          description: ARN of its IAM role by IRSA, null without one.
          type: str
        managed:
          description: Whether M(eks.redis.eks_addon) made it for this cluster.
          type: bool
    pod_identity_associations:
      description: The EKS Pod Identity associations.
      type: list
      elements: dict
      contains:
        namespace:
          description: Namespace of the ServiceAccount.
          type: str
        service_account:
          description: Name of the ServiceAccount.
          type: str
        id:
          description: ID of the association.
          type: str
        owner_arn:
          description: ARN of the add-on that it belongs to, null for one of its own.
          type: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.eks.cluster import facts
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        "name": {"type": "str", "required": True, "aliases": ["cluster_name"]},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Reads the cluster."""
    return {"changed": False, "cluster": facts(options.connect(call), call.params["name"])}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
