"""Secrets Manager: who may do what is judged, also on the key that encrypts a secret."""

from __future__ import annotations

import pytest

NAME = "eks-redis/cache"
MANAGER = "secretsmanager"


def allowing(*actions, resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


@pytest.fixture
def someone(account, role):
    """A client of somebody with this policy alone."""

    def someone(*actions, resource="*"):
        trust = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sts:AssumeRole"}],
        }
        arn = role("someone", trust, given=allowing(*actions, resource=resource))
        made = account.client("sts").assume_role(RoleArn=arn, RoleSessionName="pod")["Credentials"]
        return account.client(
            MANAGER,
            aws_access_key_id=made["AccessKeyId"],
            aws_secret_access_key=made["SecretAccessKey"],
            aws_session_token=made["SessionToken"],
        )

    return someone


@pytest.fixture
def key(account):
    return account.client("kms").create_key()["KeyMetadata"]["Arn"]


def test_a_call_acts_on_the_secret_however_it_is_named(account, someone, refused):
    arn = account.client(MANAGER).create_secret(Name=NAME, SecretString="x")["ARN"]
    secrets = someone("secretsmanager:GetSecretValue", resource=f"{arn[:-6]}??????")
    for name in (NAME, arn):
        assert secrets.get_secret_value(SecretId=name)["SecretString"] == "x"
        code, message = refused(secrets.describe_secret, SecretId=name)
        assert code == "AccessDeniedException"
        assert f"perform: secretsmanager:DescribeSecret on resource: {arn} because no identity-based policy" in message


def test_a_secret_that_is_not_there_is_told_to_whom_it_may_be(account, someone, refused):
    home = f"arn:aws:secretsmanager:us-east-1:{account.id}:secret:"
    secrets = someone("secretsmanager:DescribeSecret", resource=f"{home}eks-redis/*")
    assert refused(secrets.describe_secret, SecretId=NAME)[0] == "ResourceNotFoundException"
    assert refused(secrets.describe_secret, SecretId="other")[0] == "AccessDeniedException"


def test_tags_of_a_new_secret_need_the_right_to_tag(someone, refused):
    secrets = someone("secretsmanager:CreateSecret")
    secrets.create_secret(Name="plain")
    _code, message = refused(secrets.create_secret, Name="marked", Tags=[{"Key": "a", "Value": "b"}])
    assert "perform: secretsmanager:TagResource on resource: " in message


@pytest.mark.parametrize(
    ("operation", "params", "missing"),
    [
        ("get_secret_value", {}, "kms:Decrypt"),
        ("put_secret_value", {"SecretString": "y"}, "kms:GenerateDataKey"),
    ],
)
def test_a_key_of_ones_own_is_used_with_the_callers_rights(account, someone, refused, key, operation, params, missing):
    account.client(MANAGER).create_secret(Name=NAME, SecretString="x", KmsKeyId=key)
    secrets = someone("secretsmanager:*")
    _code, message = refused(getattr(secrets, operation), SecretId=NAME, **params)
    assert f"perform: {missing} on resource: {key}" in message
    assert secrets.describe_secret(SecretId=NAME)["KmsKeyId"] == key


def test_a_new_key_is_asked_for_and_a_new_description_asks_none(account, someone, refused, key):
    account.client(MANAGER).create_secret(Name=NAME, SecretString="x", KmsKeyId=key)
    secrets = someone("secretsmanager:*")
    secrets.update_secret(SecretId=NAME, Description="new")
    other = account.client("kms").create_key()["KeyMetadata"]["Arn"]
    _code, message = refused(secrets.update_secret, SecretId=NAME, KmsKeyId=other)
    assert f"perform: kms:GenerateDataKey on resource: {other}" in message
