"""Whether IAM allows a request, by the policies that bear on it: pure.

As AWS describes it (IAM User Guide, "Policy evaluation logic"): a Deny anywhere wins; what nothing allows is denied;
within an account one of identity or resource policy is enough, across accounts both are needed; a policy that names the
account (``…:root``) hands the decision to the account's identity policies. Keys and roles are allowed by nothing but
their own policy, or by what it hands on to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from lab.aws.iam.conditions import Context, Unsupported, hold, wildcard

Document = Mapping[str, Any]
ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"}


@dataclass(frozen=True)
class Principal:
    """names: the ARNs that mean it (of the session and of its role); kind: as in policies."""

    account: str
    names: frozenset[str]
    kind: str = "AWS"


@dataclass(frozen=True)
class Question:
    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=dict)


class Verdict(Enum):
    NONE = 0
    HANDED_ON = 1  # to the account of the principal
    ALLOW = 2
    DENY = 3


class Decision(NamedTuple):
    allowed: bool
    reason: str = ""  # of a denial, in AWS's words


@dataclass(frozen=True)
class Policies:
    """narrowing: each must allow too (session policies, permissions boundaries).
    resource: of the thing that is acted on, if it has one; its_own_master: keys and roles; foreign: another account's.
    """

    identity: Sequence[Document] = ()
    narrowing: Sequence[Document] = ()
    resource: Document | None = None
    its_own_master: bool = False
    foreign: bool = False


ANYTHING: Document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def decide(question: Question, policies: Policies) -> Decision:
    identity = _strongest([judge(document, question) for document in policies.identity])
    narrowing = [judge(document, question) for document in policies.narrowing]
    of_resource = judge(policies.resource, question, of_resource=True) if policies.resource else Verdict.NONE
    if Verdict.DENY in (identity, *narrowing):
        return Decision(False, "with an explicit deny in an identity-based policy")
    if of_resource is Verdict.DENY:
        return Decision(False, "with an explicit deny in a resource-based policy")
    nothing = f"policy allows the {question.action} action"
    if any(verdict is not Verdict.ALLOW for verdict in narrowing):
        return Decision(False, f"because no session {nothing}")
    needs_resource = policies.its_own_master or policies.foreign
    if needs_resource and of_resource is Verdict.NONE:
        return Decision(False, f"because no resource-based {nothing}")
    enough = of_resource is Verdict.ALLOW and not policies.foreign
    if enough or identity is Verdict.ALLOW:
        return Decision(True)
    return Decision(False, f"because no identity-based {nothing}")


def judge(document: Document, question: Question, of_resource: bool = False) -> Verdict:
    """What one policy says. Raises Unsupported."""
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    return _strongest([_statement(statement, question, of_resource) for statement in listed])


def _statement(statement: Mapping[str, Any], question: Question, of_resource: bool) -> Verdict:
    unknown = set(statement) - ELEMENTS
    if unknown:
        raise Unsupported(f"policy element {', '.join(sorted(unknown))}")
    who = _who(statement["Principal"], question.principal) if of_resource else Verdict.ALLOW
    # conditions last, but always: what is unsupported is told whether or not the rest applies
    applies = (
        who is not Verdict.NONE
        and _named(statement, "Action", question.action.lower(), str.lower)
        # trust policies have no resource: they are about the role that they belong to
        and (_named(statement, "Resource", question.resource, str) if _has(statement, "Resource") else of_resource)
    )
    if not hold(statement.get("Condition", {}), question.context) or not applies:
        return Verdict.NONE
    return who if statement["Effect"] == "Allow" else Verdict.DENY


def _has(statement: Mapping[str, Any], element: str) -> bool:
    return element in statement or f"Not{element}" in statement


def _named(statement: Mapping[str, Any], element: str, value: str, fold: Any) -> bool:
    negated = f"Not{element}" in statement
    patterns = statement[f"Not{element}" if negated else element]
    matches = [wildcard(fold(pattern), value) for pattern in _list(patterns)]
    return any(matches) != negated


def _who(given: Any, principal: Principal) -> Verdict:
    if given == "*":
        return Verdict.ALLOW
    names = _list(given.get(principal.kind, []))
    if principal.names.intersection(names) or "*" in names:
        return Verdict.ALLOW
    account = {principal.account, f"arn:aws:iam::{principal.account}:root"}
    return Verdict.HANDED_ON if principal.kind == "AWS" and account.intersection(names) else Verdict.NONE


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _strongest(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.value, default=Verdict.NONE)
