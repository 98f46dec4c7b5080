# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options in module_utils/engine/module.py."""

from __future__ import annotations


class ModuleDocFragment:
    """The options that say how to reach the cluster."""

    DOCUMENTATION = r"""
options:
  kubeconfig:
    description:
      - Path of a kubeconfig file, several joined by C(:), or the content of one as a mapping.
      - Environment variable E(K8S_AUTH_KUBECONFIG). Without it E(KUBECONFIG) and then C(~/.kube/config) are read,
        inside a pod its service account comes first.
    type: raw
  context:
    description:
      - Context of the kubeconfig to use instead of its current one. Environment variable E(K8S_AUTH_CONTEXT).
    type: str
  host:
    description:
      - URL of the API server, to do without a kubeconfig. Environment variable E(K8S_AUTH_HOST).
    type: str
  api_key:
    description:
      - Bearer token for O(host). Environment variable E(K8S_AUTH_API_KEY).
    type: str
  username:
    description:
      - User for HTTP basic authentication at O(host). Environment variable E(K8S_AUTH_USERNAME).
    type: str
  password:
    description:
      - Password of O(username). Environment variable E(K8S_AUTH_PASSWORD).
    type: str
  client_cert:
    description:
      - File with a client certificate. Environment variable E(K8S_AUTH_CERT_FILE).
    type: path
    aliases: [cert_file]
  client_key:
    description:
      - File with the key of O(client_cert). Environment variable E(K8S_AUTH_KEY_FILE).
    type: path
    aliases: [key_file]
  ca_cert:
    description:
      - File with the certificate of the authority that signed the API server's, with its whole chain.
      - Environment variable E(K8S_AUTH_SSL_CA_CERT).
    type: path
    aliases: [ssl_ca_cert]
  validate_certs:
    description:
      - Whether the API server's certificate is verified. Environment variable E(K8S_AUTH_VERIFY_SSL).
    type: bool
    aliases: [verify_ssl]
  proxy:
    description:
      - URL of an HTTP proxy. E(HTTPS_PROXY) is not read. Environment variable E(K8S_AUTH_PROXY).
    type: str
  no_proxy:
    description:
      - Hosts, domains and networks that are reached without O(proxy), joined by commas.
      - Environment variable E(K8S_AUTH_NO_PROXY).
    type: str
  proxy_headers:
    description:
      - Headers for O(proxy).
    type: dict
    suboptions:
      proxy_basic_auth:
        description:
          - User and password for the proxy, joined by a colon.
          - Environment variable E(K8S_AUTH_PROXY_HEADERS_PROXY_BASIC_AUTH).
        type: str
      basic_auth:
        description:
          - User and password for basic authentication, joined by a colon.
          - Environment variable E(K8S_AUTH_PROXY_HEADERS_BASIC_AUTH).
        type: str
      user_agent:
        description:
          - The user agent. Environment variable E(K8S_AUTH_PROXY_HEADERS_USER_AGENT).
        type: str
  persist_config:
    description:
      - Whether a refreshed token is written back into the kubeconfig. Environment variable E(K8S_AUTH_PERSIST_CONFIG).
    type: bool
  impersonate_user:
    description:
      - User to act as. Environment variable E(K8S_AUTH_IMPERSONATE_USER).
    type: str
  impersonate_groups:
    description:
      - Groups to act as. Environment variable E(K8S_AUTH_IMPERSONATE_GROUPS), joined by commas.
    type: list
    elements: str
requirements:
  - python >= 3.11
  - kubernetes >= 29.0.0
  - PyYAML >= 3.11
notes:
  - The Kubernetes options are those of M(kubernetes.core.k8s), and the same environment variables set them.
"""

    READS = r"""
attributes:
  check_mode:
    support: full
    description: It never changes anything.
  diff_mode:
    support: none
    description: It never changes anything.
  idempotent:
    support: full
    description: It never changes anything.
"""
