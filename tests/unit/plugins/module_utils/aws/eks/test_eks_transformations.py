from __future__ import annotations

from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.eks import transformations

KEY = "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012"
BARE: dict[str, Any] = {
    "name": "prod",
    "arn": "arn:aws:eks:eu-west-1:123456789012:cluster/prod",
    "version": "1.34",
    "status": "ACTIVE",
}


def test_what_aws_does_not_tell_of_a_cluster_is_none() -> None:
    assert transformations.cluster(BARE) == {
        "name": "prod",
        "arn": BARE["arn"],
        "account": "123456789012",
        "region": "eu-west-1",
        "version": "1.34",
        "status": "ACTIVE",
        "issuer": None,
        "authentication_mode": None,
        "secrets_key_arn": None,
        "auto_mode": {"compute": False, "storage": False},
    }


def test_what_it_tells_of_a_cluster() -> None:
    found = transformations.cluster(
        {
            **BARE,
            "identity": {"oidc": {"issuer": "https://issuer"}},
            "accessConfig": {"authenticationMode": "API"},
            "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
            "computeConfig": {"enabled": True},
            "storageConfig": {"blockStorage": {"enabled": True}},
        }
    )
    assert (found["issuer"], found["authentication_mode"], found["secrets_key_arn"]) == ("https://issuer", "API", KEY)
    assert found["auto_mode"] == {"compute": True, "storage": True}


def test_issues_are_of_one_line() -> None:
    health = {"issues": [{"code": "AccessDenied", "message": "no\n  way"}]}
    assert transformations.issues({"health": health}) == [
        {"code": "AccessDenied", "message": "no way", "resources": []}
    ]
    assert transformations.issues({}) == []
