# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong between us and AWS, each as one line a user can act on."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import permissions
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

# "User: arn:… is not authorized to perform: eks:CreateAddon on resource: arn:… because no identity-based policy …"
# S3 quotes the resource
_DENIED = re.compile(
    r"(?:User: (?P<user>\S+) )?is not authorized to perform: (?P<action>[\w-]+:\w+)"
    r"(?: on resource: \"?(?P<resource>[^\s\"]+)\"?)?"
    r"(?: with an explicit deny in (?P<deny>an? [\w -]+?)(?:$|[.,:])| because no (?P<silent>[\w -]+?) allows )?"
)
# the kind of policy that statements are added to; every other kind has to allow the call beside one of these
_USUAL = "identity-based policy"
# calls that botocore makes by itself to get credentials -> their service
_FOR_CREDENTIALS = {"AssumeRole": "sts", "AssumeRoleWithWebIdentity": "sts", "GetRoleCredentials": "sso"}
# who may assume a role is said by the role too, and of web identities by nothing else
_TRUSTED = "sts:AssumeRoleWithWebIdentity"
DENIALS = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "403"}
)
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "InvalidToken",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "MissingAuthenticationToken",
        "IncompleteSignature",
    }
)
_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "RequestThrottled",
        "SlowDown",
        "BandwidthLimitExceeded",
    }
)


class AwsError(EngineError):
    """code: AWS's own error code, such as ``NoSuchEntity``; empty where no answer came."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@contextlib.contextmanager
def translated(service: str, region: str | None) -> Iterator[None]:
    """Turns botocore's exceptions into AwsError."""
    from botocore.exceptions import BotoCoreError, ClientError, WaiterError

    try:
        yield
    except ClientError as error:
        operation = error.operation_name
        said = error.response.get("Error") or {}
        raise answered(_FOR_CREDENTIALS.get(operation, service), operation, said) from None
    except WaiterError:
        raise
    except BotoCoreError as error:
        raise AwsError(_unanswered(type(error).__name__, str(error), service, region)) from None


def answered(service: str, operation: str, error: dict[str, Any]) -> AwsError:
    """For an answer other than success. error: ``{Code, Message}`` as AWS sends it."""
    code, text = str(error.get("Code") or ""), " ".join(str(error.get("Message") or "").split())
    what = f"{service}:{operation}"
    if code in DENIALS:
        message = _denied(service, operation, text)
    elif code in _CREDENTIALS:
        message = (
            f"AWS does not accept the credentials ({code}: {text or 'no reason given'}): they are wrong or have "
            "expired; renew them (with a profile of IAM Identity Center: aws sso login) and run again"
        )
    elif code in _THROTTLED:
        message = f"{what}: AWS throttled this call each time it was tried ({code}); run again later"
    else:
        message = f"{what}: {text.rstrip('.') or 'no reason given'} ({code})"
    return AwsError(message, code)


def _denied(service: str, operation: str, text: str) -> str:
    found = _DENIED.search(text)
    said: dict[str, str | None] = found.groupdict() if found else {}
    action = said.get("action") or permissions.action(service, operation)
    resource = (said.get("resource") or "*").rstrip(".,")
    who = f"{said['user']} may not do this" if said.get("user") else "denied"
    what = f"{action} on {resource}: {who}"
    if said.get("deny"):
        return f"{what}: an explicit deny in {said['deny']} stands against it"
    if action == _TRUSTED:
        return f"{what}: the role's trust policy does not let this token assume it"
    statement = json.dumps({"Effect": "Allow", "Action": action, "Resource": resource})
    silent = said.get("silent") or _USUAL
    if silent != _USUAL:
        return f"{what}: no {silent} allows it, and one has to, with this statement: {statement}"
    return f"{what}; a policy with this statement grants it: {statement}"


NO_REGION = "no AWS region: name one with the option region (playbooks: aws_region) or AWS_REGION"
# name of botocore's exception -> what to do about it
_ADVICE = {
    "NoCredentialsError": "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile",
    "PartialCredentialsError": "AWS credentials are not complete",
    "CredentialRetrievalError": "AWS credentials could not be fetched",
    "ProfileNotFound": "AWS profile",
    "NoRegionError": NO_REGION,
    "InvalidRegionError": "AWS region",
    "UnauthorizedSSOTokenError": "the session of IAM Identity Center has ended; renew it with: aws sso login",
    "SSOTokenLoadError": "no session of IAM Identity Center; begin one with: aws sso login",
    "TokenRetrievalError": "the session of IAM Identity Center cannot be renewed; begin one with: aws sso login",
}
_NETWORK = frozenset(
    {
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "HTTPClientError",
        "ProxyConnectionError",
        "SSLError",
    }
)


def _unanswered(kind: str, text: str, service: str, region: str | None) -> str:
    text = " ".join(text.split()).rstrip(".")
    if kind in _NETWORK:
        return (
            f"no answer from AWS ({service}, region {region}): {text}; check the region's name, the network and the "
            "proxy (HTTPS_PROXY)"
        )
    return f"{_ADVICE[kind]}: {text}" if kind in _ADVICE else f"{service}: {text}"
