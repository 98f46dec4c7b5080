"""What an AWS request asks for, read from the request alone. Nothing of its content is kept: it may hold secrets."""

from __future__ import annotations

import io
import re
from collections.abc import MutableMapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

# AWS Signature Version 4: Credential=<access key>/<date>/<region>/<service>/aws4_request
SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
PRESIGNED = re.compile(r"X-Amz-Credential=([^&%]+)%2F\d+%2F([^&%]+)%2F([^&%]+)%2Faws4_request")
FORM = "application/x-www-form-urlencoded"
# where a service signs under a name that is not its own in botocore
SIGNED_AS = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
# what operations begin with that change nothing; sessions, data keys and simulations leave nothing behind
READS = ("Get", "List", "Describe", "Head", "BatchGet", "Simulate", "AssumeRole", "Select", "Lookup")
ALSO_READ = {
    "CreateSession",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateRandom",
}


class Call(NamedTuple):
    principal: str  # access key, empty if the request is not signed
    region: str
    service: str  # botocore's name
    operation: str  # as in the service's API, else the HTTP method
    resource: str  # path: names the resource of REST services, "/" for others


def describe(environ: MutableMapping[str, Any]) -> Call:
    """Reads a WSGI request; a body that had to be read can be read again by the next."""
    # the second: of a presigned URL
    scope = SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) or PRESIGNED.search(environ.get("QUERY_STRING", ""))
    action = _action(environ)
    if scope:
        principal, region, service = scope.groups()
        service = SIGNED_AS.get(service, service)
    else:
        # the unsigned calls there are: web identities at STS, which are forms, and public objects of S3
        principal, region, service = "", "", "sts" if action else "s3"
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    operation = target or action or _routed(service, environ) or environ["REQUEST_METHOD"]
    return Call(principal, region, service, operation, environ["PATH_INFO"])


def mutates(operation: str) -> bool:
    """Whether an operation can change anything, by its name."""
    return not operation.startswith(READS) and operation not in ALSO_READ


def _action(environ: MutableMapping[str, Any]) -> str:
    """The operation of a query service (EC2, IAM, STS, …), whose requests are forms."""
    if not environ.get("CONTENT_TYPE", "").startswith(FORM):
        return ""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]


def _routed(service: str, environ: MutableMapping[str, Any]) -> str:
    """The operation of a REST service (S3, EKS, …) by moto's own table of paths."""
    from botocore.exceptions import UnknownServiceError
    from moto.core.request import Request
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import HTTPException

    try:
        operation, _fields = get_service_router(service).match(Request(dict(environ)))
    except (UnknownServiceError, HTTPException):
        return ""
    return operation.name
