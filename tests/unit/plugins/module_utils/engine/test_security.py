"""What is asked of the cluster, and what who may not ask it is told; the rest is in test_security_facts.py."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import replace

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine import security as module
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import issue, new_authority
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import ApiError, EngineError
from ansible_collections.eks.redis.plugins.module_utils.engine.execute import Output
from ansible_collections.eks.redis.plugins.module_utils.engine.security import around
from ansible_collections.eks.redis.plugins.module_utils.engine.security_facts import security

from .guarded import NAMESPACE, PASSWORD, TLS, rendered, storage_class
from .shell import Shell
from .views import SENTINEL

LISTED = ("ConfigMap", "NetworkPolicy", "Deployment", "StorageClass")
FLAVOUR = {**SENTINEL, "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]}}
OURS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
AUTH = {"metadata": {"name": "cache-auth", "labels": OURS}, "data": {"password": "c2VjcmV0"}}
GENERATED = {"authentication": {"enabled": True, "generate": True}}
LIST = """user default on sanitize-payload #5e88489 ~* &* +@all
user app on nopass #0a1b #2c3d ~app:* resetchannels -@all +get"""


class Cluster:
    """Answers from rendered objects; refused: kinds that may not be read."""

    def __init__(self, objects: list[dict], secret: dict | None = None, refused: tuple[str, ...] = ()) -> None:
        self.objects, self.secret, self.refused = objects, secret, refused
        self.asked: Counter = Counter()

    def map(self, function, items):
        return [function(item) for item in items]

    def list(self, kind: str, namespace: str | None = None, **_selectors: str) -> list[dict]:
        self._ask("list", kind)
        if kind == "StorageClass":
            assert namespace is None
            return [storage_class(encrypted="true")]
        return [one for one in self.objects if one["kind"] == kind]

    def get(self, kind: str, name: str, namespace: str | None = None) -> dict | None:
        self._ask("get", kind)
        if kind == "Secret":
            assert namespace == "apps"
            return {"cache-tls": self.secret, "cache-auth": AUTH}[name]
        return NAMESPACE

    def _ask(self, verb: str, kind: str) -> None:
        self.asked[f"{verb} {kind}"] += 1
        if kind in self.refused:
            raise ApiError(f"may not {verb} {kind}", 403, {})


@pytest.fixture(scope="module")
def secret() -> dict:
    authority = new_authority("apps/cache")
    pair = issue(authority, "apps/cache", ["localhost"], 90)
    return {"metadata": {"name": "cache-tls"}, "data": {"tls.crt": b64encode(pair.certificate).decode()}}


@pytest.fixture
def said(monkeypatch) -> Counter:
    """What one pod says of its users."""
    asked: Counter = Counter()

    def execute(api, namespace, pod, container, argv):
        asked[pod] += 1
        return Output(0, "user default on # ~* &* +@all\r\nuser app on # +get\n", "")

    monkeypatch.setattr(module, "execute", execute)
    return asked


def test_one_round_for_all_instances(said, secret) -> None:
    seen, objects = rendered(FLAVOUR, TLS)
    cluster = Cluster(objects, secret)
    first, second = around(cluster, "apps", [seen, seen])
    assert cluster.asked == {**{f"list {kind}": 1 for kind in LISTED}, "get Namespace": 1, "get Secret": 2}
    assert said == {"cache-0": 2}
    assert [len(one) for one in (first.policies, first.keepers)] == [3, 1]
    assert first.users == ("user default on # ~* &* +@all", "user app on # +get")
    assert "Deployment apps/cache-keeper" in first.objects
    found = security(seen, first)
    assert found["at_rest"][0]["encrypted"]
    assert found["in_transit"]["certificate"]["days_left"] == 89
    assert found["keeper"] == {"name": "cache-keeper", "desired": 2, "ready": 0}
    assert replace(second, when=first.when, certificate=first.certificate) == first


def test_no_instance_and_no_question_of_pods(said) -> None:
    assert around(Cluster([]), None, []) == []
    assert not said


def test_without_tls_no_secret_is_read(said) -> None:
    seen, objects = rendered(FLAVOUR)
    cluster = Cluster(objects)
    (found,) = around(cluster, "apps", [seen])
    assert found.certificate is None
    assert "get Secret" not in cluster.asked


@pytest.mark.parametrize(
    ("other", "policies"),
    [
        ({"namespace": "elsewhere"}, 0),
        # a policy holds for pods by its selector, whoever made it
        ({"labels": {"app.kubernetes.io/instance": "cache2"}}, 3),
    ],
)
def test_what_belongs_to_others_is_left_out(said, secret, other, policies) -> None:
    seen, objects = rendered(FLAVOUR, TLS)
    moved = [{**one, "metadata": {**one["metadata"], **other}} for one in objects]
    (found,) = around(Cluster(moved, secret), None, [seen])
    assert (len(found.policies), found.keepers, found.objects) == (policies, [], ())


@pytest.mark.parametrize(
    ("root", "labels", "ours"),
    [
        (TLS, OURS, {"cache-tls": True}),
        (TLS, {}, {"cache-tls": False}),
        (TLS, {**OURS, "app.kubernetes.io/instance": "cache2"}, {"cache-tls": False}),
        ({**TLS, **GENERATED}, OURS, {"cache-tls": True, "cache-auth": True}),
        # its name tells whose it is, so that it is not read
        (PASSWORD, OURS, {}),
    ],
)
def test_whose_secrets_are_is_told_by_their_labels(said, secret, root, labels, ours) -> None:
    seen, objects = rendered(FLAVOUR, root)
    labelled = {**secret, "metadata": {**secret["metadata"], "labels": labels}}
    (found,) = around(Cluster(objects, labelled), "apps", [seen])
    assert found.ours == ours
    assert AUTH["data"]["password"] not in repr(found)


def test_of_secrets_that_are_not_there_or_may_not_be_read_nothing_is_told(said) -> None:
    seen, objects = rendered(FLAVOUR, {**TLS, **GENERATED})
    assert around(Cluster(objects), "apps", [seen])[0].ours == {"cache-auth": True}
    assert around(Cluster(objects, refused=("Secret",)), "apps", [seen])[0].ours == {}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("ConfigMap", "objects"),
        ("NetworkPolicy", "policies"),
        ("Deployment", "keepers"),
        ("StorageClass", "classes"),
        ("Namespace", "namespace"),
        ("Secret", "certificate"),
    ],
)
def test_what_may_not_be_read_is_not_known(said, secret, kind, field) -> None:
    seen, objects = rendered(FLAVOUR, TLS)
    (found,) = around(Cluster(objects, secret, refused=(kind,)), "apps", [seen])
    fields = ("objects", "policies", "keepers", "classes", "namespace", "certificate", "users")
    assert [one for one in fields if getattr(found, one) is None] == [field]


def test_other_errors_are_errors(said) -> None:
    class Broken(Cluster):
        def _ask(self, verb: str, kind: str) -> None:
            raise ApiError("the server is broken", 500, {})

    with pytest.raises(ApiError, match="the server is broken"):
        around(Broken([]), "apps", [])


@pytest.mark.parametrize(
    "secret",
    [
        None,
        {"metadata": {}},
        {"metadata": {}, "data": {"tls.crt": b64encode(b"nothing of that kind").decode()}},
    ],
)
def test_what_is_no_certificate_is_not_known(said, secret) -> None:
    seen, objects = rendered(FLAVOUR, TLS)
    (found,) = around(Cluster(objects, secret), "apps", [seen])
    assert found.certificate is None


@pytest.mark.parametrize(
    "said_instead",
    ["", "ERR unknown command `ACL`\n", "NOPERM this user has no permissions to run the 'acl' command\n"],
)
def test_a_redis_that_does_not_tell_its_users(monkeypatch, said_instead) -> None:
    monkeypatch.setattr(module, "execute", lambda *_words: Output(0, said_instead, ""))
    seen, objects = rendered(FLAVOUR)
    (found,) = around(Cluster(objects), "apps", [seen])
    assert found.users is None


def test_pods_that_cannot_be_asked(monkeypatch) -> None:
    def refused(*_words):
        raise EngineError("user dev may not create pods/exec")

    monkeypatch.setattr(module, "execute", refused)
    seen, objects = rendered(FLAVOUR)
    assert around(Cluster(objects), "apps", [seen])[0].users is None
    # the survey has found that out already
    assert around(Cluster(objects), "apps", [replace(seen, unasked="no")])[0].users is None
    for pod in seen.seen.pods.values():
        pod["status"]["conditions"] = []
    assert around(Cluster(objects), "apps", [seen])[0].users is None


@pytest.mark.parametrize(("environment", "asked"), [({}, ""), ({"REDIS_PASSWORD": "secret"}, "secret")])
def test_digests_stay_in_the_pod(tmp_path, monkeypatch, environment, asked) -> None:
    shell = Shell(tmp_path, {"redis-cli": f'echo "$* $REDISCLI_AUTH" > "$HERE/asked"\ncat <<END\n{LIST}\nEND'})
    sent: list[str] = []

    def execute(api, namespace, pod, container, argv):
        sent.append(shell.run(argv, **environment).stdout)
        return Output(0, sent[-1], "")

    monkeypatch.setattr(module, "execute", execute)
    seen, objects = rendered(FLAVOUR)
    (found,) = around(Cluster(objects), "apps", [seen])
    assert found.users == (
        "user default on sanitize-payload # ~* &* +@all",
        "user app on nopass # # ~app:* resetchannels -@all +get",
    )
    assert not any(digest in text for text in sent for digest in ("5e88489", "0a1b", "2c3d"))
    assert shell.read("asked") == [f"ACL LIST {asked}"]
