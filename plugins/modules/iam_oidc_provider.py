# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.iam_oidc_provider."""

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_oidc_provider
short_description: Lets IAM trust the tokens of a cluster's ServiceAccounts
version_added: 0.3.0
description:
  - Makes the IAM OIDC provider of an EKS cluster's issuer, or takes it away. Roles for ServiceAccounts (IRSA) need it.
  - Other clients and tags of a provider that is there already are left as they are.
  - With O(state=absent) only a provider that was made by this module for O(cluster_name) goes, because other
    applications of the cluster may use it too.
extends_documentation_fragment:
  - eks.redis.aws
  - eks.redis.aws.writes
  - eks.redis.aws.tags
options:
  issuer:
    description:
      - URL of the cluster's OIDC issuer, as M(eks.redis.eks_cluster_info) tells it.
    type: str
    required: true
  client_ids:
    description:
      - The audiences that the provider accepts.
    type: list
    elements: str
    default: [sts.amazonaws.com]
  cluster_name:
    description:
      - Name of the EKS cluster, for the tags.
    type: str
    required: true
  state:
    description:
      - Whether it is to be there.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: eks.redis.eks_cluster_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Read the cluster
  eks.redis.eks_cluster_info:
    name: prod
    region: us-east-1
  register: eks

- name: Trust its ServiceAccounts
  eks.redis.iam_oidc_provider:
    issuer: "{{ eks.cluster.issuer }}"
    cluster_name: prod
    region: us-east-1
"""

RETURN = r"""
arn:
  description: ARN of the provider, also in check mode.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: IAM OIDC provider
    name: arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF
    action: create
    fields: []
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options, tags
from ansible_collections.eks.redis.plugins.module_utils.aws.iam.provider import OidcProvider, require_issuer
from ansible_collections.eks.redis.plugins.module_utils.aws.reconcile import reconcile
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "issuer": {"type": "str", "required": True},
        "client_ids": {"type": "list", "elements": "str", "default": ["sts.amazonaws.com"]},
        "cluster_name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the provider to its state."""
    given = call.params
    require_issuer(given["issuer"])
    mark = tags.ours(given["cluster_name"], given["tags"])
    wanted = {"client_ids": given["client_ids"], "tags": mark} if given["state"] == "present" else None
    provider = OidcProvider(options.connect(call), given["issuer"])
    change = reconcile(provider, wanted, check=call.check, cluster=given["cluster_name"])
    return {"arn": provider.name, **change.result(call.diff)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
