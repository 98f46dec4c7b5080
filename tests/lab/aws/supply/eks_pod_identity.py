"""EKS Pod Identity: which role a ServiceAccount of a cluster has."""

from __future__ import annotations

import datetime
import secrets
import string
from dataclasses import dataclass, field
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply.eks_clusters import cluster
from lab.aws.supply.registry import page, supply

ALWAYS = {
    "PodIdentityAssociation": (
        "clusterName",
        "namespace",
        "serviceAccount",
        "roleArn",
        "associationArn",
        "associationId",
        "tags",
        "createdAt",
        "modifiedAt",
        "disableSessionTags",
    ),
    "PodIdentityAssociationSummary": (
        "clusterName",
        "namespace",
        "serviceAccount",
        "associationArn",
        "associationId",
    ),
}
ALPHABET = string.ascii_lowercase + string.digits


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass
class Association:
    cluster: str
    namespace: str
    service_account: str
    role: str
    arn: str
    id: str
    tags: dict[str, str]
    owner: str = ""  # ARN of the add-on that it belongs to
    more: dict[str, Any] = field(default_factory=dict)  # targetRoleArn, disableSessionTags, policy
    created: datetime.datetime = field(default_factory=now)
    modified: datetime.datetime = field(default_factory=now)

    def summary(self) -> dict[str, Any]:
        return {
            "clusterName": self.cluster,
            "namespace": self.namespace,
            "serviceAccount": self.service_account,
            "associationArn": self.arn,
            "associationId": self.id,
            **({"ownerArn": self.owner} if self.owner else {}),
        }

    def document(self) -> dict[str, Any]:
        return {
            **self.summary(),
            "roleArn": self.role,
            "tags": self.tags,
            "createdAt": self.created,
            "modifiedAt": self.modified,
            "disableSessionTags": False,
            **self.more,
        }


def associations() -> dict[str, Association]:
    """By id."""
    return {}


def of_cluster(request: AwsRequest, name: str) -> list[Association]:
    every = kept(request.backend("eks"), associations)
    return [association for association in every.values() if association.cluster == name]


def associate(request: AwsRequest, namespace: str, service_account: str, role: str, **more: Any) -> Association:
    """Raises Fault if the ServiceAccount has a role already, or the role does not exist."""
    name = request.params["clusterName"]
    for other in of_cluster(request, name):
        if (other.namespace, other.service_account) == (namespace, service_account):
            raise Fault("ResourceInUseException", f"Association already exists: {other.id}")
    role_exists(request, role)
    identifier = "a-" + "".join(secrets.choice(ALPHABET) for _digit in range(17))
    made = Association(
        cluster=name,
        namespace=namespace,
        service_account=service_account,
        role=role,
        arn=request.arn("eks", f"podidentityassociation/{name}/{identifier}"),
        id=identifier,
        **more,
    )
    kept(request.backend("eks"), associations)[identifier] = made
    return made


def role_exists(request: AwsRequest, role: str) -> None:
    if role not in {known.arn for known in request.backend("iam").roles.values()}:
        raise Fault("InvalidParameterException", f"Role provided in the request does not exist: {role}")


def _optional(params: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in ("targetRoleArn", "disableSessionTags", "policy") if name in params}


def _found(request: AwsRequest) -> Association:
    cluster(request)
    identifier = request.params["associationId"]
    found = kept(request.backend("eks"), associations).get(identifier)
    if not found or found.cluster != request.params["clusterName"]:
        raise Fault("ResourceNotFoundException", f"Association not found: {identifier}")
    return found


@supply("eks", "CreatePodIdentityAssociation", always=ALWAYS)
def create(request: AwsRequest) -> dict[str, Any]:
    cluster(request)
    params = request.params
    made = associate(
        request,
        params["namespace"],
        params["serviceAccount"],
        params["roleArn"],
        tags=params.get("tags", {}),
        more=_optional(params),
    )
    return {"association": made.document()}


@supply("eks", "DescribePodIdentityAssociation", always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    return {"association": _found(request).document()}


@supply("eks", "ListPodIdentityAssociations", always=ALWAYS)
def list_all(request: AwsRequest) -> dict[str, Any]:
    cluster(request)
    params = request.params
    wanted = [
        association.summary()
        for association in of_cluster(request, params["clusterName"])
        if params.get("namespace") in (None, association.namespace)
        and params.get("serviceAccount") in (None, association.service_account)
    ]
    shown, more = page(wanted, params)
    return {"associations": shown, **more}


@supply("eks", "UpdatePodIdentityAssociation", always=ALWAYS)
def update(request: AwsRequest) -> dict[str, Any]:
    found = _found(request)
    if "roleArn" in request.params:
        role_exists(request, request.params["roleArn"])
        found.role = request.params["roleArn"]
    found.more.update(_optional(request.params))
    found.modified = now()
    return {"association": found.document()}


@supply("eks", "DeletePodIdentityAssociation", always=ALWAYS)
def delete(request: AwsRequest) -> dict[str, Any]:
    found = _found(request)
    del kept(request.backend("eks"), associations)[found.id]
    return {"association": found.document()}
