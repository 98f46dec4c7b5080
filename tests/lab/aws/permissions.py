"""What an operation needs to be allowed: IAM actions, each on a resource.

By AWS's service authorization reference. An operation that has no row raises ``Unsupported``: nothing is guessed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lab.aws import implied, resources
from lab.aws.iam.conditions import Unsupported
from lab.aws.request import AwsRequest

# S3's actions are often not called as its operations are; {Bucket} and {Key} are the request's
BUCKET, OBJECT = "arn:aws:s3:::{Bucket}", "arn:aws:s3:::{Bucket}/{Key}"
S3 = {
    "ListBuckets": ("ListAllMyBuckets", "*"),
    "HeadBucket": ("ListBucket", BUCKET),
    "ListObjects": ("ListBucket", BUCKET),
    "ListObjectsV2": ("ListBucket", BUCKET),
    "ListObjectVersions": ("ListBucketVersions", BUCKET),
    "ListMultipartUploads": ("ListBucketMultipartUploads", BUCKET),
    "CreateBucket": ("CreateBucket", BUCKET),
    "DeleteBucket": ("DeleteBucket", BUCKET),
    "GetBucketLocation": ("GetBucketLocation", BUCKET),
    "GetBucketVersioning": ("GetBucketVersioning", BUCKET),
    "PutBucketVersioning": ("PutBucketVersioning", BUCKET),
    "GetBucketEncryption": ("GetEncryptionConfiguration", BUCKET),
    "PutBucketEncryption": ("PutEncryptionConfiguration", BUCKET),
    "DeleteBucketEncryption": ("PutEncryptionConfiguration", BUCKET),
    "GetBucketPolicy": ("GetBucketPolicy", BUCKET),
    "GetBucketPolicyStatus": ("GetBucketPolicyStatus", BUCKET),
    "PutBucketPolicy": ("PutBucketPolicy", BUCKET),
    "DeleteBucketPolicy": ("DeleteBucketPolicy", BUCKET),
    "GetPublicAccessBlock": ("GetBucketPublicAccessBlock", BUCKET),
    "PutPublicAccessBlock": ("PutBucketPublicAccessBlock", BUCKET),
    "DeletePublicAccessBlock": ("PutBucketPublicAccessBlock", BUCKET),
    "GetBucketOwnershipControls": ("GetBucketOwnershipControls", BUCKET),
    "PutBucketOwnershipControls": ("PutBucketOwnershipControls", BUCKET),
    "DeleteBucketOwnershipControls": ("PutBucketOwnershipControls", BUCKET),
    "GetBucketLifecycleConfiguration": ("GetLifecycleConfiguration", BUCKET),
    "PutBucketLifecycleConfiguration": ("PutLifecycleConfiguration", BUCKET),
    "DeleteBucketLifecycle": ("PutLifecycleConfiguration", BUCKET),
    "GetBucketReplication": ("GetReplicationConfiguration", BUCKET),
    "PutBucketReplication": ("PutReplicationConfiguration", BUCKET),
    "DeleteBucketReplication": ("PutReplicationConfiguration", BUCKET),
    "GetBucketTagging": ("GetBucketTagging", BUCKET),
    "PutBucketTagging": ("PutBucketTagging", BUCKET),
    "DeleteBucketTagging": ("PutBucketTagging", BUCKET),
    "GetBucketAcl": ("GetBucketAcl", BUCKET),
    "PutBucketAcl": ("PutBucketAcl", BUCKET),
    "GetBucketLogging": ("GetBucketLogging", BUCKET),
    "PutBucketLogging": ("PutBucketLogging", BUCKET),
    "GetBucketRequestPayment": ("GetBucketRequestPayment", BUCKET),
    "GetBucketAccelerateConfiguration": ("GetAccelerateConfiguration", BUCKET),
    "GetObjectLockConfiguration": ("GetBucketObjectLockConfiguration", BUCKET),
    "PutObjectLockConfiguration": ("PutBucketObjectLockConfiguration", BUCKET),
    "HeadObject": ("GetObject", OBJECT),
    "GetObject": ("GetObject", OBJECT),
    "GetObjectAttributes": ("GetObjectAttributes", OBJECT),
    "GetObjectTagging": ("GetObjectTagging", OBJECT),
    "GetObjectRetention": ("GetObjectRetention", OBJECT),
    "GetObjectLegalHold": ("GetObjectLegalHold", OBJECT),
    "PutObject": ("PutObject", OBJECT),
    "PutObjectTagging": ("PutObjectTagging", OBJECT),
    "PutObjectRetention": ("PutObjectRetention", OBJECT),
    "PutObjectLegalHold": ("PutObjectLegalHold", OBJECT),
    "CopyObject": ("PutObject", OBJECT),
    "CreateMultipartUpload": ("PutObject", OBJECT),
    "UploadPart": ("PutObject", OBJECT),
    "CompleteMultipartUpload": ("PutObject", OBJECT),
    "AbortMultipartUpload": ("AbortMultipartUpload", OBJECT),
    "ListParts": ("ListMultipartUploadParts", OBJECT),
    "DeleteObject": ("DeleteObject", OBJECT),
    "RestoreObject": ("RestoreObject", OBJECT),
}
# on one version of an object the action is another
OF_VERSION = {
    "GetObject": "GetObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "DeleteObject": "DeleteObjectVersion",
}
FREE = {("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity"), ("eks-auth", "AssumeRoleForPodIdentity")}


class Need(NamedTuple):
    action: str
    resource: str
    context: dict[str, Any] = {}  # beside that of the request, for what a service does on the caller's behalf


def needed(request: AwsRequest) -> list[Need]:
    """The operation's own first. Raises Unsupported."""
    service, operation = request.call.service, request.call.operation
    if (service, operation) in FREE:
        return []
    if service == "s3":
        own = _of_s3(request)
    else:
        own = [Need(f"{service}:{operation}", resource) for resource in resources.of(request)]
    return own + [Need(*each) for each in implied.by(request)]


def _of_s3(request: AwsRequest) -> list[Need]:
    operation, params = request.call.operation, request.params
    if operation == "DeleteObjects":
        return [
            Need(_action("DeleteObject", each), OBJECT.format(Bucket=params["Bucket"], Key=each["Key"]))
            for each in params["Delete"]["Objects"]
        ]
    if operation not in S3:
        raise Unsupported(f"what s3:{operation} needs is in no table: add it to tests/lab/aws/permissions.py")
    action, resource = S3[operation]
    return [Need(_action(action, params), resource.format(**params))]


def _action(action: str, params: dict[str, Any]) -> str:
    return f"s3:{OF_VERSION.get(action, action) if params.get('VersionId') else action}"
