"""Whether running pods can go from the password that they have to the one that is asked for."""

from __future__ import annotations

from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.credentials import Credentials
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_password import password
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

OLD, NEW = "correct-horse-battery", "another-horse-battery"
SENTINEL: dict[str, Any] = {"deployment": {"mode": "sentinel"}}
ACL: dict[str, Any] = {"acl": {"enabled": True}}
GENERATED: dict[str, Any] = {"generate": True}
STORED: dict[str, Any] = {"externalSecret": {"remoteKey": "cache", "store": "aws"}}
MOUNTED: dict[str, Any] = {"secretsStore": {"objectName": "cache", "podIdentity": True}}
Secrets = dict[str, str]


def token(word: str) -> dict[str, Any]:
    return {"authToken": word}


def named(secret: str) -> dict[str, Any]:
    return {"existingSecret": {"name": secret}}


def _secret(name: str, **data: str) -> dict[str, Any]:
    return {
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "apps"},
        "data": {key: b64encode(value.encode()).decode() for key, value in data.items()},
    }


class Cluster:
    """Secrets and custom resources; secrets: the passwords in them."""

    def __init__(self, secrets: Secrets) -> None:
        self.lives = {f"Secret apps/{name}": _secret(name, password=word) for name, word in secrets.items()}

    def get(self, kind: str, name: str, namespace: str) -> Any:
        return self.lives.get(kinds.reference(kind, namespace, name))

    def map(self, function: Any, items: Any) -> Any:
        return list(map(function, items))

    def wanted(self, flavour: dict[str, Any], authentication: dict[str, Any] | None) -> tuple[Any, dict[str, Any]]:
        """The instance, and what is rendered for it, by reference."""
        given = {"enabled": True, **authentication} if authentication else {"enabled": False}
        keeper = {"keeper": {"enabled": True}} if authentication == MOUNTED else {}
        resolution = resolve({**flavour, **keeper}, {"authentication": given}, name="cache", namespace="apps")
        instance = resolution.accepted()
        api: Any = self
        made = Credentials(api, instance, layout(instance)).made()
        return instance, {kinds.reference_of(one): one for one in [*manifests(instance), *made]}

    def deploy(self, flavour: dict[str, Any], authentication: dict[str, Any] | None) -> None:
        self.lives.update(self.wanted(flavour, authentication)[1])

    def said(self, flavour: dict[str, Any], authentication: dict[str, Any] | None, ready: bool = True) -> list[str]:
        instance, wanted = self.wanted(flavour, authentication)
        case: Any = SimpleNamespace(
            api=self,
            instance=instance,
            layout=layout(instance),
            wanted=wanted,
            lives={reference: self.lives.get(reference) for reference in wanted},
            seen=SimpleNamespace(ready_pods=lambda plan: list(plan.redis_pods) if ready else []),
        )
        return [f"{'' if one.fatal else 'warning: '}{one.text}" for one in password(case)]


def apart(hint: str) -> str:
    return (
        "authentication: instance apps/cache has replicas, which follow their master only with the same password, so "
        f"that pods cannot go one by one from none to one or from one to another; {hint}, or deploy under another name"
    )


def moved(old: str, new: str) -> str:
    return apart(f"put what Secret apps/{old} has under password into {new} first")


UNSEEN = (
    "warning: authentication: instance apps/cache has replicas, which follow their master only with the same password; "
    "not checked beforehand: whether it gets what Secret apps/{} has under password"
)
KEEP = apart("keep the password as it is")
AUTH = "Secret apps/cache-auth under password"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (None, token(NEW), KEEP),
        (named("mine"), None, KEEP),
        (token(OLD), token(NEW), KEEP),
        (token(OLD), named("other"), moved("cache-auth", "Secret apps/other under password")),
        (named("mine"), token(NEW), moved("mine", "authentication.authToken")),
        (named("mine"), named("other"), moved("mine", "Secret apps/other under password")),
        (named("mine"), GENERATED, moved("mine", AUTH)),
        (GENERATED, named("mine"), moved("cache-auth", "Secret apps/mine under password")),
        (GENERATED, token(NEW), moved("cache-auth", "authentication.authToken")),
        (STORED, named("mine"), moved("cache-auth", "Secret apps/mine under password")),
        # what the store brings is seen by nobody yet
        (named("mine"), STORED, UNSEEN.format("mine")),
        (named("mine"), MOUNTED, UNSEEN.format("mine")),
        (GENERATED, STORED, UNSEEN.format("cache-auth")),
        (token(OLD), MOUNTED, UNSEEN.format("cache-auth")),
    ],
)
def test_another_password_under_replicas(
    before: dict[str, Any] | None, after: dict[str, Any] | None, line: str
) -> None:
    cluster = Cluster({"mine": OLD, "other": NEW, **({"cache-auth": "a-third-one"} if before == STORED else {})})
    cluster.deploy(SENTINEL, before)
    assert cluster.said(SENTINEL, after) == [line]
    # one Redis restarts with it
    alone = Cluster({"mine": OLD, "other": NEW, "cache-auth": OLD})
    alone.deploy({}, before)
    assert alone.said({}, after) == []


@pytest.mark.parametrize("before", [token(OLD), named("mine"), named("same"), GENERATED, STORED])
@pytest.mark.parametrize("after", [token(OLD), named("mine"), named("same"), GENERATED])
def test_the_same_password_from_elsewhere(before: dict[str, Any], after: dict[str, Any]) -> None:
    cluster = Cluster({"mine": OLD, "same": OLD, "cache-auth": OLD})
    cluster.deploy(SENTINEL, before)
    assert cluster.said(SENTINEL, after) == []


@pytest.mark.parametrize("given", [token(OLD), named("mine"), GENERATED, STORED, MOUNTED])
def test_a_password_that_stays_where_it_is(given: dict[str, Any]) -> None:
    cluster = Cluster({"mine": OLD})
    cluster.deploy(SENTINEL, given)
    assert cluster.said(SENTINEL, given) == []


def test_what_a_store_has_brought_already_is_compared() -> None:
    cluster = Cluster({"mine": OLD, "cache-auth": NEW})
    cluster.deploy(SENTINEL, STORED)
    cluster.deploy(SENTINEL, named("mine"))
    assert cluster.said(SENTINEL, STORED) == [moved("mine", AUTH)]


def test_a_secret_that_is_gone_is_not_judged() -> None:
    cluster = Cluster({"mine": OLD, "other": NEW})
    cluster.deploy(SENTINEL, named("mine"))
    del cluster.lives["Secret apps/mine"]
    assert cluster.said(SENTINEL, named("other")) == [UNSEEN.format("mine")]


def test_a_token_that_its_secret_has_lost_comes_back() -> None:
    cluster = Cluster({})
    cluster.deploy(SENTINEL, token(OLD))
    del cluster.lives["Secret apps/cache-auth"]
    assert cluster.said(SENTINEL, token(OLD)) == []


def test_a_generated_password_that_is_lost_is_made_anew_only_when_nobody_has_it() -> None:
    cluster = Cluster({})
    cluster.deploy(SENTINEL, GENERATED)
    del cluster.lives["Secret apps/cache-auth"]
    assert cluster.said(SENTINEL, GENERATED, ready=False) == []
    assert cluster.said(SENTINEL, GENERATED) == [
        "authentication.generate: Secret apps/cache-auth has no longer the password of instance apps/cache under "
        "password, and a new one would not be that of its running pods; put it back: it is REDIS_PASSWORD in their "
        "environment"
    ]


OTHER = "authentication: what Secret apps/{} has under password is not the password in Secret apps/cache-acl"


@pytest.mark.parametrize(("given", "secret"), [(named("mine"), "mine"), (STORED, "cache-auth")])
def test_another_password_beside_acl_users(given: dict[str, Any], secret: str) -> None:
    for flavour, ready, line in (
        (
            {**SENTINEL, **ACL},
            True,
            ", by which running pods of instance apps/cache log in; put the former one back, or delete all its pods at "
            "once, which interrupts it, and run this again",
        ),
        ({**SENTINEL, **ACL}, False, " so far: the pods of instance apps/cache restart with it"),
        (ACL, True, " so far: the pods of instance apps/cache restart with it"),
        (
            {**ACL, "persistence": {"enabled": False}},
            True,
            " so far: the pods of instance apps/cache restart with it, and begin empty: they have no volumes",
        ),
    ):
        cluster = Cluster({secret: OLD})
        cluster.deploy(flavour, given)
        assert cluster.said(flavour, given, ready) == []
        cluster.lives[f"Secret apps/{secret}"] = _secret(secret, password=NEW)
        warning = "warning: " if " so far" in line else ""
        assert cluster.said(flavour, given, ready) == [f"{warning}{OTHER.format(secret)}{line}"]


def test_one_line_says_it_where_the_root_has_another_password() -> None:
    cluster = Cluster({})
    cluster.deploy({**SENTINEL, **ACL}, token(OLD))
    assert cluster.said({**SENTINEL, **ACL}, token(NEW)) == [KEEP]


def test_a_file_that_no_pod_reads_locks_nobody_out() -> None:
    cluster = Cluster({"mine": OLD})
    cluster.deploy({**SENTINEL, **ACL}, named("mine"))
    cluster.deploy(SENTINEL, named("mine"))
    cluster.lives["Secret apps/mine"] = _secret("mine", password=NEW)
    assert cluster.said({**SENTINEL, **ACL}, named("mine")) == []
