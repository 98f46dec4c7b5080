"""Passwords that are made up, and the ACL file with those of users: what is written, kept, changed and refused."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256

import pytest
from certified import secret
from cluster import eventually
from runs import changes, warnings

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
    """Sets a password, that of the user unless another Secret is named."""

    def put(text: str, key: str = "word", name: str = "app") -> None:
        made = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        cluster.apply(f"/api/v1/namespaces/{namespace}", made)
        made = secret(namespace, name, **{key: text.encode()})
        cluster.apply(f"/api/v1/namespaces/{namespace}/secrets/{name}", made)

    return put


@pytest.fixture
def pod(cluster, namespace):
    """Makes a pod of the instance, which is ready or not; no kubelet knows it."""

    def make(name: str, ready: bool) -> None:
        labels = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
        spec = {"containers": [{"name": "cache", "image": "redis"}]}
        made = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        cluster.apply(path, made)
        status = {"conditions": [{"type": "Ready", "status": "True" if ready else "False"}]}
        cluster.merge(f"{path}/status", {"status": status}, "kubelet")

    return make


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


MINE = {"authentication": {"enabled": True, "existingSecret": {"name": "mine", "key": "word"}}}
ALONE = {"acl": {"enabled": True}}
SENTINEL = {**ALONE, "deployment": {"mode": "sentinel"}}


@pytest.mark.parametrize(("flavour", "ready"), [(ALONE, True), (SENTINEL, False)])
def test_another_password_restarts_the_pods_that_may(
    instance, cluster, read, word, pod, namespace, flavour, ready
) -> None:
    word("password-of-the-instance", name="mine")
    instance(flavour=flavour, root=MINE)
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default"))
    pod("cache-0", ready)
    word("another-one-of-it", name="mine")
    line = (
        f"authentication: what Secret {namespace}/mine has under word is not the password in Secret "
        f"{namespace}/cache-acl so far: the pods of instance {namespace}/cache restart with it"
    )
    planned = instance(flavour=flavour, root=MINE, check=True)
    assert line in warnings(planned)
    assert cluster.get(f"/api/v1/namespaces/{namespace}/pods/cache-0")
    done = instance(flavour=flavour, root=MINE)
    assert line in warnings(done)
    assert changes(done) == changes(planned) == {"Secret/cache-acl": "changed"}
    assert f"user default on {digest('another-one-of-it')} " in read("cache-acl")["user.acl"]
    assert "Pod cache-0 restarted with another password" in done["summary"]
    gone = cluster.get(f"/api/v1/namespaces/{namespace}/pods/cache-0")
    assert gone is None or "deletionTimestamp" in gone["metadata"]


def test_another_password_is_refused_while_replicas_run(instance, cluster, word, pod, namespace) -> None:
    word("password-of-the-instance", name="mine")
    instance(flavour=SENTINEL, root=MINE)
    eventually(lambda: cluster.get(f"/api/v1/namespaces/{namespace}/serviceaccounts/default"))
    pod("cache-0", ready=True)
    word("another-one-of-it", name="mine")
    since = cluster.position()
    assert instance(flavour=SENTINEL, root=MINE)["msg"] == (
        f"authentication: what Secret {namespace}/mine has under word is not the password in Secret "
        f"{namespace}/cache-acl, by which running pods of instance {namespace}/cache log in; put the former one back, "
        "or delete all its pods at once, which interrupts it, and run this again"
    )
    assert cluster.writes(since, namespace=namespace) == []


def test_a_password_with_a_line_break_is_refused(instance, word, namespace) -> None:
    word("user-password-1\n")
    assert instance(flavour=ACL, root=TOKEN)["msg"] == (
        f"acl.users: the password of user application, key word of Secret {namespace}/app, has white space at its "
        "ends, such as a line break, which clients would send too; take it away"
    )
