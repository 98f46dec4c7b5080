"""How long a session of a role may last."""

from __future__ import annotations

from lab.aws import sessions
from lab.aws.guards.registry import guard
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


@guard("sts", "AssumeRole", "AssumeRoleWithWebIdentity")
def duration(request: AwsRequest) -> None:
    role = sessions.role(request.params["RoleArn"])
    if role is not None and request.params.get("DurationSeconds", 0) > role.max_session_duration:
        raise Fault(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", 400
        )
