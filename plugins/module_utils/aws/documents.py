# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policy documents of IAM, KMS and S3: whether two say the same, however they are written. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

VERSION = "2012-10-17"
_ACCOUNT = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):root")


def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """The policy with these statements."""
    return {"Version": VERSION, "Statement": statements}


def same(one: Any, other: Any) -> bool:
    """Lists have no order, one value is as good as a list of it, an account as good as its root's ARN."""
    return bool(_canonical(one) == _canonical(other))


def _canonical(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _canonical({"AWS": "*"} if _anyone(key, node[key]) else node[key]) for key in node}
    if isinstance(node, (list, tuple)):
        items = {json.dumps(item, sort_keys=True): item for each in node for item in _items(_canonical(each))}
        return [items[text] for text in sorted(items)]
    text = str(node).lower() if isinstance(node, bool) else str(node)
    return [_ACCOUNT.sub(r"\1", text)]


def _items(canonical: Any) -> list[Any]:
    return canonical if isinstance(canonical, list) else [canonical]


def _anyone(key: str, value: Any) -> bool:
    return key in ("Principal", "NotPrincipal") and value == "*"
