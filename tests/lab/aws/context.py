"""The condition keys of a request, as IAM sees them."""

from __future__ import annotations

from typing import Any

from lab.aws.caller import Caller
from lab.aws.iam.conditions import Context, Values
from lab.aws.objects import bucket
from lab.aws.request import AwsRequest

# condition key → member of the request
S3 = {
    "s3:prefix": "Prefix",
    "s3:delimiter": "Delimiter",
    "s3:x-amz-acl": "ACL",
    "s3:x-amz-storage-class": "StorageClass",
    "s3:x-amz-server-side-encryption": "ServerSideEncryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
}


def of(request: AwsRequest, caller: Caller, secure: bool, more: dict[str, Any]) -> Context:
    """secure: whether the request came by TLS, or is taken to; more: what a service adds."""
    context: dict[str, Values] = {
        "aws:principalarn": caller.role or caller.arn,
        "aws:principalaccount": caller.account,
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "true" if "kms:viaservice" in more else "false",
        "aws:requestedregion": request.region,
        "aws:securetransport": "true" if secure else "false",
        **_of_service(request),
        **_tags(request),
    }
    return {**context, **more}


def _of_service(request: AwsRequest) -> dict[str, Values]:
    params = request.params
    if request.call.service == "s3":
        of = bucket(request)
        owner = {"s3:resourceaccount": of.account_id} if of is not None else {}
        return {**owner, **{key: str(params[member]) for key, member in S3.items() if member in params}}
    if request.call.service == "kms":
        granted = {"kms:grantisforawsresource": "false"} if request.call.operation == "CreateGrant" else {}
        pairs = params.get("EncryptionContext", {}).items()
        return {
            "kms:calleraccount": request.account,
            **granted,
            **{f"kms:encryptioncontext:{name.lower()}": value for name, value in pairs},
        }
    if request.call.service == "sts":
        named = {"sts:externalid": "ExternalId", "sts:rolesessionname": "RoleSessionName"}
        return {key: params[member] for key, member in named.items() if member in params}
    if request.call.service == "cloudwatch":
        return {"cloudwatch:namespace": params["Namespace"]} if "Namespace" in params else {}
    if request.call.service == "iam":
        return {"iam:policyarn": params["PolicyArn"]} if "PolicyArn" in params else {}
    return {}


def _tags(request: AwsRequest) -> dict[str, Values]:
    """Tags that the request sets, and those that the volume it is about has."""
    given = _given(request.params)
    tags: dict[str, Values] = {f"aws:requesttag/{key.lower()}": value for key, value in given.items()}
    if given:
        tags["aws:tagkeys"] = tuple(given)
    if request.call.service == "ec2":
        for key, value in _of_volume(request).items():
            tags[f"ec2:resourcetag/{key.lower()}"] = tags[f"aws:resourcetag/{key.lower()}"] = value
    return tags


def _given(params: dict[str, Any]) -> dict[str, str]:
    listed = params.get("Tags", [])
    for specification in params.get("TagSpecifications", []):
        listed = listed + specification.get("Tags", [])
    names = {tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue", "")) for tag in listed}
    return {**names, **(params.get("tags") or {})}


def _of_volume(request: AwsRequest) -> dict[str, str]:
    volume = request.backend("ec2").volumes.get(request.params.get("VolumeId"))
    return {tag["key"]: tag["value"] for tag in volume.get_tags()} if volume else {}
