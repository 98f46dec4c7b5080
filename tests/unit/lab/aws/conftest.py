from __future__ import annotations

import pytest

from lab.aws.stand_in import stand_in


@pytest.fixture(scope="session", autouse=True)
def no_proxy():
    """A proxy of the caller does not lead to servers of this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        patch.setenv("no_proxy", "*")
        yield


@pytest.fixture(scope="session")
def aws():
    with stand_in() as aws:
        yield aws


@pytest.fixture
def account(aws):
    """An account of the test's own, with the cluster ``prod``."""
    return aws.account(cluster={"name": "prod", "version": "1.34"})


@pytest.fixture
def refused():
    """The code and the message that AWS refuses a call with."""

    def refused(call, **params):
        from botocore.exceptions import ClientError

        with pytest.raises(ClientError) as error:
            call(**params)
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    return refused


@pytest.fixture
def role(account):
    """Makes a role that EKS Pod Identity may take on, with inline policies; returns its ARN."""
    import json

    iam = account.client("iam")

    def role(name="redis", trust=None, **policies):
        trusted = trust or {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                }
            ],
        }
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trusted))["Role"]["Arn"]
        for policy, document in policies.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        return arn

    return role
