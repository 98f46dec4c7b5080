"""Exports of snapshots into a bucket, and what ElastiCache refuses first.

Source: ElastiCache API Reference, CopySnapshot (the texts), and User Guide, "Exporting a backup" (who needs what).
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from lab.aws import caller, judge
from lab.aws.iam.decide import Policies, Principal, Question, decide
from lab.aws.objects import bucket as bucket_of
from lab.aws.permissions import Need
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.elasticache_taken import Taken, outcome

# what the service needs, by the word that its refusal has for it: on the bucket, and on objects in it
GRANTS = {
    "READ": (("s3:ListBucket",), ("s3:GetObject",)),
    "WRITE": (("s3:ListBucketMultipartUploads",), ("s3:PutObject", "s3:ListMultipartUploadParts")),
    "READ_ACP": (("s3:GetBucketAcl",), ()),
}
# and whoever asks for it
CALLERS = (("s3:GetBucketLocation", "s3:ListBucket"), ("s3:PutObject", "s3:GetObject", "s3:DeleteObject"))
# the older way: an ACL for this canonical user
CANONICAL = "540804c33a284a299d2547575ce1010f2312ef3da9b3a053c8bc45bf233e4353"


def require(request: AwsRequest, name: str, keys: list[str]) -> Any:
    """moto's bucket, when all these may be written to it. Raises the Fault that the caller is answered with."""
    asked = _at_s3(request, name)
    of = bucket_of(asked)
    if not _may(asked, Need("s3:ListAllMyBuckets", "*")):
        raise _no_access(name)
    if of is None:
        raise _refused(f"The S3 bucket {name} does not exist.")
    if of.account_id != request.account:
        raise _refused(f"The S3 bucket {name} is not owned by the authenticated user.")
    if of.region_name != request.region:
        raise _refused(f"The S3 bucket {name} is outside of the region.")
    if not all(_may(asked, Need(action, resource)) for action, resource in _each(CALLERS, name, keys[0])):
        raise _no_access(name)
    for word, actions in GRANTS.items():
        if not _lets_in(asked, of, word, actions, keys[0]):
            raise _refused(f"ElastiCache has not been granted {word} permissions {name} on the S3 Bucket.")
    for key in keys:
        # a version that was deleted is none
        if request.backend("s3", of.account_id).get_object(name, key) is not None:
            raise _refused(f"The S3 bucket {name} already contains an object with key {key}.")
    return of


def begin(request: AwsRequest, taken: Taken, of: Any, keys: list[str]) -> None:
    """The files are there when it is over; none of them, if the service was shut out meanwhile."""
    asked, chosen = _at_s3(request, of.name), outcome(request.backend("elasticache"))

    def write() -> None:
        let_in = all(_lets_in(asked, of, word, actions, keys[0]) for word, actions in GRANTS.items())
        if chosen.lost or not let_in:
            return
        for key, rdb in zip(keys, taken.rdbs, strict=True):
            request.backend("s3", of.account_id).put_object(of.name, key, rdb, encryption="AES256")

    taken.silent = chosen.silent
    taken.begin("exporting", chosen.polls, write)


def _at_s3(request: AwsRequest, name: str) -> AwsRequest:
    return dataclasses.replace(request, call=request.call._replace(service="s3"), params={"Bucket": name})


def _may(request: AwsRequest, need: Need) -> bool:
    who = caller.of(request)
    return judge.judged(request, who, need, True).allowed


def _each(actions: tuple[tuple[str, ...], tuple[str, ...]], bucket: str, key: str) -> list[tuple[str, str]]:
    on_bucket, on_objects = actions
    arn = f"arn:aws:s3:::{bucket}"
    return [(action, arn) for action in on_bucket] + [(action, f"{arn}/{key}") for action in on_objects]


def _lets_in(request: AwsRequest, of: Any, word: str, actions: Any, key: str) -> bool:
    """By the bucket's policy, or by its ACL where that counts."""
    return word in _by_acl(of) or all(_by_policy(request, of, *each) for each in _each(actions, of.name, key))


def _by_acl(of: Any) -> set[str]:
    # buckets of today are the owner's alone until they are told otherwise
    if of.ownership_rule is None or "BucketOwnerEnforced" in json.dumps(of.ownership_rule):
        return set()
    grants = [grant for grant in of.acl.grants if CANONICAL in [grantee.id for grantee in grant.grantees]]
    return {permission for grant in grants for permission in grant.permissions}


def _by_policy(request: AwsRequest, of: Any, action: str, resource: str) -> bool:
    service = frozenset({f"{request.region}.elasticache-snapshot.amazonaws.com"})
    context = {"aws:securetransport": "true", "aws:principalisawsservice": "true", "aws:sourceaccount": request.account}
    question = Question(Principal(of.account_id, service, "Service"), action, resource, context)
    document = json.loads(of.policy) if of.policy else None
    return decide(question, Policies(resource=document, its_own_master=True)).allowed


def _no_access(name: str) -> Fault:
    return _refused(f"ElastiCache was unable to validate the authenticated user has access on the S3 bucket {name}.")


def _refused(message: str) -> Fault:
    return Fault("InvalidParameterValue", message)
