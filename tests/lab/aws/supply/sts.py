"""AssumeRoleWithWebIdentity: moto takes any token for any role."""

from __future__ import annotations

import datetime
from typing import Any

from lab.aws import sessions, tokens
from lab.aws.iam.decide import Principal
from lab.aws.request import AwsRequest, backend
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply

OPERATION = "sts:AssumeRoleWithWebIdentity"
ALWAYS = {
    "AssumeRoleWithWebIdentityResponse": (
        "Credentials",
        "SubjectFromWebIdentityToken",
        "AssumedRoleUser",
        "PackedPolicySize",
        "Provider",
        "Audience",
    ),
    "Credentials": ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"),
}


@supply("sts", "AssumeRoleWithWebIdentity", always=ALWAYS, replaces=True)
def assume_role_with_web_identity(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    claims = _claims(request, params["WebIdentityToken"])
    role = sessions.role(params["RoleArn"])
    if role is None:
        raise _denied()
    provider = _provider(role.arn.split(":")[4], claims["iss"])
    audience = next((each for each in tokens.audiences(claims) if each in provider.client_id_list), None)
    if audience is None:
        raise Fault("InvalidIdentityToken", "Incorrect token audience")
    identity = Principal("", frozenset({provider.arn}), "Federated")
    # keys of conditions have no case
    issuer = provider.url.lower()
    context = {f"{issuer}:sub": claims["sub"], f"{issuer}:aud": audience}
    if not sessions.trusts(role, identity, OPERATION, context):
        raise _denied()
    session = sessions.begin(
        role, request.region, params["RoleSessionName"], params.get("DurationSeconds", 3600), params.get("Policy", "")
    )
    return {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expiration.replace(tzinfo=datetime.UTC),
        },
        "SubjectFromWebIdentityToken": claims["sub"],
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": 0,
        "Provider": provider.arn,
        "Audience": audience,
    }


def _claims(request: AwsRequest, token: str) -> dict[str, Any]:
    try:
        return request.tokens.claims(token)
    except tokens.Expired as expired:
        raise Fault("ExpiredTokenException", str(expired)) from None
    except tokens.Invalid as invalid:
        raise Fault("InvalidIdentityToken", f"The web identity token could not be validated: {invalid}") from None


def _provider(account: str, issuer: str) -> Any:
    wanted = issuer.removeprefix("https://")
    for provider in backend("iam", account, "aws").open_id_providers.values():
        if provider.url == wanted:
            return provider
    raise Fault("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for {issuer}")


def _denied() -> Fault:
    return Fault("AccessDenied", f"Not authorized to perform {OPERATION}", 403)
