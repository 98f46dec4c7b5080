# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that all AWS modules share, and what they connect to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.engine.module import Call

# Names and aliases of amazon.aws's options, so that one module_defaults serves both collections; a unit test compares
# them. Credentials have no fallback here: botocore reads the environment (AWX's AWS_SECURITY_TOKEN too), profiles with
# their roles, web identities and Pod Identity by itself, in its own order. Documentation: doc_fragments/aws.py.
OPTIONS: dict[str, dict[str, Any]] = {
    "region": {
        "type": "str",
        "aliases": ["aws_region"],
        "fallback": (env_fallback, ["AWS_REGION", "AWS_DEFAULT_REGION"]),
    },
    "access_key": {"type": "str", "aliases": ["aws_access_key_id", "aws_access_key"], "no_log": False},
    "secret_key": {"type": "str", "aliases": ["aws_secret_access_key", "aws_secret_key"], "no_log": True},
    "session_token": {"type": "str", "aliases": ["aws_session_token"], "no_log": True},
    "profile": {"type": "str", "aliases": ["aws_profile"]},
    "endpoint_url": {"type": "str", "aliases": ["aws_endpoint_url"], "fallback": (env_fallback, ["AWS_URL"])},
    "validate_certs": {"type": "bool", "default": True},
    "aws_ca_bundle": {"type": "path"},
    "aws_config": {"type": "dict"},
}
TAGS: dict[str, dict[str, Any]] = {"tags": {"type": "dict", "default": {}, "aliases": ["resource_tags"]}}


def connect(call: Call, given: Mapping[str, Any] | None = None) -> Aws:
    """AWS as the options, or the environment, say. Errors: AwsError where they contradict each other.

    given: the options, where they are not the module's own.
    """
    given = call.params if given is None else given
    call.mask(secret for secret in (given["secret_key"], given["session_token"]) if secret)
    return Aws({option: given[option] for option in OPTIONS})
