"""What the tests of the rules share."""

from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve

TOKEN = "correct-horse-battery"
CLUSTER = {"clusterModeEnabled": True}
BACKUP = {"enabled": True, "s3Bucket": "backups"}
ROLE = "arn:aws:iam::123456789012:role/cache-backup"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def read(flavour: dict[str, Any], root: dict[str, Any] | None = None) -> Resolution:
    return resolve(flavour, root, name="cache", namespace="apps")


def lines(problems: Any) -> list[str]:
    """The problems as people read them."""
    return [str(problem) for problem in problems]


def sentinel(**config: Any) -> dict[str, Any]:
    return {"deployment": {"mode": "sentinel", "config": config}}


def cluster(**config: Any) -> dict[str, Any]:
    """To be read with the root CLUSTER."""
    return {"deployment": {"mode": "cluster", "config": config}}


def memory(request: str | None = None, limit: str | None = None) -> dict[str, Any]:
    given = {"requests": request, "limits": limit}
    return {"resources": {name: {"memory": value} for name, value in given.items() if value}}
