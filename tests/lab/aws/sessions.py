"""Sessions of roles for those who are no IAM principals: trust is judged, credentials are made."""

from __future__ import annotations

import json
from typing import Any

from lab.aws.iam.conditions import Context
from lab.aws.iam.decide import Policies, Principal, Question, decide
from lab.aws.request import backend


def role(arn: str) -> Any | None:
    """moto's role, in whichever account it is."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if not account.isdigit():
        return None
    return next((role for role in backend("iam", account, "aws").roles.values() if role.arn == arn), None)


def trusts(of: Any, principal: Principal, action: str, context: Context) -> bool:
    """Whether a role's trust policy lets in who is no principal of IAM: nothing else can."""
    document = json.loads(of.assume_role_policy_document)
    question = Question(principal, action, of.arn, context)
    return decide(question, Policies(resource=document, its_own_master=True)).allowed


def begin(of: Any, region: str, name: str, duration: int, policy: str = "") -> Any:
    """moto's session: access key, token, expiration."""
    account = of.arn.split(":")[4]
    return backend("sts", account, "aws").assume_role(
        region_name=region,
        role_session_name=name,
        role_arn=of.arn,
        policy=policy,
        duration=duration,
        external_id="",
    )
