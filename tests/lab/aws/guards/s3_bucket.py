"""Buckets: configurations that S3 refuses, in its words; buckets in other regions."""

from __future__ import annotations

from typing import Any

from lab.aws.guards.registry import guard
from lab.aws.objects import bucket
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault

INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
INFREQUENT_DAYS = 30
# these say where a bucket is, or are not about one
ANYWHERE = {"CreateBucket", "GetBucketLocation", "ListBuckets"}


def in_its_region(request: AwsRequest) -> None:
    """For every operation on a bucket: S3 redirects to its region."""
    of = bucket(request)
    if of is None or request.call.operation in ANYWHERE or not request.call.region:
        return
    if of.region_name != request.call.region:
        raise Fault(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. "
            "Please send all future requests to this endpoint.",
            301,
            {"x-amz-bucket-region": of.region_name},
        )


@guard("s3", "PutBucketLifecycleConfiguration")
def lifecycle(request: AwsRequest) -> None:
    for rule in request.params.get("LifecycleConfiguration", {}).get("Rules", []):
        for move in rule.get("Transitions", []):
            _not_too_early(move, "Days", "Transition")
        for move in rule.get("NoncurrentVersionTransitions", []):
            _not_too_early(move, "NoncurrentDays", "NoncurrentVersionTransition")
        days = [move["Days"] for move in rule.get("Transitions", []) if "Days" in move]
        expiry = rule.get("Expiration", {}).get("Days")
        if expiry and days and expiry <= max(days):
            raise Fault(
                "InvalidArgument",
                f"'Days' in the Expiration action for rule '{rule.get('ID', '')}' must be greater than 'Days' in the "
                "Transition action",
            )


def _not_too_early(move: dict[str, Any], member: str, action: str) -> None:
    if move.get("StorageClass") in INFREQUENT and move.get(member, INFREQUENT_DAYS) < INFREQUENT_DAYS:
        raise Fault(
            "InvalidArgument",
            f"'{member}' in {action} action must be greater than or equal to {INFREQUENT_DAYS} for storageClass "
            f"'{move['StorageClass']}'",
        )


@guard("s3", "PutBucketReplication")
def replication(request: AwsRequest) -> None:
    source = bucket(request)
    if source is None:
        return
    if not source.is_versioned:
        _invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    for rule in request.params["ReplicationConfiguration"]["Rules"]:
        _rule(rule)
        target = _target(rule["Destination"]["Bucket"])
        if target is None:
            _invalid("Destination bucket must exist.")
        elif not target.is_versioned:
            _invalid("Destination bucket must have versioning enabled.")


def _rule(rule: dict[str, Any]) -> None:
    if "Filter" in rule:
        for member in ("Priority", "DeleteMarkerReplication"):
            if member not in rule:
                _invalid(
                    f"{member} must be specified for this version of Cross Region Replication configuration schema. "
                    "Please refer to S3 Developer Guide for more information."
                )
    encrypted = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {}).get("Status") == "Enabled"
    if encrypted and not rule["Destination"].get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID"):
        _invalid("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present.")


def _target(arn: str) -> Any | None:
    from moto.s3.models import s3_backends

    name = arn.rpartition(":")[2]
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def _invalid(message: str) -> None:
    raise Fault("InvalidRequest", message, 400)
