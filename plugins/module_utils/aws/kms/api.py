# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of KMS."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import tags
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.kms import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

MISSING = ("NotFoundException",)


def key(aws: Aws, name: str, region: str | None = None) -> dict[str, Any] | None:
    """As transformations.key has it. name: ARN, ID or alias, in the region."""
    answer = aws.find("kms", "describe_key", missing=MISSING, region=region, KeyId=name)
    return transformations.key(answer["KeyMetadata"]) if answer else None


def rotation(aws: Aws, arn: str) -> dict[str, Any]:
    """``{enabled, days}``."""
    return transformations.rotation(aws.call("kms", "get_key_rotation_status", KeyId=arn))


def policy(aws: Aws, arn: str) -> dict[str, Any]:
    """The key policy; there is one, and KMS calls it default."""
    policy: dict[str, Any] = json.loads(aws.call("kms", "get_key_policy", KeyId=arn, PolicyName="default")["Policy"])
    return policy


def key_tags(aws: Aws, arn: str) -> dict[str, str]:
    """Of a key of this account."""
    return tags.from_list(aws.pages("kms", "list_resource_tags", "Tags", KeyId=arn), "TagKey", "TagValue")


def usable(aws: Aws, name: str, region: str | None = None) -> dict[str, Any]:
    """The key, one that data in the region can be encrypted with.

    Errors: AwsError that says why not; its code is one of MISSING for a key that is not there.
    """
    region = region or aws.region
    wrong = transformations.problem_with_name(name, region)
    if wrong:
        raise AwsError(wrong)
    live = key(aws, name, region)
    wrong = transformations.problem(name, live, region)
    if live is None or wrong:
        raise AwsError(wrong or "", "" if live else MISSING[0])
    return live
