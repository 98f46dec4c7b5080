"""Operations that moto lacks, or does differently from AWS in a way that matters: how they are added.

A handler takes an ``AwsRequest`` whose parameters fit botocore's model and returns the answer as boto3 gives it, or
raises ``Fault``; both are checked against the model at every call.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from lab.aws import shapes
from lab.aws.request import AwsRequest
from lab.aws.shapes import Always, Answer, Fault

Handler = Callable[[AwsRequest], dict[str, Any]]


class Supplied(NamedTuple):
    handler: Handler
    always: Always
    replaces: bool  # moto has it too


SUPPLIED: dict[tuple[str, str], Supplied] = {}
_one_at_a_time = threading.Lock()


def supply(
    service: str, operation: str, *, always: Always | None = None, replaces: bool = False
) -> Callable[[Handler], Handler]:
    """always: see shapes.Always; a misspelt service or operation fails at import."""
    shapes.operation(service, operation)

    def register(handler: Handler) -> Handler:
        SUPPLIED[service, operation] = Supplied(handler, always or {}, replaces)
        return handler

    return register


def call(request: AwsRequest) -> Answer:
    """Answers a request for one of SUPPLIED."""
    assert request.model is not None
    supplied = SUPPLIED[request.call.service, request.call.operation]
    result: dict[str, Any] | Fault
    try:
        shapes.check_request(request.model, request.params)
        with _one_at_a_time:
            result = supplied.handler(request)
        shapes.check_answer(request.model, result, supplied.always)
    except Fault as fault:
        shapes.check_error(request.model, fault)
        result = fault
    return shapes.write(request.model, request.content_type, result)


def page(items: list[Any], params: dict[str, Any]) -> tuple[list[Any], dict[str, str]]:
    """The asked for page, and nextToken if there are more."""
    start, size = params.get("nextToken", "0"), params.get("maxResults", 100)
    if not start.isdigit():
        raise Fault("InvalidParameterException", "Invalid next token")
    end = int(start) + size
    return items[int(start) : end], {"nextToken": str(end)} if end < len(items) else {}
