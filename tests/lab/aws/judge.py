"""IAM at work: sessions of roles are judged for everything, administrators by what buckets and roles say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lab.aws import context, errors, keys, objects, permissions, sessions
from lab.aws.caller import Caller
from lab.aws.iam.conditions import Unsupported
from lab.aws.iam.decide import ANYTHING, Decision, Document, Policies, Principal, Question, decide
from lab.aws.permissions import Need
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault

# services whose permissions are judged
JUDGED = ("cloudwatch", "ec2", "eks", "elasticache", "iam", "kms", "s3", "secretsmanager", "sts")
# those of them where an administrator may be refused: by a bucket's policy, or a role's trust
ALL_JUDGED = ("s3", "sts")


def check(request: AwsRequest, caller: Caller, secure: bool) -> None:
    """Raises the Fault that the service answers a caller with who may not do this."""
    if caller.expired:
        named = errors.common(request, "ExpiredToken")
        raise Fault(named.code, named.message, named.status)
    if request.call.service not in JUDGED or not (caller.role or request.call.service in ALL_JUDGED):
        return
    try:
        for need in permissions.needed(request):
            decision = judged(request, caller, need, secure)
            if not decision.allowed:
                raise errors.denied(request, caller.arn, need.action, need.resource, decision.reason)
    except Unsupported as unsupported:
        # administrators need no permission: what they do is judged only where it can be
        if caller.role:
            raise Fault("NotImplemented", f"NotImplemented: judging {unsupported}", 501) from None


def judged(request: AwsRequest, caller: Caller, need: Need, secure: bool) -> Decision:
    question = Question(
        principal=Principal(caller.account, frozenset(filter(None, (caller.arn, caller.role)))),
        action=need.action,
        resource=need.resource,
        context=context.of(request, caller, secure, need.context),
    )
    if _granted(request, caller, need):
        return Decision(True)
    return decide(question, _policies(request, caller, need))


def of_role(role: Any, iam: Any) -> list[Document]:
    """Inline and attached policies of moto's role."""
    inline = [json.loads(text) for text in role.policies.values()]
    return inline + [_document(iam.managed_policies[arn]) for arn in role.managed_policies]


def _document(managed: Any) -> Document:
    """The version that is in force."""
    current = next(each for each in managed.versions if each.version_id == managed.default_version_id)
    return json.loads(current.document)


def _policies(request: AwsRequest, caller: Caller, need: Need) -> Policies:
    service = need.action.partition(":")[0]
    identity, narrowing = _identity(request, caller)
    if service == "s3":
        of = objects.bucket(request)
        # whose name is taken is told by S3, whoever has it
        if of is None or need.action == "s3:CreateBucket" or not need.resource.startswith(f"arn:aws:s3:::{of.name}"):
            return Policies(identity, narrowing)
        document = json.loads(of.policy) if of.policy else None
        return Policies(identity, narrowing, document, foreign=of.account_id != caller.account)
    if service == "sts":
        role = sessions.role(need.resource)
        document = json.loads(role.assume_role_policy_document) if role else None
        foreign = f":{caller.account}:" not in need.resource
        return Policies(identity, narrowing, document, its_own_master=True, foreign=foreign)
    if service == "kms" and ":key/" in need.resource:
        key = keys.find(request, need.resource)
        document = json.loads(key.policy) if key else None
        return Policies(
            identity,
            narrowing,
            document,
            its_own_master=key is not None,
            foreign=f":{caller.account}:" not in need.resource,
        )
    return Policies(identity, narrowing)


def _identity(request: AwsRequest, caller: Caller) -> tuple[list[Document], list[Document]]:
    if not caller.role:
        return [ANYTHING], []
    iam = request.backend("iam", caller.account)
    role = next((each for each in iam.roles.values() if each.arn == caller.role), None)
    if role is None:
        return [], []
    return of_role(role, iam), list(_narrowing(caller, role, iam))


def _narrowing(caller: Caller, role: Any, iam: Any) -> Iterator[Document]:
    if caller.policy:
        yield json.loads(caller.policy)
    if role.permissions_boundary_arn:
        yield _document(iam.managed_policies[role.permissions_boundary_arn])


def _granted(request: AwsRequest, caller: Caller, need: Need) -> bool:
    """Whether a grant of the key allows it."""
    key = keys.find(request, need.resource) if ":key/" in need.resource else None
    for grant in key.grants.values() if key else ():
        if grant.grantee_principal in (caller.role, caller.arn) and need.action.partition(":")[2] in grant.operations:
            if grant.constraints:
                raise Unsupported("constraints of grants")
            return True
    return False
