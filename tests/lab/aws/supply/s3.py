"""What moto loses of a bucket's configuration: replication is kept whole, a default retention is told as it was set."""

from __future__ import annotations

import copy
import uuid
from typing import Any

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply


def bucket(request: AwsRequest) -> Any:
    """moto's bucket that the request names; its absence is S3's NoSuchBucket."""
    from moto.s3.exceptions import MissingBucket

    try:
        return request.backend("s3").get_bucket(request.params["Bucket"])
    except MissingBucket:
        raise Fault("NoSuchBucket", "The specified bucket does not exist", 404) from None


@supply("s3", "PutBucketReplication", replaces=True)
def put_replication(request: AwsRequest) -> dict[str, Any]:
    of = bucket(request)
    configuration = copy.deepcopy(request.params["ReplicationConfiguration"])
    for rule in configuration["Rules"]:
        rule.setdefault("ID", str(uuid.uuid4()))
    of.replication = configuration
    return {}


@supply("s3", "GetBucketReplication", replaces=True)
def get_replication(request: AwsRequest) -> dict[str, Any]:
    configuration = getattr(bucket(request), "replication", None)
    if not configuration:
        raise Fault("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404)
    return {"ReplicationConfiguration": configuration}


@supply("s3", "GetObjectLockConfiguration", replaces=True)
def get_object_lock(request: AwsRequest) -> dict[str, Any]:
    of = bucket(request)
    if not of.object_lock_enabled:
        raise Fault(
            "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", 404
        )
    period = {"Days": of.default_lock_days, "Years": of.default_lock_years}
    retention = {"Mode": of.default_lock_mode, **{unit: int(value) for unit, value in period.items() if value}}
    rule = {"Rule": {"DefaultRetention": retention}} if of.default_lock_mode else {}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **rule}}
