# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of Secrets Manager."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.secretsmanager import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

_MISSING = ("ResourceNotFoundException",)


def secret(aws: Aws, name: str) -> dict[str, Any] | None:
    """As transformations.secret has it. name: its name or ARN."""
    answer = aws.find("secretsmanager", "describe_secret", missing=_MISSING, SecretId=name)
    return transformations.secret(answer) if answer else None


def value(aws: Aws, arn: str) -> tuple[str, str] | None:
    """Its text and the version of that, None where it has none. Errors: AwsError also for bytes in place of a text."""
    answer = aws.find("secretsmanager", "get_secret_value", missing=_MISSING, SecretId=arn)
    if answer is None:
        return None
    if "SecretString" not in answer:
        raise AwsError(f"AWS secret {answer['Name']} holds bytes and no text; name another secret")
    return answer["SecretString"], answer["VersionId"]
