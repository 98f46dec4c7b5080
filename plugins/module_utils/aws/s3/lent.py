# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A statement that a bucket's policy holds for a while, beside those of others. Pure but for the reads and writes.

The rest of the policy is sent back as it was read, with its Version and Id, which mean something.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.reads import NO_BUCKET, NO_POLICY
from ansible_collections.eks.redis.plugins.module_utils.aws.s3.waiters import settled
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws

Document = dict[str, Any]


def lend(aws: Aws, bucket: str, statement: Document) -> bool:
    """Puts it there, known by its Sid; False where it is there already."""
    live = read(aws, bucket)
    if holds(live, statement["Sid"]):
        return False
    _write(aws, bucket, with_statement(live, statement))
    return True


def take_back(aws: Aws, bucket: str, sid: str) -> bool:
    """Takes it away; False where it is not there."""
    live = read(aws, bucket)
    if live is None or not holds(live, sid):
        return False
    left = without(live, sid)
    if left is None:
        settled(partial(_delete, aws, bucket))
    else:
        _write(aws, bucket, left)
    return True


def read(aws: Aws, bucket: str) -> Document | None:
    """The bucket's policy, None where it has none, or is not there."""
    found = aws.find("s3", "get_bucket_policy", missing=(*NO_POLICY, *NO_BUCKET), Bucket=bucket)
    return dict(json.loads(found["Policy"])) if found else None


def holds(policy: Document | None, sid: str) -> bool:
    """Whether it has a statement of that Sid."""
    return any(each.get("Sid") == sid for each in _statements(policy))


def with_statement(policy: Document | None, statement: Document) -> Document:
    """The policy, or a new one, with it at its end."""
    if policy is None:
        return documents.policy([statement])
    return {**policy, "Statement": [*_statements(policy), statement]}


def without(policy: Document, sid: str) -> Document | None:
    """None where nothing else is in it."""
    left = [each for each in _statements(policy) if each.get("Sid") != sid]
    return {**policy, "Statement": left} if left else None


def _statements(policy: Document | None) -> list[Document]:
    given = (policy or {}).get("Statement") or []
    return [given] if isinstance(given, dict) else list(given)


def _write(aws: Aws, bucket: str, policy: Document) -> None:
    settled(partial(_put, aws, bucket, documents.to_json(policy)))


def _put(aws: Aws, bucket: str, text: str) -> None:
    aws.call("s3", "put_bucket_policy", Bucket=bucket, Policy=text)


def _delete(aws: Aws, bucket: str) -> None:
    aws.call("s3", "delete_bucket_policy", Bucket=bucket)
