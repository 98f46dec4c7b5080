"""Rotation of keys: moto forgets the period."""

from __future__ import annotations

import datetime
from typing import Any

from lab.aws import keys
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply

PERIODS = range(90, 2561)  # days, as the API reference of EnableKeyRotation has it
DEFAULT_PERIOD = 365


def _key(request: AwsRequest, *, usable: bool) -> Any:
    name = request.params["KeyId"]
    key = keys.find(request, name)
    fault = keys.unusable(key, name)
    if fault and (usable or key is None):
        raise Fault(*fault)
    return key


@supply("kms", "EnableKeyRotation", replaces=True)
def enable(request: AwsRequest) -> dict[str, Any]:
    key = _key(request, usable=True)
    period = request.params.get("RotationPeriodInDays", DEFAULT_PERIOD)
    if period not in PERIODS:
        raise Fault(
            "ValidationException",
            f"1 validation error detected: Value '{period}' at 'rotationPeriodInDays' failed to satisfy constraint: "
            f"Member must have value between {PERIODS.start} and {PERIODS.stop - 1}",
        )
    key.key_rotation_status = True
    key.rotation_period = period
    return {}


@supply("kms", "DisableKeyRotation", replaces=True)
def disable(request: AwsRequest) -> dict[str, Any]:
    _key(request, usable=True).key_rotation_status = False
    return {}


@supply(
    "kms",
    "GetKeyRotationStatus",
    replaces=True,
    always={"GetKeyRotationStatusResponse": ("KeyId", "KeyRotationEnabled")},
)
def status(request: AwsRequest) -> dict[str, Any]:
    key = _key(request, usable=False)
    if not key.key_rotation_status:
        return {"KeyId": key.arn, "KeyRotationEnabled": False}
    period = getattr(key, "rotation_period", DEFAULT_PERIOD)
    made = datetime.datetime.fromtimestamp(key.creation_date, datetime.UTC)
    return {
        "KeyId": key.arn,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": period,
        "NextRotationDate": made + datetime.timedelta(days=period),
    }
