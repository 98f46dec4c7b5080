"""Passwords that are made up, and the ACL file with those of users: what is written, kept, changed and refused."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

import pytest
from certified import secret
from runs import changes

GENERATED = {"authentication": {"enabled": True, "generate": True}}
TOKEN = {"authentication": {"enabled": True, "authToken": "0123456789abcdef-and-more"}}
USER = {"name": "application", "rules": "~app:* +@read +@write", "passwordSecret": {"name": "app", "key": "word"}}
ACL = {"acl": {"enabled": True, "users": [USER]}}


@pytest.fixture
def read(cluster, namespace):
    def of(name: str) -> dict[str, str]:
        live = cluster.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        return {key: b64decode(value).decode() for key, value in live["data"].items()}

    return of


@pytest.fixture
def word(cluster, namespace):
    """Sets the password of the user."""

    def put(text: str, key: str = "word") -> None:
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        cluster.apply(f"/api/v1/namespaces/{namespace}", made)
        made = secret(namespace, "app", **{key: text.encode()})
        cluster.apply(f"/api/v1/namespaces/{namespace}/secrets/app", made)

    return put


def digest(text: str) -> str:
    return f"#{sha256(text.encode()).hexdigest()}"


def test_a_password_is_made_once(instance, read) -> None:
    assert changes(instance(flavour={}, root=GENERATED, check=True))["Secret/cache-auth"] == "created"
    done = instance(flavour={}, root=GENERATED, diff=True)
    password = read("cache-auth")["password"]
    assert len(password) == 40
    assert password.isalnum()
    assert password not in str(done)
    assert changes(instance(flavour={}, root=GENERATED)) == {}
    assert read("cache-auth") == {"password": password}


def test_the_acl_file_has_digests_of_everybody_and_stays(instance, read, word) -> None:
    word("user-password-1")
    done = instance(flavour={**ACL, "metrics": {"enabled": True}}, root=TOKEN, diff=True)
    lines = {line.split()[1]: line for line in read("cache-acl")["user.acl"].splitlines()}
    assert list(lines) == ["default", "application", "eks-redis-exporter", "eks-redis-backup"]
    assert lines["default"] == f"user default on {digest(TOKEN['authentication']['authToken'])} ~* &* +@all"
    assert (
        lines["application"] == f"user application on {digest('user-password-1')} resetchannels ~app:* +@read +@write"
    )
    logins = read("cache-logins")
    assert f" {digest(logins['backup'])} " in lines["eks-redis-backup"]
    assert not any(text in str(done) for text in ("user-password-1", *logins.values(), digest("user-password-1")))
    assert changes(instance(flavour={**ACL, "metrics": {"enabled": True}}, root=TOKEN)) == {}


def test_a_new_password_of_a_user_changes_the_file_alone(instance, read, word) -> None:
    word("user-password-1")
    instance(flavour=ACL, root=TOKEN)
    word("user-password-2")
    assert changes(instance(flavour=ACL, root=TOKEN)) == {"Secret/cache-acl": "changed"}
    assert digest("user-password-2") in read("cache-acl")["user.acl"]


def test_a_password_that_is_not_there_is_named(instance, word, namespace) -> None:
    line = f"acl.users: the password of user application is in Secret {namespace}/app, which"
    assert instance(flavour=ACL, root=TOKEN)["msg"] == f"{line} is not there; create it first"
    word("user-password-1", key="other")
    assert instance(flavour=ACL, root=TOKEN)["msg"] == (
        f"acl.users: the password of user application is key word of Secret {namespace}/app, which has no such key; "
        "its keys: other"
    )


def test_a_restricted_default_reads_no_key(instance, read, word) -> None:
    word("user-password-1")
    instance(flavour={"acl": {**ACL["acl"], "restrictDefault": True}}, root=TOKEN)
    (rules,) = [line for line in read("cache-acl")["user.acl"].splitlines() if line.startswith("user default ")]
    assert " resetkeys " in rules
    assert " -@all " in rules
    assert not any(f"+{command}" in rules.split() for command in ("get", "set", "del", "keys", "scan", "debug", "eval"))
