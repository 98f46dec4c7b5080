"""Which KMS key an S3 request works with, if any."""

from __future__ import annotations

from typing import Any

from lab.aws.request import AwsRequest

AWS_KEY = "alias/aws/s3"


def bucket(request: AwsRequest) -> Any | None:
    """moto's bucket of the request, whoever owns it; None if there is none."""
    from moto.s3.models import s3_backends

    name = request.params.get("Bucket")
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def key_of_write(request: AwsRequest) -> str | None:
    """By the request's own words, else by the default of the bucket."""
    given, key = request.params.get("ServerSideEncryption"), request.params.get("SSEKMSKeyId")
    of = bucket(request)
    if not given and of is not None:
        default = of.encryption["Rule"]["ApplyServerSideEncryptionByDefault"]
        given, key = default["SSEAlgorithm"], default.get("KMSMasterKeyID")
    return (key or AWS_KEY) if (given or "").startswith("aws:kms") else None


def key_of_read(request: AwsRequest) -> str | None:
    """Of the object as it was written."""
    of = bucket(request)
    if of is None:
        return None
    version = request.params.get("VersionId")
    stored = [
        found
        for found in of.keys.getlist(request.params["Key"], default=[])
        if version is None or getattr(found, "version_id", None) == version
    ]
    newest = stored[-1] if stored else None
    encryption = getattr(newest, "encryption", None) or ""
    return (newest.kms_key_id or AWS_KEY) if newest is not None and encryption.startswith("aws:kms") else None


def key_of_upload(request: AwsRequest) -> str | None:
    """Of a multipart upload, as it was begun."""
    of = bucket(request)
    upload = of.multiparts.get(request.params.get("UploadId")) if of is not None else None
    if upload is None:
        return None
    encryption = upload.sse_encryption or ""
    if encryption:
        return (upload.kms_key_id or AWS_KEY) if encryption.startswith("aws:kms") else None
    return key_of_write(request)
