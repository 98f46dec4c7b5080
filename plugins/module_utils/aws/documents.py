# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy documents of IAM, KMS and S3. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies


def policy(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The document with these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def to_json(document: dict[str, Any]) -> str:
    """As AWS takes it."""
    return json.dumps(document)


def same(live: Any, wanted: Any) -> bool:
    """Whether two say the same, however they are written: order, one value or a list of it, an account or its root."""
    return live is not None and not compare_policies(live, wanted)
