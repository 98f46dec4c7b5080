from __future__ import annotations

import json

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import (
    ApiError,
    EngineError,
    Unanswered,
    Unreachable,
    refused,
    together,
    unreachable,
)

SERVER, SOURCE = "https://api:443", "kubeconfig /k"


def error(status: int, **state) -> str:
    return str(refused("apply", "ConfigMap n/a", status, json.dumps(state), SERVER, SOURCE))


def test_forbidden_names_user_verb_resource_and_role() -> None:
    text = (
        'x is forbidden: User "bob" cannot patch resource "redis" in API group "redis.redis.opstreelabs.in" '
        'in the namespace "n"'
    )
    assert error(403, message=text) == (
        "ConfigMap n/a: user bob may not patch redis.redis.redis.opstreelabs.in in namespace n: "
        "it needs a Role with the verb patch on redis.redis.redis.opstreelabs.in"
    )


def test_forbidden_in_the_whole_cluster() -> None:
    text = 'x is forbidden: User "bob" cannot list resource "deployments" in API group "apps" at the cluster scope'
    assert error(403, message=text).endswith("it needs a ClusterRole with the verb list on deployments.apps")


def test_what_may_not_be_granted_is_named() -> None:
    text = (
        'roles.rbac.authorization.k8s.io "k" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting '
        'to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "patch"]}'
    )
    assert error(403, message=text) == (
        "ConfigMap n/a: user bob may not grant what they do not have themselves: "
        '{APIGroups:[""], Resources:["pods"], Verbs:["get" "patch"]}; they need a Role with these verbs'
    )


def test_forbidden_for_another_reason_keeps_its_text() -> None:
    assert error(403, message="exceeded quota: none") == (
        "ConfigMap n/a: cannot apply: exceeded quota: none (HTTP 403)"
    )


def test_a_conflict_lists_fields_by_manager() -> None:
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl" using v1', "field": ".data.a"},
        {"reason": "FieldManagerConflict", "message": 'conflict with "kubectl" using v1', "field": ".data.b"},
        {"reason": "FieldManagerConflict", "message": 'conflict with "helm" using v1', "field": ".data.c"},
    ]
    assert error(409, message="3 conflicts", details={"causes": causes}) == (
        "ConfigMap n/a: conflict with kubectl on .data.a, .data.b; conflict with helm on .data.c; remove the field "
        "there, or take it over with force: true (playbooks: redis_force)"
    )


def test_another_conflict_keeps_its_text() -> None:
    assert error(409, message="object is being deleted") == (
        "ConfigMap n/a: cannot apply: object is being deleted (HTTP 409)"
    )


def test_a_path_that_the_server_does_not_know_is_a_missing_definition() -> None:
    assert str(refused("apply", "Redis n/a", 404, "404 page not found\n", SERVER, SOURCE)) == (
        "Redis n/a: cannot apply: the cluster does not know this kind, its CustomResourceDefinition is missing"
    )


@pytest.mark.parametrize("body", ["", "<html>\nbad gateway</html>", "[1]", "null"])
def test_an_answer_that_is_no_status_still_gives_one_line(body) -> None:
    assert "\n" not in str(refused("get", "Pod n/a", 502, body, SERVER, SOURCE))


@pytest.mark.parametrize(
    ("reason", "plain"),
    [
        ("HTTPSConnection(host='x'): Failed to establish a new connection: [Errno 111] Connection refused", "refused"),
        ("[Errno -2] Name or service not known", "the host name is not known"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "expected authority (option ca_cert)"),
        ("Read timed out. (read timeout=60)", "no answer in time"),
        ("something new", "something new"),
    ],
)
def test_unreachable_names_server_source_and_a_plain_reason(reason, plain) -> None:
    text = str(unreachable(SERVER, SOURCE, reason))
    assert text.startswith(f"cannot reach the Kubernetes API at {SERVER} ({SOURCE}): ")
    assert plain in text
    assert "HTTPSConnection" not in text


def test_several_problems_are_a_line_each_and_none_twice() -> None:
    assert str(together(["a", "b", "a"])) == "a\nb"


def test_what_may_succeed_later_is_told_from_what_will_not() -> None:
    """A wait goes on after the first two; everything is caught as an EngineError at the end of a run."""
    assert issubclass(Unanswered, EngineError) and issubclass(Unreachable, EngineError)
    assert not issubclass(ApiError, (Unanswered, Unreachable))
    assert Unanswered("Pod a: no answer", pods=["a"]).result == {"pods": ["a"]}
