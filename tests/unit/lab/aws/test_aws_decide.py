"""The IAM decider, by cases of AWS's documentation."""

from __future__ import annotations

import pytest

from lab.aws.iam.conditions import Unsupported, hold
from lab.aws.iam.decide import ANYTHING, Decision, Policies, Principal, Question, Verdict, decide, judge

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/redis-backup"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/redis-backup/pod"
BACKUP = Principal(ACCOUNT, frozenset({ROLE, SESSION}))
OBJECT = "arn:aws:s3:::backups/redis/dump.rdb"


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action="s3:GetObject", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(*given, **more):
    return {**allow(*given, **more), "Effect": "Deny"}


def ask(action="s3:GetObject", resource=OBJECT, principal=BACKUP, **context):
    return Question(principal, action, resource, context)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], Verdict.NONE),
        ([allow()], Verdict.ALLOW),
        ([allow("S3:getobject")], Verdict.ALLOW),  # actions have no case
        ([allow("s3:Get*")], Verdict.ALLOW),
        ([allow("s3:Get?bject")], Verdict.ALLOW),
        ([allow("*")], Verdict.ALLOW),
        ([allow(["s3:PutObject", "s3:GetObject"])], Verdict.ALLOW),
        ([allow("s3:PutObject")], Verdict.NONE),
        ([allow(resource="arn:aws:s3:::backups/redis/*")], Verdict.ALLOW),
        ([allow(resource="arn:aws:s3:::backups/REDIS/*")], Verdict.NONE),  # resources have
        ([allow(resource="arn:aws:s3:::backups")], Verdict.NONE),
        ([allow(), deny()], Verdict.DENY),
        ([deny(), allow("*")], Verdict.DENY),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], Verdict.ALLOW),
        ([{"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}], Verdict.NONE),
        ([{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::backups/*"}], Verdict.NONE),
        ([{"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}], Verdict.DENY),
    ],
)
def test_actions_and_resources(statements, expected):
    assert judge(policy(*statements), ask()) is expected


def test_a_single_statement_needs_no_list():
    assert judge({"Statement": allow()}, ask()) is Verdict.ALLOW


PREFIX = {"s3:prefix": "redis/cache/"}
ENCRYPTED = {"s3:x-amz-server-side-encryption": "aws:kms"}


@pytest.mark.parametrize(
    ("block", "context", "expected"),
    [
        ({}, {}, True),
        ({"StringEquals": {"s3:prefix": "redis/cache/"}}, PREFIX, True),
        ({"StringEquals": {"s3:prefix": "redis/*"}}, PREFIX, False),
        ({"StringEquals": {"s3:prefix": ["a", "redis/cache/"]}}, PREFIX, True),
        ({"StringEquals": {"S3:Prefix": "redis/cache/"}}, PREFIX, True),  # keys have no case
        ({"StringEquals": {"s3:prefix": ""}}, {}, False),
        ({"StringLike": {"s3:prefix": ["redis/*"]}}, PREFIX, True),
        ({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}, ENCRYPTED, False),
        ({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}, {}, True),  # as AWS: absent differs
        ({"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}, {}, True),
        ({"StringEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}, {}, True),
        ({"StringEqualsIfExists": {"s3:x-amz-server-side-encryption": "AES256"}}, ENCRYPTED, False),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, {}, True),
        ({"Null": {"s3:x-amz-server-side-encryption": "true"}}, ENCRYPTED, False),
        ({"Null": {"s3:x-amz-server-side-encryption": False}}, ENCRYPTED, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:securetransport": "false"}, True),
        ({"Bool": {"aws:SecureTransport": False}}, {"aws:securetransport": "true"}, False),
        ({"Bool": {"kms:GrantIsForAWSResource": "true"}}, {}, False),
        ({"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}}, {}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/redis-*"}}, {"aws:principalarn": ROLE}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*"}}, {"aws:principalarn": ROLE}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}}, {"aws:principalarn": ROLE}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:tagkeys": ("a", "b")}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, {}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {"aws:tagkeys": ("a", "b")}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, {}, True),
        (
            {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:CallerAccount": ACCOUNT}},
            {"kms:viaservice": "s3.us-east-1.amazonaws.com", "kms:calleraccount": "444455556666"},
            False,
        ),
        ({"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/A:sub": "x"}}, {}, False),
    ],
)
def test_conditions(block, context, expected):
    assert hold(block, context) is expected


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (allow(resource="arn:aws:s3:::backups/${aws:username}/*"), "policy variable"),
        (allow(Condition={"StringEquals": {"s3:prefix": "${aws:username}"}}), "policy variable"),
        (allow(Condition={"NumericLessThan": {"s3:prefix": "1"}}), "condition operator NumericLessThan"),
        (allow(Condition={"StringEquals": {"s3:max-keys": "1"}}), "condition key s3:max-keys"),
        (allow(Condition={"StringEquals": {"aws:TagKeys": "a"}}), "has many values"),
        ({**allow(), "NotPrincipal": "*"}, "policy element NotPrincipal"),
    ],
)
def test_nothing_is_guessed(statement, what):
    with pytest.raises(Unsupported, match=what):
        judge(policy(statement), ask(**{"s3:prefix": "x", "aws:tagkeys": ("a",)}))


def to(principal, **more):
    return {**allow("*"), "Principal": principal, **more}


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", Verdict.ALLOW),
        ({"AWS": "*"}, Verdict.ALLOW),
        ({"AWS": ROLE}, Verdict.ALLOW),
        ({"AWS": [ROLE]}, Verdict.ALLOW),
        ({"AWS": SESSION}, Verdict.ALLOW),
        ({"AWS": ROOT}, Verdict.HANDED_ON),
        ({"AWS": ACCOUNT}, Verdict.HANDED_ON),
        ({"AWS": "arn:aws:iam::444455556666:root"}, Verdict.NONE),
        ({"Service": "ebs.amazonaws.com"}, Verdict.NONE),
    ],
)
def test_principals(principal, expected):
    assert judge(policy(to(principal)), ask(), of_resource=True) is expected


def test_a_service_and_an_identity_provider_are_principals():
    trust = policy({"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    pods = Principal("", frozenset({"pods.eks.amazonaws.com"}), "Service")
    assert judge(trust, ask("sts:AssumeRole", ROLE, pods), of_resource=True) is Verdict.ALLOW
    assert judge(trust, ask("sts:TagSession", ROLE, pods), of_resource=True) is Verdict.NONE


ALLOWED = Decision(True)
NO_IDENTITY = Decision(False, "because no identity-based policy allows the s3:GetObject action")
NO_RESOURCE = Decision(False, "because no resource-based policy allows the s3:GetObject action")
MINE, HANDED = policy(to({"AWS": ROLE})), policy(to({"AWS": ROOT}))
GRANT, NOTHING = policy(allow()), policy()


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        (Policies(), NO_IDENTITY),
        (Policies([GRANT]), ALLOWED),
        (Policies([NOTHING, GRANT]), ALLOWED),
        (Policies([ANYTHING]), ALLOWED),
        (Policies([GRANT, policy(deny())]), Decision(False, "with an explicit deny in an identity-based policy")),
        # one of the two is enough within an account
        (Policies(resource=MINE), ALLOWED),
        (Policies(resource=HANDED), NO_IDENTITY),
        (Policies([GRANT], resource=NOTHING), ALLOWED),
        (
            Policies([GRANT], resource=policy(to("*", Effect="Deny"))),
            Decision(False, "with an explicit deny in a resource-based policy"),
        ),
        # across accounts both are needed
        (Policies([GRANT], foreign=True), NO_RESOURCE),
        (Policies(resource=MINE, foreign=True), NO_IDENTITY),
        (Policies([GRANT], resource=HANDED, foreign=True), ALLOWED),
        # keys and roles
        (Policies([GRANT], resource=NOTHING, its_own_master=True), NO_RESOURCE),
        (Policies([GRANT], resource=HANDED, its_own_master=True), ALLOWED),
        (Policies(resource=HANDED, its_own_master=True), NO_IDENTITY),
        (Policies(resource=MINE, its_own_master=True), ALLOWED),
        # sessions
        (
            Policies([GRANT], [NOTHING]),
            Decision(False, "because no session policy allows the s3:GetObject action"),
        ),
        (Policies([GRANT], [ANYTHING]), ALLOWED),
        (Policies([NOTHING], [ANYTHING]), NO_IDENTITY),
    ],
)
def test_decisions(policies, expected):
    assert decide(ask(), policies) == expected


TLS_ONLY = policy(to("*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}))


@pytest.mark.parametrize("secure", ["true", "false"])
def test_a_bucket_for_tls_only(secure):
    decision = decide(ask(**{"aws:securetransport": secure}), Policies([GRANT], resource=TLS_ONLY))
    assert decision.allowed is (secure == "true")


def test_a_key_for_one_service_only():
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    key = policy(to({"AWS": ROLE}, Condition=via))

    def decided(**context):
        question = ask("kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k", **context)
        return decide(question, Policies(resource=key, its_own_master=True)).allowed

    assert decided(**{"kms:viaservice": "s3.us-east-1.amazonaws.com"})
    assert not decided(**{"kms:viaservice": "ec2.us-east-1.amazonaws.com"})
    assert not decided()
