"""Input that moto accepts and AWS refuses: each guard looks at a request before moto does."""

from __future__ import annotations

from collections.abc import Callable

from lab.aws import shapes
from lab.aws.request import AwsRequest

Guard = Callable[[AwsRequest], None]
GUARDS: dict[tuple[str, str], list[Guard]] = {}


def guard(service: str, *operations: str) -> Callable[[Guard], Guard]:
    """The guard raises Fault, or returns nothing."""

    def register(check: Guard) -> Guard:
        for operation in operations:
            shapes.operation(service, operation)
            GUARDS.setdefault((service, operation), []).append(check)
        return check

    return register


def check(request: AwsRequest) -> None:
    for each in GUARDS.get((request.call.service, request.call.operation), ()):
        each(request)
