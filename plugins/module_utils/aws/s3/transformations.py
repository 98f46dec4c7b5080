# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""S3's shapes and ours. Pure.

What we write into lists that others may write into too has a name of ours: so it is found again, and theirs stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

SID, RULE = "EksRedis", "eks-redis-"  # how names begin; Sids are letters and digits (IAM policy grammar)


def ours(items: Iterable[dict[str, Any]], name: str, prefix: str) -> dict[str, dict[str, Any]]:
    """Those that we made, by their name. name: the member that holds it, ``Sid`` or ``ID``."""
    return {item[name]: item for item in items if str(item.get(name, "")).startswith(prefix)}


def of_others(items: Iterable[dict[str, Any]], name: str, prefix: str) -> list[dict[str, Any]]:
    """The rest, as it is and in its order."""
    return [item for item in items if not str(item.get(name, "")).startswith(prefix)]


def encryption(rules: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """``{algorithm, key, bucket_key}``; key: as S3 was told it, None for a key of S3's own."""
    for rule in rules:
        default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if default:
            algorithm = default["SSEAlgorithm"]
            # S3 may keep the switch on for its own keys, where it means nothing
            by_kms = algorithm.startswith("aws:kms")
            return {
                "algorithm": algorithm,
                "key": default.get("KMSMasterKeyID") if by_kms else None,
                "bucket_key": by_kms and bool(rule.get("BucketKeyEnabled")),
            }
    return None


def object_lock(configuration: dict[str, Any]) -> dict[str, Any]:
    """``{mode, days}``, both None where objects are only locked one by one."""
    retention = (configuration.get("Rule") or {}).get("DefaultRetention") or {}
    days = retention.get("Days") or 365 * retention.get("Years", 0)
    return {"mode": retention.get("Mode"), "days": days or None}


def rule(given: dict[str, Any]) -> dict[str, Any]:
    """A lifecycle or replication rule in one order, so that diffs show what differs and nothing else.

    S3 tells a filter for everything in several ways; here it has one.
    """
    moves = sorted(given.get("Transitions") or (), key=lambda move: int(move.get("Days", 0)))
    every = {} if given.get("Filter") else {"Filter": {"Prefix": ""}}
    ordered: dict[str, Any] = _by_key({**given, **every, **({"Transitions": moves} if moves else {})})
    return ordered


def _by_key(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _by_key(node[key]) for key in sorted(node)}
    return [_by_key(item) for item in node] if isinstance(node, list) else node


def tls_only(statements: Iterable[dict[str, Any]], bucket: str) -> bool:
    """Whether a bucket's policy keeps everybody out who comes without TLS. bucket: its ARN."""
    closed = {
        resource
        for statement in statements
        if statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        and {"s3:*", "*"} & set(_listed(statement.get("Action")))
        and _without_tls(statement.get("Condition") or {})
        for resource in _listed(statement.get("Resource"))
    }
    return {bucket, f"{bucket}/*"} <= closed or bool({"*", f"{bucket}*"} & closed)


def _without_tls(condition: dict[str, Any]) -> bool:
    """Whether that is the condition, and the only one."""
    tests = condition.get("Bool") or {}
    return len(condition) == len(tests) == 1 and [
        str(value).lower() for value in _listed(tests.get("aws:SecureTransport"))
    ] == ["false"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
