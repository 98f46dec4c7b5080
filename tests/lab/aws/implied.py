"""What services do on behalf of the caller, with its rights: use KMS keys for its data, take roles that it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lab.aws import keys, objects
from lab.aws.request import AwsRequest

Implied = tuple[str, str, dict[str, Any]]  # action, resource, context
# S3: KMS actions by operation, and how its key is found (S3 User Guide, "Using server-side encryption with KMS keys")
S3_KEYS: dict[str, tuple[tuple[str, ...], Callable[[AwsRequest], str | None]]] = {
    "PutObject": (("kms:GenerateDataKey",), objects.key_of_write),
    "CopyObject": (("kms:GenerateDataKey",), objects.key_of_write),
    "CreateMultipartUpload": (("kms:GenerateDataKey", "kms:Decrypt"), objects.key_of_write),
    "UploadPart": (("kms:GenerateDataKey", "kms:Decrypt"), objects.key_of_upload),
    "CompleteMultipartUpload": (("kms:Decrypt",), objects.key_of_upload),
    "GetObject": (("kms:Decrypt",), objects.key_of_read),
}
# EC2 grants the key to the machine that the volume is attached to (EBS User Guide, "Amazon EBS encryption")
CREATE_VOLUME = ("kms:GenerateDataKeyWithoutPlaintext", "kms:CreateGrant")
# operations that make something with tags need the right to tag, too, on what they make
TAGGED = {
    "eks:CreateAddon": ("eks:TagResource", "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}/*"),
    "eks:CreatePodIdentityAssociation": (
        "eks:TagResource",
        "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/*",
    ),
    "elasticache:CreateServerlessCacheSnapshot": (
        "elasticache:AddTagsToResource",
        "arn:aws:elasticache:{region}:{account}:serverlesscachesnapshot:{ServerlessCacheSnapshotName}",
    ),
    "elasticache:CreateSnapshot": (
        "elasticache:AddTagsToResource",
        "arn:aws:elasticache:{region}:{account}:snapshot:{SnapshotName}",
    ),
    "iam:CreateOpenIDConnectProvider": (
        "iam:TagOpenIDConnectProvider",
        "arn:aws:iam::{account}:oidc-provider/{issuer}",
    ),
    "iam:CreateRole": ("iam:TagRole", "arn:aws:iam::{account}:role/{RoleName}"),
    "kms:CreateKey": ("kms:TagResource", "arn:aws:kms:{region}:{account}:key/*"),
    "secretsmanager:CreateSecret": (
        "secretsmanager:TagResource",
        "arn:aws:secretsmanager:{region}:{account}:secret:{Name}-??????",
    ),
}
# Secrets Manager: KMS actions by operation, on the key that the request names, and on the one that the secret has
# (Secrets Manager User Guide, "Secret encryption and decryption", and the API reference of UpdateSecret)
SECRET_KEYS: dict[str, tuple[str, ...]] = {
    "CreateSecret": ("kms:GenerateDataKey", "kms:Decrypt"),
    "GetSecretValue": ("kms:Decrypt",),
    "PutSecretValue": ("kms:GenerateDataKey", "kms:Decrypt"),
    "UpdateSecret": ("kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"),
}
EKS, PODS, S3_SERVICE = "eks.amazonaws.com", "pods.eks.amazonaws.com", "s3.amazonaws.com"


def by(request: AwsRequest) -> list[Implied]:
    return [
        *_tagged_session(request),
        *_tagged(request),
        *_keys_of_s3(request),
        *_keys_of_secrets(request),
        *_copied(request),
        *_volumes(request),
        *_passed_roles(request),
    ]


def _keys_of_s3(request: AwsRequest) -> Iterator[Implied]:
    if request.call.service != "s3" or request.call.operation not in S3_KEYS:
        return
    actions, find = S3_KEYS[request.call.operation]
    context = {"kms:encryptioncontext:aws:s3:arn": f"arn:aws:s3:::{request.params['Bucket']}/{request.params['Key']}"}
    for action in actions:
        yield from _on_key(request, find(request), action, context)


def _keys_of_secrets(request: AwsRequest) -> Iterator[Implied]:
    """A description that changes encrypts nothing."""
    params, operation = request.params, request.call.operation
    if request.call.service != "secretsmanager" or operation not in SECRET_KEYS:
        return
    found = request.backend("secretsmanager").secrets.get(params.get("SecretId", ""))
    named = params.get("KmsKeyId")
    key = named if operation in ("CreateSecret", "UpdateSecret") else found and found.kms_key_id
    for action in SECRET_KEYS[operation]:
        yield from _on_key(request, key, action, {"kms:encryptioncontext:secretarn": found.arn} if found else {})


def _tagged_session(request: AwsRequest) -> Iterator[Implied]:
    if (request.call.service, request.call.operation) == ("sts", "AssumeRole") and request.params.get("Tags"):
        yield "sts:TagSession", request.params["RoleArn"], {}


def _tagged(request: AwsRequest) -> Iterator[Implied]:
    params, operation = request.params, f"{request.call.service}:{request.call.operation}"
    if operation in TAGGED and (params.get("Tags") or params.get("tags")):
        action, resource = TAGGED[operation]
        issuer = params.get("Url", "").removeprefix("https://")
        yield action, resource.format(region=request.region, account=request.account, issuer=issuer, **params), {}


def _copied(request: AwsRequest) -> Iterator[Implied]:
    """The source of a copy is read."""
    source = request.params.get("CopySource")
    if request.call.service == "s3" and source:
        path = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
        yield "s3:GetObject", f"arn:aws:s3:::{path.lstrip('/').partition('?')[0]}", {}


def _volumes(request: AwsRequest) -> Iterator[Implied]:
    params = request.params
    if (request.call.service, request.call.operation) != ("ec2", "CreateVolume"):
        return
    for specification in params.get("TagSpecifications", []):
        if specification.get("Tags"):
            yield "ec2:CreateTags", request.arn("ec2", "volume/*"), {"ec2:createaction": "CreateVolume"}
    if params.get("Encrypted") or params.get("KmsKeyId"):
        key = params.get("KmsKeyId") or request.backend("ec2").default_kms_key_id
        for action in CREATE_VOLUME:
            granted = {"kms:grantisforawsresource": "true"} if action == "kms:CreateGrant" else {}
            yield from _on_key(request, key, action, granted)


def _on_key(request: AwsRequest, name: str | None, action: str, context: dict[str, Any]) -> Iterator[Implied]:
    """Nothing for AWS's own keys: they serve everybody of the account."""
    key = keys.find(request, name) if name else None
    if key is None or any(alias.startswith("alias/aws/") for alias in key.aliases):
        return
    via = f"{request.call.service}.{request.region}.amazonaws.com"
    yield action, key.arn, {"kms:viaservice": via, "kms:calleraccount": request.account, **context}


def _passed_roles(request: AwsRequest) -> Iterator[Implied]:
    """A role that is given to a service needs iam:PassRole; EKS looks whether it is there, too."""
    params, operation = request.params, f"{request.call.service}:{request.call.operation}"
    passed: list[tuple[str, str]] = []
    if operation in ("eks:CreateAddon", "eks:UpdateAddon"):
        passed += [(params["serviceAccountRoleArn"], EKS)] if params.get("serviceAccountRoleArn") else []
        passed += [(each["roleArn"], PODS) for each in params.get("podIdentityAssociations") or []]
    if operation in ("eks:CreatePodIdentityAssociation", "eks:UpdatePodIdentityAssociation") and "roleArn" in params:
        passed.append((params["roleArn"], PODS))
    if operation == "s3:PutBucketReplication":
        passed.append((params["ReplicationConfiguration"]["Role"], S3_SERVICE))
    for arn, service in passed:
        yield "iam:PassRole", arn, {"iam:passedtoservice": service}
        if service == PODS:
            yield "iam:GetRole", arn, {}
