# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module eks.redis.api_server_info."""

from __future__ import annotations

DOCUMENTATION = r"""
module: api_server_info
short_description: Tells which API server the Kubernetes options lead to
version_added: 0.3.0
description:
  - Reads what tells one Kubernetes cluster from another, whatever name, tunnel or proxy leads there.
extends_documentation_fragment:
  - eks.redis.kubernetes
  - eks.redis.kubernetes.reads
notes:
  - The issuer is read at C(/.well-known/openid-configuration), which the ClusterRole
    C(system:service-account-issuer-discovery) allows.
seealso:
  - module: eks.redis.eks_cluster_info
author:
  - eks.redis contributors (@eks-redis)
"""

EXAMPLES = r"""
- name: Ask the cluster that KUBECONFIG leads to
  eks.redis.api_server_info:
  register: api_server

- name: Ask EKS
  eks.redis.eks_cluster_info:
    name: prod
    region: us-east-1
  register: eks

- name: Refuse to go on where these are two clusters
  ansible.builtin.assert:
    that: api_server.issuer == eks.cluster.issuer
"""

RETURN = r"""
server:
  description: Its URL as the Kubernetes options have it.
  returned: success
  type: str
source:
  description: Where that was said.
  returned: success
  type: str
  sample: kubeconfig /home/me/.kube/config
version:
  description: Its version of Kubernetes.
  returned: success
  type: str
  sample: v1.34.4-eks-113cf36
issuer:
  description: URL of the OIDC issuer of its ServiceAccounts' tokens; null where the caller may not read it.
  returned: success
  type: str
  sample: https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.eks.redis.plugins.module_utils.engine.module import AUTH_OPTIONS, Call, finish

SPEC: dict[str, Any] = {"argument_spec": {**AUTH_OPTIONS}, "supports_check_mode": True}


def work(call: Call) -> dict[str, Any]:
    """Asks the server who it is."""
    api = call.connect()
    version, issuer = api.map(lambda ask: ask(), (api.version, api.issuer))
    return {
        "changed": False,
        "server": api.session.server,
        "source": api.session.source,
        "version": version,
        "issuer": issuer,
    }


def main() -> None:
    """Entry point."""
    finish(AnsibleModule(**SPEC), work)


if __name__ == "__main__":
    main()
