"""What an operation needs to be allowed: IAM actions, each on a resource."""

from __future__ import annotations

from lab.aws.request import AwsRequest


def needed(request: AwsRequest) -> list[tuple[str, str]]:
    """(action, resource), the operation's own first."""
    return [(f"{request.call.service}:{request.call.operation}", "*")]


def nothing_allows(action: str) -> str:
    return f"no identity-based policy allows the {action} action"
