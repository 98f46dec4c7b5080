"""EKS Auth, a service that moto does not have: credentials for pods, asked for by the Pod Identity agent."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from lab.aws import sessions, tokens
from lab.aws.iam.decide import Principal
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.eks_clusters import cluster
from lab.aws.supply.eks_pod_identity import Association, of_cluster
from lab.aws.supply.registry import supply

AUDIENCE = "pods.eks.amazonaws.com"
HOURS = 6  # that credentials last, by the API reference
PODS = Principal("", frozenset({AUDIENCE}), "Service")


@supply("eks-auth", "AssumeRoleForPodIdentity")
def assume_role_for_pod_identity(request: AwsRequest) -> dict[str, Any]:
    of = cluster(request)
    claims = _claims(request)
    if claims["iss"] != of.identity["oidc"]["issuer"]:
        raise Fault("InvalidTokenException", f"The token was not issued by cluster {of.name}")
    if AUDIENCE not in tokens.audiences(claims):
        raise Fault("InvalidTokenException", f"Token audience is not {AUDIENCE}")
    # system:serviceaccount:<namespace>:<name>
    namespace, service_account = claims["sub"].split(":")[2:4]
    association = _association(request, of.name, namespace, service_account)
    role = sessions.role(association.role)
    # EKS User Guide, "Grant Pods access to AWS resources based on tags": the tags of such a session
    asked = {
        "eks-cluster-arn": of.arn,
        "eks-cluster-name": of.name,
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
    }
    context = {
        "aws:sourceaccount": request.account,
        "aws:sourcearn": of.arn,
        **{f"aws:requesttag/{name}": value for name, value in asked.items()},
    }
    trusted = ("sts:AssumeRole", "sts:TagSession")
    if role is None or not all(sessions.trusts(role, PODS, action, context) for action in trusted):
        raise Fault(
            "AccessDeniedException",
            "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
        )
    session = sessions.begin(role, request.region, f"eks-{of.name}-{service_account}-{uuid.uuid4()}"[:64], HOURS * 3600)
    return {
        "subject": {"namespace": namespace, "serviceAccount": service_account},
        "audience": AUDIENCE,
        "podIdentityAssociation": {"associationArn": association.arn, "associationId": association.id},
        "assumedRoleUser": {"arn": session.arn, "assumeRoleId": session.user_id},
        "credentials": {
            "accessKeyId": session.access_key_id,
            "secretAccessKey": session.secret_access_key,
            "sessionToken": session.session_token,
            "expiration": session.expiration.replace(tzinfo=datetime.UTC),
        },
    }


def _claims(request: AwsRequest) -> dict[str, Any]:
    try:
        return request.tokens.claims(request.params["token"])
    except tokens.Expired as expired:
        raise Fault("ExpiredTokenException", str(expired)) from None
    except tokens.Invalid as invalid:
        raise Fault("InvalidTokenException", f"The token could not be validated: {invalid}") from None


def _association(request: AwsRequest, name: str, namespace: str, service_account: str) -> Association:
    for association in of_cluster(request, name):
        if (association.namespace, association.service_account) == (namespace, service_account):
            return association
    raise Fault(
        "ResourceNotFoundException",
        f"No association found for service account {service_account} in namespace {namespace} of cluster {name}",
    )
