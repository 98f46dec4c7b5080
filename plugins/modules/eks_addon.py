# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.eks_addon."""

from __future__ import annotations

DOCUMENTATION = r"""
module: eks_addon
short_description: Installs an EKS add-on, and keeps it as asked
version_added: 0.3.0
description:
  - Makes, updates or takes away an add-on that EKS manages in a cluster, and waits until it works.
  - An add-on that others made is used. Only what is asked for is changed of it, and O(state=absent) leaves it, unless
    O(adopt) makes it ours.
  - An add-on whose creation or update had failed is written again by the next run.
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
  name:
    description:
      - Name of the add-on, such as V(aws-ebs-csi-driver).
    type: str
    required: true
  version:
    description:
      - V(keep) leaves the version that is there; a new add-on gets the default.
      - V(default) is what EKS installs on the cluster's version of Kubernetes, V(latest) the newest that runs on it.
        Neither goes back to an older version.
      - A beginning such as V(v1.48) is the newest of these. A full version, V(v1.48.0-eksbuild.1), may also be an older
        one than is there.
    type: str
    default: keep
  configuration:
    description:
      - What to configure, by the schema of C(aws eks describe-addon-configuration).
      - It is merged into what is configured already, as a JSON merge patch does. Null takes a key away.
    type: dict
  resolve_conflicts:
    description:
      - What EKS does about fields in the cluster that somebody else has set. V(none) fails, V(overwrite) sets them
        back, V(preserve) leaves them, which EKS does in updates only.
      - Without it V(none) for a new add-on, V(preserve) for updates.
    type: str
    choices: [none, overwrite, preserve]
  role_arn:
    description:
      - ARN of the IAM role of its ServiceAccount by IRSA, which needs the cluster's OIDC provider in IAM.
      - Excludes O(pod_identity_associations), and takes those that are there away.
    type: str
  pod_identity_associations:
    description:
      - The IAM roles of its ServiceAccounts by EKS Pod Identity, all of them.
      - An add-on that has a role by IRSA loses it, as far as EKS lets go of it; the module warns when it has not.
    type: list
    elements: dict
    suboptions:
      service_account:
        description:
          - Name of the ServiceAccount.
        type: str
        required: true
      role_arn:
        description:
          - ARN of its role.
        type: str
        required: true
  preserve:
    description:
      - With O(state=absent), whether the software stays in the cluster, managed by nobody.
    type: bool
    default: false
  adopt:
    description:
      - Makes an add-on that others made ours, so that O(state=absent) takes it away.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the add-on is active, or gone, and to fail when it is not healthy.
      - Also waits for what EKS was at before.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait. When they are over EKS goes on, and another run waits further.
    type: int
    default: 900
  state:
    description:
      - Whether it is to be there.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: eks.redis.eks_cluster_info
  - module: eks.redis.pod_identity
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Install the EBS CSI driver with its role
  eks.redis.eks_addon:
    cluster_name: prod
    region: us-east-1
    name: aws-ebs-csi-driver
    role_arn: arn:aws:iam::123456789012:role/prod-ebs-csi

- name: Let the VPC CNI enforce NetworkPolicies
  eks.redis.eks_addon:
    cluster_name: prod
    region: us-east-1
    name: vpc-cni
    configuration:
      enableNetworkPolicy: "true"

- name: Send metrics and logs of the containers to CloudWatch
  eks.redis.eks_addon:
    cluster_name: prod
    region: us-east-1
    name: amazon-cloudwatch-observability
    pod_identity_associations:
      - service_account: cloudwatch-agent
        role_arn: arn:aws:iam::123456789012:role/prod-cloudwatch-agent

- name: Upgrade the Pod Identity agent
  eks.redis.eks_addon:
    cluster_name: prod
    region: us-east-1
    name: eks-pod-identity-agent
    version: latest
"""

RETURN = r"""
addon:
  description: The add-on, in check mode as far as it can be known.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
    arn:
      description: Its ARN, null before it is made.
      type: str
    version:
      description: Its version.
      type: str
      sample: v1.48.0-eksbuild.1
    status:
      description: Its status as EKS last told it, null where it is not there.
      type: str
      sample: ACTIVE
    configuration:
      description: What is configured.
      type: dict
    role_arn:
      description: ARN of its role by IRSA.
      type: str
    pod_identity_associations:
      description: ARNs of the roles by EKS Pod Identity, by ServiceAccount.
      type: dict
    issues:
      description: What ails it, each with C(code), C(message) and C(resources).
      type: list
      elements: dict
issues:
  description: The same, when the add-on did not get there.
  returned: failure to become active
  type: list
  elements: dict
change:
  description: What was done, or in check mode would be.
  returned: success
  type: dict
  sample:
    kind: EKS add-on
    name: aws-ebs-csi-driver
    action: change
    fields: [version]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.aws import options
from ansible_collections.eks.redis.plugins.module_utils.aws.eks.installation import described, reconcile_addon
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call, finish

SPEC: dict[str, Any] = {
    "argument_spec": {
        **options.OPTIONS,
        **options.TAGS,
        "cluster_name": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "version": {"type": "str", "default": "keep"},
        "configuration": {"type": "dict"},
        "resolve_conflicts": {"type": "str", "choices": ["none", "overwrite", "preserve"]},
        "role_arn": {"type": "str"},
        "pod_identity_associations": {
            "type": "list",
            "elements": "dict",
            "options": {
                "service_account": {"type": "str", "required": True},
                "role_arn": {"type": "str", "required": True},
            },
        },
        "preserve": {"type": "bool", "default": False},
        "adopt": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "timeout": {"type": "int", "default": 900},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    "supports_check_mode": True,
}


def work(call: Call) -> dict[str, Any]:
    """Brings the add-on to its state."""
    addon, change = reconcile_addon(options.connect(call), call.params, check=call.check)
    found = described(addon, change, check=call.check)
    if call.params["pod_identity_associations"] and found["role_arn"] and not (call.check and change.changed):
        call.warnings.append(
            f"{addon.what} still has role {found['role_arn']} by IRSA, which its pods take before Pod Identity; "
            "to be rid of it, take the add-on away with preserve: true and install it again"
        )
    return {"addon": found, **change.result(call.diff)}


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
