"""Who calls: the session of a role behind an access key, or the administrator that any other key stands for."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from lab.aws.request import AwsRequest, backend


class Caller(NamedTuple):
    arn: str  # as get-caller-identity tells it
    account: str
    role: str  # ARN; empty for an administrator
    expires: datetime.datetime | None = None
    policy: str = ""  # of the session, which narrows the role's

    @property
    def expired(self) -> bool:
        return self.expires is not None and self.expires <= datetime.datetime.now(datetime.UTC)


def of(request: AwsRequest) -> Caller:
    session = _session(request.account, request.call.principal)
    if session is None:
        # moto's name for who has keys that it did not hand out
        return Caller(f"arn:aws:sts::{request.account}:user/moto", request.account, "")
    expires = session.expiration.replace(tzinfo=datetime.UTC)
    return Caller(session.arn, request.account, session.role_arn, expires, session.policy or "")


def _session(account: str, access_key: str) -> Any | None:
    return backend("sts", account, "aws").get_assumed_role_from_access_key(access_key) if access_key else None
