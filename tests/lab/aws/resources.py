"""The ARNs that an operation of EKS, IAM, KMS, EC2, STS, ElastiCache, CloudWatch or Secrets Manager acts on."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lab.aws import keys
from lab.aws.iam.conditions import Unsupported
from lab.aws.request import AwsRequest

CLUSTER = "arn:aws:eks:{region}:{account}:cluster/{clusterName}"
NAMED_CLUSTER = "arn:aws:eks:{region}:{account}:cluster/{name}"
ADDON = "arn:aws:eks:{region}:{account}:addon/{clusterName}/{addonName}/*"
ASSOCIATION = "arn:aws:eks:{region}:{account}:podidentityassociation/{clusterName}/{associationId}"
VOLUME = "arn:aws:ec2:{region}:{account}:volume/"
INSTANCE = "arn:aws:ec2:{region}:{account}:instance/{InstanceId}"
PROVIDER = "{OpenIDConnectProviderArn}"
ALIAS = "arn:aws:kms:{region}:{account}:{AliasName}"
CACHES = "arn:aws:elasticache:{region}:{account}:"
# filled in from the request; {key} is the KMS key's ARN, {role} the IAM role's, {secret} that of Secrets Manager
RESOURCES: dict[str, tuple[str, ...]] = {
    "eks:CreateCluster": (NAMED_CLUSTER,),
    "eks:DescribeCluster": (NAMED_CLUSTER,),
    "eks:DescribeUpdate": (NAMED_CLUSTER,),
    "eks:ListAddons": (CLUSTER,),
    "eks:CreateAddon": (CLUSTER,),
    "eks:DescribeAddon": (ADDON,),
    "eks:UpdateAddon": (ADDON,),
    "eks:DeleteAddon": (ADDON,),
    "eks:ListPodIdentityAssociations": (CLUSTER,),
    "eks:CreatePodIdentityAssociation": (CLUSTER,),
    "eks:DescribePodIdentityAssociation": (ASSOCIATION,),
    "eks:UpdatePodIdentityAssociation": (ASSOCIATION,),
    "eks:DeletePodIdentityAssociation": (ASSOCIATION,),
    "eks:TagResource": ("{resourceArn}",),
    "eks:UntagResource": ("{resourceArn}",),
    "eks:ListTagsForResource": ("{resourceArn}",),
    "iam:CreateOpenIDConnectProvider": ("arn:aws:iam::{account}:oidc-provider/{issuer}",),
    "iam:SimulatePrincipalPolicy": ("{PolicySourceArn}",),
    "kms:CreateAlias": (ALIAS, "{key}"),
    "kms:UpdateAlias": (ALIAS, "{key}"),
    "kms:DeleteAlias": (ALIAS,),
    "ec2:CreateVolume": (VOLUME + "*",),
    "ec2:DeleteVolume": (VOLUME + "{VolumeId}",),
    "ec2:ModifyVolume": (VOLUME + "{VolumeId}",),
    "ec2:AttachVolume": (VOLUME + "{VolumeId}", INSTANCE),
    "ec2:DetachVolume": (VOLUME + "{VolumeId}", INSTANCE),
    "elasticache:AddTagsToResource": ("{ResourceName}",),
    "elasticache:CopySnapshot": (
        CACHES + "snapshot:{SourceSnapshotName}",
        CACHES + "snapshot:{TargetSnapshotName}",
    ),
    "elasticache:CreateServerlessCacheSnapshot": (
        CACHES + "serverlesscache:{ServerlessCacheName}",
        CACHES + "serverlesscachesnapshot:{ServerlessCacheSnapshotName}",
    ),
    "elasticache:CreateSnapshot": (
        CACHES + "replicationgroup:{ReplicationGroupId}",
        CACHES + "snapshot:{SnapshotName}",
    ),
    "elasticache:DeleteServerlessCacheSnapshot": (CACHES + "serverlesscachesnapshot:{ServerlessCacheSnapshotName}",),
    "elasticache:DeleteSnapshot": (CACHES + "snapshot:{SnapshotName}",),
    "elasticache:DescribeCacheClusters": (CACHES + "cluster:*",),
    "elasticache:DescribeCacheParameterGroups": (CACHES + "parametergroup:*",),
    "elasticache:DescribeCacheParameters": (CACHES + "parametergroup:{CacheParameterGroupName}",),
    "elasticache:DescribeReplicationGroups": (CACHES + "replicationgroup:*",),
    "elasticache:DescribeServerlessCacheSnapshots": (CACHES + "serverlesscachesnapshot:*",),
    "elasticache:DescribeServerlessCaches": (CACHES + "serverlesscache:*",),
    "elasticache:DescribeSnapshots": (CACHES + "snapshot:*",),
    "elasticache:DescribeUserGroups": (CACHES + "usergroup:*",),
    "elasticache:DescribeUsers": (CACHES + "user:*",),
    "elasticache:ExportServerlessCacheSnapshot": (CACHES + "serverlesscachesnapshot:{ServerlessCacheSnapshotName}",),
    "elasticache:ListTagsForResource": ("{ResourceName}",),
    "elasticache:RemoveTagsFromResource": ("{ResourceName}",),
    "elasticache:TestFailover": (CACHES + "replicationgroup:{ReplicationGroupId}",),
    "secretsmanager:CreateSecret": ("arn:aws:secretsmanager:{region}:{account}:secret:{Name}-??????",),
    "sts:AssumeRole": ("{RoleArn}",),
    "sts:TagSession": ("{RoleArn}",),
}
# operations that name their resource by one of these act on it, where no row says otherwise
BY_MEMBER = {
    "iam": {
        "RoleName": "{role}",
        "PolicyArn": "{PolicyArn}",
        "PolicyName": "arn:aws:iam::{account}:policy/{PolicyName}",
        "OpenIDConnectProviderArn": PROVIDER,
        "UserName": "arn:aws:iam::{account}:user/{UserName}",
    },
    "kms": {"KeyId": "{key}"},
    "secretsmanager": {"SecretId": "{secret}"},
}
# reads that are allowed on everything or nothing, and creations of what has no ARN yet
EVERYTHING = re.compile(
    r"ec2:(Describe|Get).*|eks:(List|DescribeAddon(Versions|Configuration)).*|iam:List.*|kms:(List|Create).*"
    r"|cloudwatch:(Get|List|Put)Metric.*"
)


def of(request: AwsRequest) -> tuple[str, ...]:
    """Raises Unsupported for an operation that no table knows."""
    service, operation = request.call.service, request.call.operation
    name = f"{service}:{operation}"
    if name in RESOURCES:
        return tuple(_filled(request, template) for template in RESOURCES[name])
    for member, template in BY_MEMBER.get(service, {}).items():
        if member in request.params:
            return (_filled(request, template),)
    if name == "ec2:CreateTags" or name == "ec2:DeleteTags":
        return tuple(ec2_resource(request, each) for each in request.params["Resources"])
    if EVERYTHING.fullmatch(name):
        return ("*",)
    raise Unsupported(f"what {name} acts on is in no table: add it to tests/lab/aws/resources.py")


def ec2_resource(request: AwsRequest, identifier: str) -> str:
    kind = {"vol": "volume", "snap": "snapshot", "i": "instance"}[identifier.partition("-")[0]]
    return request.arn("ec2", f"{kind}/{identifier}")


def role(request: AwsRequest, name: str) -> str:
    """The ARN of a role by its name: it may have a path."""
    for known in request.backend("iam").roles.values():
        if known.name == name:
            return str(known.arn)
    return f"arn:aws:iam::{request.account}:role/{name}"


def secret(request: AwsRequest, name: str) -> str:
    """The ARN of a secret by its name; of one that is not there as far as it is known."""
    found = request.backend("secretsmanager").secrets.get(name)
    if found:
        return str(found.arn)
    return name if name.startswith("arn:") else request.arn("secretsmanager", f"secret:{name}")


def _filled(request: AwsRequest, template: str) -> str:
    params = request.params
    more = {"region": request.region, "account": request.account}
    if "{key}" in template:
        name = params.get("KeyId") or params["TargetKeyId"]
        found = keys.find(request, name)
        more["key"] = found.arn if found else request.arn("kms", f"key/{name}")
    if "{role}" in template:
        more["role"] = role(request, params["RoleName"])
    if "{secret}" in template:
        more["secret"] = secret(request, params["SecretId"])
    if "{issuer}" in template:
        issuer = urlsplit(params["Url"])
        more["issuer"] = issuer.netloc + issuer.path
    return template.format(**{"InstanceId": "*", **params, **more})
