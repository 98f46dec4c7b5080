"""Errors that every service has, as each calls them; and AWS's words for a refusal."""

from __future__ import annotations

from typing import NamedTuple

from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


class Named(NamedTuple):
    code: str
    status: int
    message: str


EXPIRED = "The security token included in the request is expired"
UNKNOWN_KEY = "The security token included in the request is invalid."
SLOWER = "Rate exceeded"
# by the name under which tests ask for them, then by the kind of service
COMMON: dict[str, dict[str, Named]] = {
    "AccessDenied": {
        "json": Named("AccessDeniedException", 400, ""),
        "query": Named("AccessDenied", 403, ""),
        "ec2": Named("UnauthorizedOperation", 403, ""),
        "s3": Named("AccessDenied", 403, ""),
    },
    "ExpiredToken": {
        "json": Named("ExpiredTokenException", 400, EXPIRED),
        "query": Named("ExpiredToken", 403, EXPIRED),
        "ec2": Named("RequestExpired", 400, "Request has expired."),
        "s3": Named("ExpiredToken", 400, "The provided token has expired."),
    },
    "InvalidClientTokenId": {
        "json": Named("UnrecognizedClientException", 400, UNKNOWN_KEY),
        "query": Named("InvalidClientTokenId", 403, UNKNOWN_KEY),
        "ec2": Named("AuthFailure", 401, "AWS was not able to validate the provided access credentials"),
        "s3": Named("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."),
    },
    "Throttling": {
        "json": Named("ThrottlingException", 400, SLOWER),
        "query": Named("Throttling", 400, SLOWER),
        "ec2": Named("RequestLimitExceeded", 503, "Request limit exceeded."),
        "s3": Named("SlowDown", 503, "Please reduce your request rate."),
    },
}
# AWS's service authorization reference: EKS answers 403
# these do not say why
TERSE = ("eks", "sts")
STATUS = {("eks", "AccessDenied"): 403, ("eks-auth", "AccessDenied"): 403}


def common(request: AwsRequest, name: str) -> Named:
    """Raises KeyError for a name that is not one of COMMON."""
    named = COMMON[name][_kind(request)]
    return named._replace(status=STATUS.get((request.call.service, name), named.status))


def denied(request: AwsRequest, caller: str, action: str, resource: str, reason: str = "") -> Fault:
    """reason: AWS's, such as ``because no identity-based policy allows the kms:Decrypt action``."""
    why = f" {reason}" if reason and request.call.service not in TERSE else ""
    on = f'"{resource}"' if action.startswith("s3:") else resource
    message = f"User: {caller} is not authorized to perform: {action} on resource: {on}{why}"
    if request.call.service == "ec2":
        message = f"You are not authorized to perform this operation. {message}"
    named = common(request, "AccessDenied")
    return Fault(named.code, message, named.status)


def _kind(request: AwsRequest) -> str:
    service = request.call.service
    if service in ("ec2", "s3"):
        return service
    protocol = str(request.model.service_model.protocol) if request.model else "json"
    return "json" if protocol.endswith("json") else "query"
