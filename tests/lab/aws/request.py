"""An AWS request with all that is known about it: who calls, for which account, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, OperationNotFoundError
from moto.backends import get_backend
from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

from lab.aws import shapes
from lab.aws.calls import Call, describe
from lab.aws.tokens import Keys

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class AwsRequest:
    call: Call
    account: str
    model: OperationModel | None  # None: the operation is in no model of botocore's
    params: dict[str, Any]  # as boto3 takes them
    content_type: str
    tokens: Keys  # that tokens of ServiceAccounts are signed with

    @property
    def region(self) -> str:
        return self.call.region or "us-east-1"

    def backend(self, service: str, account: str = "") -> Any:
        """moto's state of a service in the account (default: the caller's) and the region of the request."""
        return backend(service, account or self.account, self.region)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


def from_environ(environ: MutableMapping[str, Any], tokens: Keys) -> AwsRequest:
    """Reads a WSGI request whole; the next who reads it finds it untouched."""
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    call = describe(environ)
    operation, params = _parameters(call, environ)
    return AwsRequest(
        call=call,
        account=environ.get("HTTP_X_MOTO_ACCOUNT_ID") or account_of(call.principal),
        model=operation,
        params=params,
        content_type=environ.get("CONTENT_TYPE", ""),
        tokens=tokens,
    )


def _parameters(call: Call, environ: MutableMapping[str, Any]) -> tuple[OperationModel | None, dict[str, Any]]:
    request = Request({**environ, "wsgi.input": BytesIO(environ["wsgi.input"].getvalue())})
    try:
        operation = shapes.operation(call.service, call.operation)
    except (UnknownServiceError, OperationNotFoundError):
        return None, {}
    try:
        _operation, uri_params = get_service_router(call.service).match(request)
    except HTTPException:
        uri_params = {}
    return operation, shapes.read(operation, request, uri_params)


def account_of(access_key: str) -> str:
    from moto.iam.models import get_account_id_from

    return str(get_account_id_from(access_key))


def backend(service: str, account: str, region: str) -> Any:
    """Services without regions keep all in one, under the name of their partition."""
    of_account = get_backend(service)[account]
    return of_account[region if region in of_account else "aws"]


def kept(of: Any, make: Callable[[], Kept]) -> Kept:
    """State of ours beside moto's of one account and region, made at first use: it goes when moto's is reset."""
    return of.__dict__.setdefault(f"lab_{make.__name__}", make())
