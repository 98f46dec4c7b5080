# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does a ServiceAccount get its role, and does the role do what it is for? Tried, not read, where that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import api as eks
from ansible_collections.eks.redis.plugins.module_utils.aws.eks import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import api as iam
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import provider, trust
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws
from ansible_collections.eks.redis.plugins.module_utils.compliance.checks import FAIL, OPEN, PASS
from ansible_collections.eks.redis.plugins.module_utils.contract import arns
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.service_account import ROLE

_AGENT = "eks-pod-identity-agent"
_SECONDS = 600  # the shortest token there is
Step = dict[str, str]


@dataclass(frozen=True)
class Workload:
    """A ServiceAccount, and the bucket that its role is to reach, None for none."""

    cluster: str
    namespace: str
    service_account: str
    bucket: str | None
    prefix: str


def steps(api: Api, aws: Aws, asked: Workload) -> list[Step]:
    """``{subject, requirement, result, found}`` of each; the first that fails ends the list."""
    live = api.get("ServiceAccount", asked.service_account, asked.namespace)
    subject = f"ServiceAccount {asked.namespace}/{asked.service_account}"
    if live is None:
        return [_step(subject, "it is there", FAIL, "not there")]
    role = (live["metadata"].get("annotations") or {}).get(ROLE)
    ways = _irsa(api, aws, asked, role) if role else _pod_identity(aws, asked)
    done = []
    for step in ways:
        done.append({"subject": subject, **step})
        if step["result"] == FAIL:
            break
    return done


def _irsa(api: Api, aws: Aws, asked: Workload, role: str) -> Iterator[Step]:
    if not arns.ROLE.fullmatch(role):
        yield _found("it has a role", FAIL, f"annotation {ROLE} is {role!r}, which is no ARN of a role")
        return
    yield _found("it has a role", PASS, f"{role}, by annotation")
    issuer = transformations.cluster(eks.cluster(aws, asked.cluster))["issuer"]
    if role.split(":")[4] == aws.account:
        yield from _trusted(aws, asked, role, issuer)
    else:
        yield _found("the role trusts exactly this ServiceAccount", OPEN, "the role is one of another account")

    def assume() -> dict[str, Any]:
        token = api.token(asked.namespace, asked.service_account, trust.AUDIENCE, _SECONDS)
        return aws.call(
            "sts",
            "assume_role_with_web_identity",
            RoleArn=role,
            RoleSessionName="eks-redis-compliance",
            WebIdentityToken=token,
        )

    assumed, step = _tried("it can assume the role", assume, lambda answer: answer["AssumedRoleUser"]["Arn"])
    yield step
    if asked.bucket and assumed:
        yield _reach(aws.acting(assumed["Credentials"]), asked.bucket, asked.prefix)


def _trusted(aws: Aws, asked: Workload, role: str, issuer: str | None) -> Iterator[Step]:
    """By IAM, in the role's account."""
    requirement = "IAM knows the cluster's OIDC provider"
    if issuer is None:
        yield _found(requirement, FAIL, "the cluster has no OIDC issuer")
        return
    arn = provider.arn(aws, issuer)
    there = iam.oidc_provider(aws, arn) is not None
    yield _found(requirement, PASS if there else FAIL, arn if there else f"no {arn}")
    yield _trust(aws, role, trust.irsa(arn, asked.namespace, asked.service_account))


def _pod_identity(aws: Aws, asked: Workload) -> Iterator[Step]:
    found = eks.associations(aws, asked.cluster, namespace=asked.namespace, serviceAccount=asked.service_account)
    if not found:
        yield _found("it has a role", FAIL, f"neither annotation {ROLE} nor an association of EKS Pod Identity")
        return
    role = eks.association(aws, asked.cluster, found[0]["associationId"])["roleArn"]
    yield _found("it has a role", PASS, f"{role}, by EKS Pod Identity")
    agent = eks.addon(aws, asked.cluster, _AGENT) or {}
    status = agent.get("status", "not installed")
    yield _found(f"add-on {_AGENT} is active", PASS if status == "ACTIVE" else FAIL, str(status))
    cluster = eks.cluster_arn(aws, asked.cluster)
    yield _trust(aws, role, trust.pod_identity(cluster, asked.namespace, asked.service_account))
    yield _found("it can assume the role", OPEN, "EKS gives this role to pods alone")


def _trust(aws: Aws, role: str, wanted: dict[str, Any]) -> Step:
    live = iam.role(aws, role.rpartition("/")[2])
    requirement = "the role trusts exactly this ServiceAccount"
    if live is None:
        return _found(requirement, FAIL, f"{role} is not there")
    fits = documents.same(live["AssumeRolePolicyDocument"], wanted)
    return _found(requirement, PASS if fits else FAIL, "it does" if fits else "its trust policy says something else")


def _reach(aws: Aws, bucket: str, prefix: str) -> Step:
    below = f"{prefix.strip('/')}/" if prefix else ""

    def look() -> dict[str, Any]:
        return aws.call("s3", "list_objects_v2", Bucket=bucket, Prefix=below, MaxKeys=1)

    return _tried(f"its role can list s3://{bucket}/{below}", look, lambda answer: "listed")[1]


def _tried(
    requirement: str, attempt: Callable[[], dict[str, Any]], found: Callable[[dict[str, Any]], str]
) -> tuple[dict[str, Any], Step]:
    try:
        answer = attempt()
    except (AwsError, EngineError) as error:
        return {}, _found(requirement, FAIL, str(error))
    return answer, _found(requirement, PASS, found(answer))


def _found(requirement: str, result: str, found: str) -> Step:
    return {"requirement": requirement, "result": result, "found": found}


def _step(subject: str, requirement: str, result: str, found: str) -> Step:
    return {"subject": subject, **_found(requirement, result, found)}
