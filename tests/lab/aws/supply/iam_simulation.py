"""SimulatePrincipalPolicy, by the same decider that judges requests."""

from __future__ import annotations

import json
from typing import Any

from lab.aws import judge, sessions
from lab.aws.iam.conditions import Context, Unsupported
from lab.aws.iam.decide import Policies, Principal, Question, decide
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply

ALWAYS = {
    "SimulatePolicyResponse": ("EvaluationResults", "IsTruncated"),
    "EvaluationResult": (
        "EvalActionName",
        "EvalResourceName",
        "EvalDecision",
        "MatchedStatements",
        "MissingContextValues",
    ),
}


@supply("iam", "SimulatePrincipalPolicy", always=ALWAYS)
def simulate(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    role = sessions.role(params["PolicySourceArn"])
    if role is None:
        raise Fault("NoSuchEntity", f"{params['PolicySourceArn']} not found", 404)
    identity = judge.of_role(role, request.backend("iam"))
    identity += [json.loads(text) for text in params.get("PolicyInputList", [])]
    resource = json.loads(params["ResourcePolicy"]) if params.get("ResourcePolicy") else None
    policies = Policies(identity, resource=resource)
    principal = Principal(request.account, frozenset({role.arn}))
    try:
        results = [
            _result(Question(principal, action, arn, _context(params)), policies)
            for action in params["ActionNames"]
            for arn in params.get("ResourceArns") or ["*"]
        ]
    except Unsupported as unsupported:
        raise Fault("PolicyEvaluation", f"not judged in the laboratory: {unsupported}", 500) from None
    return {"EvaluationResults": results, "IsTruncated": False}


def _result(question: Question, policies: Policies) -> dict[str, Any]:
    decision = decide(question, policies)
    explicit = "explicitDeny" if "explicit deny" in decision.reason else "implicitDeny"
    return {
        "EvalActionName": question.action,
        "EvalResourceName": question.resource,
        "EvalDecision": "allowed" if decision.allowed else explicit,
        "MatchedStatements": [],
        "MissingContextValues": [],
    }


def _context(params: dict[str, Any]) -> Context:
    entries = params.get("ContextEntries", [])
    return {
        entry["ContextKeyName"].lower(): tuple(entry["ContextKeyValues"])
        if entry.get("ContextKeyType", "").endswith("List")
        else entry["ContextKeyValues"][0]
        for entry in entries
    }
