"""The role that reads a password: what module auth_secret makes is read by whoever has purpose ``secret``, no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from conftest import CLUSTER, ISSUER, Account, Run
from workloads import done, listed, refused

from ansible_collections.eks.redis.plugins.module_utils.aws import documents
from ansible_collections.eks.redis.plugins.module_utils.aws.iam import purposes
from ansible_collections.eks.redis.plugins.modules import auth_secret, iam_oidc_provider, service_account_role
from lab.aws.stand_in import StandIn

NAME = "eks-redis/prod/apps/cache"
WHO = ("apps", "cache-keeper")
WHERE = {"partition": "aws", "region": "us-east-1", "account": "123456789012"}
ACTIONS = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
Reader = Callable[..., Any]


@pytest.fixture
def reader(run: Run, account: Account, aws: StandIn) -> Reader:
    """A client of Secrets Manager in a session of the ServiceAccount, whose role is for these secrets."""

    def reader(*allow: dict[str, str]) -> Any:
        if account.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []:
            done(run(iam_oidc_provider, issuer=ISSUER, cluster_name=CLUSTER))
        subject = {"cluster_name": CLUSTER, "namespace": WHO[0], "service_account": WHO[1], "issuer": ISSUER}
        role = done(run(service_account_role, allow=[{"purpose": "secret", **one} for one in allow], **subject))["arn"]
        token = aws.signer.token(ISSUER, *WHO)
        given = {"RoleArn": role, "RoleSessionName": "pod", "WebIdentityToken": token}
        made = account.client("sts").assume_role_with_web_identity(**given)["Credentials"]
        return account.client(
            "secretsmanager",
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )

    return reader


def made(run: Run, name: str = NAME, **more: Any) -> str:
    """Its ARN."""
    return str(done(run(auth_secret, name=name, cluster_name=CLUSTER, **more))["arn"])


def password(secrets: Any, name: str = NAME) -> str:
    return str(json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])["password"])


@pytest.mark.parametrize("by_arn", [False, True])
def test_it_reads_what_the_module_has_made(run: Run, account: Account, reader: Reader, by_arn: bool) -> None:
    arn = made(run)
    secrets = reader({"secret": arn if by_arn else NAME})
    assert password(secrets) == password(account.client("secretsmanager"))
    assert secrets.describe_secret(SecretId=arn)["Name"] == NAME


@pytest.mark.parametrize("name", ["eks-redis/prod/apps/other", f"{NAME}-2", "eks-redis/prod/apps", f"{NAME}-backup"])
def test_other_secrets_are_closed(run: Run, reader: Reader, name: str) -> None:
    made(run)
    other = made(run, name)
    secrets = reader({"secret": NAME})
    for which in (name, other):
        for call, action in ((secrets.get_secret_value, ACTIONS[1]), (secrets.describe_secret, ACTIONS[0])):
            code, message = refused(call, SecretId=which)
            assert code == "AccessDeniedException"
            assert f"is not authorized to perform: {action} on resource: {other}" in message


def test_it_changes_nothing(run: Run, reader: Reader) -> None:
    made(run)
    secrets = reader({"secret": NAME})
    for call, more in (
        (secrets.put_secret_value, {"SecretString": "x"}),
        (secrets.update_secret, {"Description": "x"}),
        (secrets.delete_secret, {}),
        (secrets.tag_resource, {"Tags": [{"Key": "a", "Value": "b"}]}),
    ):
        assert refused(call, SecretId=NAME, **more)[0] == "AccessDeniedException"


def test_a_role_for_two_secrets_reads_both(run: Run, reader: Reader) -> None:
    names = (NAME, "eks-redis/prod/apps/other")
    for name in names:
        made(run, name)
    secrets = reader(*({"secret": name} for name in names))
    assert len({password(secrets, name) for name in names}) == 2


def test_a_key_of_ones_own_has_to_be_allowed_and_serves_through_secrets_manager_alone(
    run: Run, account: Account, reader: Reader
) -> None:
    kms = account.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    made(run, kms_key=key)
    code, message = refused(reader({"secret": NAME}).get_secret_value, SecretId=NAME)
    assert code == "AccessDeniedException" and f"perform: kms:Decrypt on resource: {key}" in message
    secrets = reader({"secret": NAME, "kms_key": key})
    assert password(secrets) == password(account.client("secretsmanager"))
    (statement,) = [one for one in purposes.statements(_allow(kms_key=key), WHERE) if one["Sid"] == "SecretKey"]
    assert statement["Condition"] == {"StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"}}


def _allow(**more: str) -> list[dict[str, str]]:
    return [{"purpose": "secret", "secret": NAME, **more}]


@pytest.mark.parametrize("action", ACTIONS)
def test_it_needs_every_action(run: Run, account: Account, reader: Reader, action: str) -> None:
    arn = made(run)
    secrets = reader({"secret": NAME})
    which = {"RoleName": f"eks-redis-{CLUSTER}-apps-cache-keeper", "PolicyName": "eks-redis"}
    iam = account.client("iam")
    (statement,) = iam.get_role_policy(**which)["PolicyDocument"]["Statement"]
    assert sorted(listed(statement)) == ACTIONS
    less = {**statement, "Action": [each for each in listed(statement) if each != action]}
    iam.put_role_policy(**which, PolicyDocument=documents.to_json(documents.policy([less])))
    call = {ACTIONS[0]: secrets.describe_secret, ACTIONS[1]: secrets.get_secret_value}[action]
    assert f"is not authorized to perform: {action} on resource: {arn} " in refused(call, SecretId=NAME)[1]


def test_the_name_is_closed_by_what_secrets_manager_adds_to_it() -> None:
    (statement,) = purposes.statements(_allow(), WHERE)
    assert statement["Resource"] == f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{NAME}-??????"


def test_what_is_no_secret_is_refused(run: Run, account: Account) -> None:
    subject = {"cluster_name": CLUSTER, "namespace": "apps", "service_account": "keeper", "issuer": ISSUER}
    for wrong in ("eks-redis/*", "arn:aws:s3:::bucket", "a b"):
        told = run(service_account_role, allow=[{"purpose": "secret", "secret": wrong}], **subject)["msg"]
        assert told == f"allow[0]: secret '{wrong}' is neither name nor ARN of a secret of Secrets Manager"
    assert account.writes() == []
