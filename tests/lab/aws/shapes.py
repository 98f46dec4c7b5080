"""botocore's service models: requests are read by them, answers and errors checked against them and written by them.

What botocore's own validation does not see is checked here: enum values, members that a service always sends, and that
an operation can return an error. So what the laboratory answers cannot drift from the real API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator
from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model

# of errors that the models do not describe: any service may return them, or it has no error shapes at all (EC2, S3)
STATUS = {
    "AccessDenied": 403,
    "BucketAlreadyExists": 409,
    "ExpiredToken": 403,
    "ExpiredTokenException": 403,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "NotImplemented": 501,
    "PermanentRedirect": 301,
    "RequestLimitExceeded": 503,
    "SlowDown": 503,
    "UnauthorizedOperation": 403,
    "UnrecognizedClientException": 403,
}
# how services call a request that breaks their model, the first that the operation knows
INVALID = ("InvalidParameterException", "InvalidInputException", "InvalidRequestException", "ValidationException")

# any service may return these
COMMON = {"AccessDenied", "ValidationError", "ValidationException"}

Always = Mapping[str, tuple[str, ...]]  # name of a shape → members that the service sends whatever their value


class Fault(ServiceException):
    """An error answer; status: None takes the modelled one; headers: sent with it."""

    def __init__(
        self, code: str, message: str, status: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.headers = dict(headers or {})


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class ModelBroken(AssertionError):
    """What the laboratory was about to answer is nothing that AWS could answer."""


def operation(service: str, name: str) -> OperationModel:
    """Raises OperationNotFoundError for a name that the service does not have."""
    return get_service_model(service).operation_model(name)


def read(model: OperationModel, request: Request, uri_params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a request, as a client of boto3 gave them."""
    protocol = determine_request_protocol(model.service_model, request.content_type)
    parsed = PROTOCOL_PARSERS[protocol](model, map_type=dict).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": uri_params,
        }
    )
    return {name: value for name, value in parsed.items() if value is not None}


def check_request(model: OperationModel, params: Mapping[str, Any]) -> None:
    problems = _problems(model.input_shape, params, {})
    if problems:
        known = {error.name for error in model.error_shapes}
        code = next((code for code in INVALID if code in known), "ValidationError")
        raise Fault(code, f"{model.name}: {'; '.join(problems)}", 400)


def check_answer(model: OperationModel, answer: Mapping[str, Any], always: Always) -> None:
    problems = _problems(model.output_shape, answer, always)
    if problems:
        raise ModelBroken(f"{model.name} cannot answer this: {'; '.join(problems)}")


def check_error(model: OperationModel, fault: Fault) -> None:
    """EC2 and S3 model next to no errors: theirs pass."""
    known = {error.metadata.get("error", {}).get("code", error.name) for error in model.error_shapes}
    if known and fault.code not in known | COMMON:
        raise ModelBroken(f"{model.name} cannot return {fault.code}, only {', '.join(sorted(known))}")


def write(model: OperationModel, content_type: str, result: Mapping[str, Any] | Fault) -> Answer:
    """The bytes that the service would send."""
    service = model.service_model
    protocol = determine_request_protocol(service, content_type)
    serializer = get_serializer_class(service.service_name, protocol)
    wire = serializer(operation_model=model, value_picker=XFormedAttributePicker()).serialize(result)
    status, headers = int(wire["status_code"]), {str(name): str(value) for name, value in wire["headers"].items()}
    if isinstance(result, Fault):
        status = result.status or STATUS.get(result.code, status)
        headers.update(result.headers)
    body = wire["body"] or b""
    return Answer(status, headers, body.encode() if isinstance(body, str) else body)


def plain(shape: Shape, value: Any) -> Any:
    """One of moto's objects, as boto3 gives it."""
    if shape.type_name == "structure":
        pick = XFormedAttributePicker()
        members = shape.members.items()
        picked = {name: pick(AttributePickerContext(value, name, member)) for name, member in members}
        return {name: plain(shape.members[name], each) for name, each in picked.items() if each is not None}
    if shape.type_name == "list":
        return [plain(shape.member, each) for each in value]
    return value


def _problems(shape: Shape | None, value: Any, always: Always) -> list[str]:
    if shape is None:
        return [f"unexpected {value!r}"] if value else []
    report = ParamValidator().validate(value, shape)
    return [report.generate_report()] if report.has_errors() else _deviations(shape, value, always, shape.name)


def _deviations(shape: Shape, value: Any, always: Always, path: str) -> list[str]:
    if shape.type_name == "structure":
        missing = [f"{path}.{name} is missing" for name in always.get(shape.name, ()) if name not in value]
        return missing + [
            problem
            for name, member in value.items()
            for problem in _deviations(shape.members[name], member, always, f"{path}.{name}")
        ]
    if shape.type_name == "list":
        return [problem for item in value for problem in _deviations(shape.member, item, always, f"{path}[]")]
    if shape.type_name == "map":
        return [problem for item in value.values() for problem in _deviations(shape.value, item, always, f"{path}.*")]
    allowed = getattr(shape, "enum", None)
    return [f"{path} is {value!r}, not one of {', '.join(allowed)}"] if allowed and value not in allowed else []
