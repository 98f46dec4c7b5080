"""KMS keys by any of their names: id, ARN, alias, alias ARN."""

from __future__ import annotations

import re
from typing import Any

from lab.aws.request import AwsRequest, backend

ARN = re.compile(r"arn:aws:kms:([a-z0-9-]+):(\d{12}):(key/.+|alias/.+)")


def find(request: AwsRequest, name: str) -> Any | None:
    """moto's key, None if there is none of that name. AWS's own keys (alias/aws/…) come into being when asked for."""
    arn = ARN.fullmatch(name)
    region, account, resource = arn.groups() if arn else (request.region, request.account, name)
    kms = backend("kms", account, region)
    if resource.startswith("alias/"):
        return kms.keys.get(kms.get_key_id_from_alias(resource))
    return kms.keys.get(resource.removeprefix("key/"))


def unusable(key: Any | None, name: str) -> tuple[str, str] | None:
    """What KMS calls the fault of a key that cannot encrypt, and its words; None if it can."""
    if key is None:
        return "NotFoundException", f"Key '{name}' does not exist"
    if key.key_state == "PendingDeletion":
        return "KMSInvalidStateException", f"{key.arn} is pending deletion."
    if not key.enabled:
        return "DisabledException", f"{key.arn} is disabled."
    return None
