"""Trust policies: JSON, with a principal each, that exists."""

from __future__ import annotations

from lab.aws import principals
from lab.aws.guards.registry import guard
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


@guard("iam", "CreateRole")
def role(request: AwsRequest) -> None:
    _trust(request.params["AssumeRolePolicyDocument"])


@guard("iam", "UpdateAssumeRolePolicy")
def trust(request: AwsRequest) -> None:
    _trust(request.params["PolicyDocument"])


def _trust(text: str) -> None:
    try:
        document = principals.parse(text)
    except principals.Malformed as malformed:
        raise Fault("MalformedPolicyDocument", str(malformed)) from None
    for statement in principals.statements(document):
        if "Principal" not in statement:
            raise Fault("MalformedPolicyDocument", "Missing required field Principal")
        if "Resource" in statement:
            raise Fault("MalformedPolicyDocument", "Has prohibited field Resource")
    for kind, name in principals.unknown(document):
        raise Fault("MalformedPolicyDocument", f'Invalid principal in policy: "{kind.upper()}":"{name}"')
