# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of IAM."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

MISSING = ("NoSuchEntity", "NoSuchEntityException")


def oidc_provider(aws: Aws, arn: str) -> dict[str, Any] | None:
    """``{Url, ClientIDList, ThumbprintList, Tags, …}``."""
    return aws.find("iam", "get_open_id_connect_provider", missing=MISSING, OpenIDConnectProviderArn=arn)
