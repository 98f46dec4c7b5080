"""What moto does not tell of objects: their locks, and since when an upload is under way."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply
from lab.aws.supply.s3 import bucket

PAGE = 1000


def _object(request: AwsRequest) -> Any:
    """The newest version that the request names, in a bucket that has locks."""
    of = bucket(request)
    if not of.object_lock_enabled:
        raise Fault("InvalidRequest", "Bucket is missing Object Lock Configuration", 400)
    found = request.backend("s3").get_object(of.name, request.params["Key"], request.params.get("VersionId"))
    if found is None:
        raise Fault("NoSuchKey", "The specified key does not exist.", 404)
    return found


def _unlocked() -> Fault:
    message = "The specified object does not have a ObjectLock configuration"
    return Fault("NoSuchObjectLockConfiguration", message, 404)


@supply("s3", "GetObjectRetention", replaces=True)
def get_retention(request: AwsRequest) -> dict[str, Any]:
    found = _object(request)
    if not found.lock_mode:
        raise _unlocked()
    return {"Retention": {"Mode": found.lock_mode, "RetainUntilDate": found.lock_until}}


@supply("s3", "GetObjectLegalHold", replaces=True)
def get_legal_hold(request: AwsRequest) -> dict[str, Any]:
    found = _object(request)
    if not found.lock_legal_status:
        raise _unlocked()
    return {"LegalHold": {"Status": found.lock_legal_status}}


@supply("s3", "ListMultipartUploads", replaces=True)
def list_uploads(request: AwsRequest) -> dict[str, Any]:
    of, params = bucket(request), request.params
    after = (params.get("KeyMarker", ""), params.get("UploadIdMarker", ""))
    listed = sorted(of.multiparts.values(), key=lambda upload: (upload.key_name, upload.id))
    listed = [each for each in listed if each.key_name.startswith(params.get("Prefix", ""))]
    listed = [each for each in listed if (each.key_name, each.id) > after]
    most = min(params.get("MaxUploads", PAGE), PAGE)
    more = len(listed) > most
    last = listed[most - 1] if more else None
    return {
        "Bucket": of.name,
        "MaxUploads": most,
        "IsTruncated": more,
        **({"NextKeyMarker": last.key_name, "NextUploadIdMarker": last.id} if last else {}),
        "Uploads": [
            {"Key": each.key_name, "UploadId": each.id, "Initiated": each.lab_initiated, "StorageClass": "STANDARD"}
            for each in listed[:most]
        ],
    }
