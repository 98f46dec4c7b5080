"""Roles, and who gets a session of them."""

from __future__ import annotations

import json

import pytest

SUBJECT = "system:serviceaccount:cache:backup"


@pytest.fixture
def issuer(account):
    return account.client("eks").describe_cluster(name="prod")["cluster"]["identity"]["oidc"]["issuer"]


@pytest.fixture
def provider(account, issuer):
    made = account.client("iam").create_open_id_connect_provider(Url=issuer, ClientIDList=["sts.amazonaws.com"])
    return made["OpenIDConnectProviderArn"]


@pytest.fixture
def irsa(role, issuer, provider):
    host = issuer.removeprefix("https://")
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{host}:sub": SUBJECT, f"{host}:aud": "sts.amazonaws.com"}},
            }
        ],
    }
    return role("irsa", trust)


@pytest.fixture
def exchange(aws, account, issuer, irsa):
    """Exchanges a token, by default the right one, for credentials."""

    def exchange(role=irsa, token=None, **differing):
        wanted = {"issuer": issuer, "namespace": "cache", "service_account": "backup", **differing}
        return account.client("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="pod", WebIdentityToken=token or aws.signer.token(**wanted)
        )

    return exchange


def test_a_token_of_the_cluster_is_worth_a_session(exchange, account, provider):
    answer = exchange()
    assert (answer["SubjectFromWebIdentityToken"], answer["Provider"]) == (SUBJECT, provider)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account.id}:assumed-role/irsa/pod"


@pytest.mark.parametrize(
    ("differing", "code", "message"),
    [
        ({"namespace": "other"}, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        ({"service_account": "other"}, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        ({"audience": "other"}, "InvalidIdentityToken", "Incorrect token audience"),
        (
            {"issuer": "https://oidc.example"},
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://oidc.example",
        ),
        (
            {"role": "arn:aws:iam::100000000001:role/nobody"},
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
    ],
)
def test_tokens_that_are_worth_nothing(exchange, refused, differing, code, message):
    assert refused(exchange, **differing) == (code, message)


def test_an_expired_token(exchange, refused):
    code, message = refused(exchange, lifetime=-60)
    assert code == "ExpiredTokenException"
    assert message.startswith("Token expired: current date/time")


def test_forged_tokens(aws, exchange, issuer, refused):
    good = aws.signer.token(issuer, "cache", "backup")
    other = aws.signer.token(issuer, "cache", "other")
    # the claims of one with the signature of another
    forged = ".".join([*good.split(".")[:2], other.split(".")[2]])
    assert refused(exchange, token=forged)[0] == "InvalidIdentityToken"
    assert refused(exchange, token="no token")[0] == "InvalidIdentityToken"


def test_keys_are_read_again_for_one_that_is_new(tmp_path):
    from lab.aws.stand_in import Signer
    from lab.aws.tokens import Invalid, Keys

    keys = Keys(str(tmp_path / "jwks.json"))
    first = Signer(tmp_path / "other.json").token("https://i", "n", "s")
    with pytest.raises(Invalid, match="cannot be read"):
        keys.claims(first)
    (tmp_path / "other.json").rename(tmp_path / "jwks.json")
    assert keys.claims(first)["iss"] == "https://i"


def trust(principal, action="sts:AssumeRole", **more):
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action, **more}],
    }


def assume(account, arn, **more):
    return account.client("sts").assume_role(RoleArn=arn, RoleSessionName="test", **more)


def test_a_role_that_trusts_its_account_can_be_assumed(account, role):
    arn = role("own", trust({"AWS": f"arn:aws:iam::{account.id}:root"}))
    assert assume(account, arn)["AssumedRoleUser"]["Arn"].endswith("assumed-role/own/test")


def test_a_role_of_another_account(aws, account, role, refused):
    stranger = aws.account()
    arn = role("shared", trust({"AWS": f"arn:aws:iam::{stranger.id}:root"}))
    assert assume(stranger, arn)["AssumedRoleUser"]["Arn"].startswith(f"arn:aws:sts::{account.id}:")
    third = aws.account()
    assert refused(assume, account=third, arn=arn) == (
        "AccessDenied",
        f"User: arn:aws:sts::{third.id}:user/moto is not authorized to perform: sts:AssumeRole on resource: {arn}",
    )


def test_an_external_id(account, role, refused):
    condition = {"StringEquals": {"sts:ExternalId": "secret"}}
    arn = role("own", trust({"AWS": f"arn:aws:iam::{account.id}:root"}, Condition=condition))
    assert refused(assume, account=account, arn=arn)[0] == "AccessDenied"
    assert assume(account, arn, ExternalId="secret")


def test_roles_that_are_not_there_or_sessions_that_are_too_long(account, role, refused):
    nobody = f"arn:aws:iam::{account.id}:role/nobody"
    assert refused(assume, account=account, arn=nobody)[0] == "AccessDenied"
    arn = role("own", trust({"AWS": f"arn:aws:iam::{account.id}:root"}))
    assert refused(assume, account=account, arn=arn, DurationSeconds=7200) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


@pytest.fixture
def pod(aws, account, issuer):
    """Credentials by Pod Identity, as its agent asks for them."""

    def pod(cluster="prod", namespace="cache", service_account="backup", audience="pods.eks.amazonaws.com", **more):
        token = aws.signer.token(more.pop("issuer", issuer), namespace, service_account, audience, **more)
        return account.client("eks-auth").assume_role_for_pod_identity(clusterName=cluster, token=token)

    return pod


@pytest.fixture
def associated(account, role):
    arn = role()
    account.client("eks").create_pod_identity_association(
        clusterName="prod", namespace="cache", serviceAccount="backup", roleArn=arn
    )
    return arn


def test_a_pod_gets_the_role_of_its_association(pod, associated, account):
    answer = pod()
    assert answer["subject"] == {"namespace": "cache", "serviceAccount": "backup"}
    keys = answer["credentials"]
    sts = account.client(
        "sts",
        aws_access_key_id=keys["accessKeyId"],
        aws_secret_access_key=keys["secretAccessKey"],
        aws_session_token=keys["sessionToken"],
    )
    assert sts.get_caller_identity()["Arn"] == answer["assumedRoleUser"]["arn"]


@pytest.mark.parametrize(
    ("differing", "code"),
    [
        ({"cluster": "none"}, "ResourceNotFoundException"),
        ({"service_account": "other"}, "ResourceNotFoundException"),
        ({"audience": "sts.amazonaws.com"}, "InvalidTokenException"),
        ({"issuer": "https://oidc.example"}, "InvalidTokenException"),
        ({"lifetime": -60}, "ExpiredTokenException"),
    ],
)
def test_pods_that_get_nothing(pod, associated, refused, differing, code):
    assert refused(pod, **differing)[0] == code


def test_the_role_must_trust_pods_wholly(pod, associated, account, refused):
    """sts:TagSession is needed too."""
    document = json.dumps(trust({"Service": "pods.eks.amazonaws.com"}))
    account.client("iam").update_assume_role_policy(RoleName="redis", PolicyDocument=document)
    assert refused(pod) == (
        "AccessDeniedException",
        "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    )
