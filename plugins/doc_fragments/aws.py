# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options in module_utils/aws/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    """The options that say how to reach AWS."""

    DOCUMENTATION = r"""
options:
  region:
    description:
      - The AWS region. Environment variables E(AWS_REGION) and E(AWS_DEFAULT_REGION), then the profile's.
    type: str
    aliases: [aws_region]
  profile:
    description:
      - A profile of C(~/.aws/config), which may name a role to assume. Environment variable E(AWS_PROFILE).
      - Without it, and without keys, botocore looks where it always does, among others the environment, IAM Identity
        Center, a web identity (IRSA), EKS Pod Identity and the instance's role.
    type: str
    aliases: [aws_profile]
  access_key:
    description:
      - AWS access key ID. Environment variable E(AWS_ACCESS_KEY_ID).
    type: str
    aliases: [aws_access_key_id, aws_access_key]
  secret_key:
    description:
      - AWS secret access key. Environment variable E(AWS_SECRET_ACCESS_KEY).
    type: str
    aliases: [aws_secret_access_key, aws_secret_key]
  session_token:
    description:
      - Token of temporary credentials. Environment variables E(AWS_SESSION_TOKEN) and E(AWS_SECURITY_TOKEN), the latter
        set by AWX.
    type: str
    aliases: [aws_session_token]
  endpoint_url:
    description:
      - URL of all services, in place of AWS's own. Environment variables E(AWS_URL) and E(AWS_ENDPOINT_URL).
    type: str
    aliases: [aws_endpoint_url]
  validate_certs:
    description:
      - Whether AWS's certificates are verified.
    type: bool
    default: true
  aws_ca_bundle:
    description:
      - File with the certificates of the authorities to trust. Environment variable E(AWS_CA_BUNDLE).
    type: path
  aws_config:
    description:
      - Further settings of botocore, as C(botocore.config.Config) takes them.
    type: dict
requirements:
  - python >= 3.11
  - boto3 >= 1.34.0
  - botocore >= 1.34.0
"""

    # of modules that talk to Kubernetes too, whose options may have the same names
    INSIDE = r"""
options:
  aws:
    description:
      - How to reach AWS, with the options of M(eks.redis.eks_cluster_info). Without it the environment says so.
    type: dict
    suboptions:
      region:
        description:
          - The AWS region. Environment variables E(AWS_REGION) and E(AWS_DEFAULT_REGION).
        type: str
        aliases: [aws_region]
      profile:
        description:
          - A profile of C(~/.aws/config).
        type: str
        aliases: [aws_profile]
      access_key:
        description:
          - AWS access key ID.
        type: str
        aliases: [aws_access_key_id, aws_access_key]
      secret_key:
        description:
          - AWS secret access key.
        type: str
        aliases: [aws_secret_access_key, aws_secret_key]
      session_token:
        description:
          - Token of temporary credentials.
        type: str
        aliases: [aws_session_token]
      endpoint_url:
        description:
          - URL of all services, in place of AWS's own.
        type: str
        aliases: [aws_endpoint_url]
      validate_certs:
        description:
          - Whether AWS's certificates are verified.
        type: bool
        default: true
      aws_ca_bundle:
        description:
          - File with the certificates of the authorities to trust.
        type: path
      aws_config:
        description:
          - Further settings of botocore.
        type: dict
requirements:
  - boto3 >= 1.34.0
  - botocore >= 1.34.0
"""

    WRITES = r"""
attributes:
  check_mode:
    support: full
    description: Names exactly what a run would change. Sends reads only.
  diff_mode:
    support: full
    description: Shows the fields that the module sets.
  idempotent:
    support: full
    description: A second run changes nothing. What others changed is changed back, where it is ours to set.
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

    TAGS = r"""
options:
  tags:
    description:
      - Tags to set beside those that name eks.redis and the cluster. Tags of others stay.
    type: dict
    default: {}
    aliases: [resource_tags]
"""
