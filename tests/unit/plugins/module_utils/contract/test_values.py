"""Every field says in one line what is wrong with its value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import Resolution, resolve

from . import bad_items, bad_security, bad_values


def nested(path: str, value: Any) -> dict[str, Any]:
    """{'a': {'b': value}} for 'a.b'."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def lines(resolution: Resolution) -> list[str]:
    assert resolution.instance is None
    return [str(problem) for problem in resolution.errors]


@pytest.mark.parametrize(("path", "value", "message"), (*bad_values.FLAVOUR, *bad_security.VALUES))
def test_flavour(path: str, value: Any, message: str) -> None:
    resolution = resolve(nested(path, value), name="cache", namespace="apps")
    assert lines(resolution) == [f"{path}: {message}"]


@pytest.mark.parametrize(("path", "value", "message"), (*bad_values.FLAVOUR, *bad_security.VALUES))
def test_flavour_inside_deployment_config(path: str, value: Any, message: str) -> None:
    if not path.startswith("deployment"):
        path = f"deployment.config.{path}"
    assert lines(resolve(nested(path, value), name="cache", namespace="apps")) == [f"{path}: {message}"]


@pytest.mark.parametrize(("path", "value", "blamed", "message"), (*bad_items.INSIDE, *bad_security.INSIDE))
def test_inside_a_field(path: str, value: Any, blamed: str, message: str) -> None:
    resolution = resolve(nested(path, value), name="cache", namespace="apps")
    assert lines(resolution) == [f"{path}{blamed}: {message}"]


@pytest.mark.parametrize(("path", "value", "message"), (*bad_items.ROOT, *bad_security.ROOT))
def test_root(path: str, value: Any, message: str) -> None:
    assert lines(resolve({}, nested(path, value), name="cache", namespace="apps")) == [f"{path}: {message}"]


@pytest.mark.parametrize(("path", "value", "blamed", "message"), bad_security.INSIDE_ROOT)
def test_inside_a_field_of_the_root(path: str, value: Any, blamed: str, message: str) -> None:
    assert lines(resolve({}, nested(path, value), name="cache", namespace="apps")) == [f"{path}{blamed}: {message}"]


@pytest.mark.parametrize("token", bad_items.TOKENS)
def test_token_that_the_operator_cannot_carry(token: Any) -> None:
    root = {"authentication": {"enabled": True, "authToken": token}}
    hint = ", in quotes" if isinstance(token, int) else ""
    assert lines(resolve({}, root, name="cache", namespace="apps")) == [
        "authentication.authToken: <hidden> is not a password the operator can carry; "
        f'allowed: 1 to 512 printable ASCII characters without spaces, quotes and * ? [, or "" for none{hint}'
    ]


@pytest.mark.parametrize(
    "token", ["correct-horse-battery", "#$\\-_.,;&|%`{}()<>]^~!@=+:/", "${REDIS_PASSWORD}", "0" * 512]
)
def test_token_that_the_operator_can_carry(token: str) -> None:
    resolution = resolve({}, {"authentication": {"enabled": True, "authToken": token}}, name="cache", namespace="apps")
    assert resolution.instance is not None
    assert resolution.instance.authentication.auth_token == token


@pytest.mark.parametrize(
    "root", ["correct-horse-battery", '{"authentication": {"authToken": "correct-horse-battery"}}']
)
def test_root_that_is_a_text_may_hold_the_password_and_is_not_shown(root: Any) -> None:
    assert lines(resolve({}, root, name="cache", namespace="apps")) == [
        "the document: <hidden> is not a mapping; allowed: a mapping"
    ]


@pytest.mark.parametrize("document", ["standalone", 7, True, [], [{}]])
def test_document_that_is_no_mapping(document: Any) -> None:
    (line,) = lines(resolve(document, name="cache", namespace="apps"))
    assert line.startswith("the document: ")
    assert line.endswith(" is not a mapping; allowed: a mapping")


def test_all_problems_at_once() -> None:
    flavour = {"persistence": {"size": "5GB", "enabled": "no"}, "metrics": {"enable": True}, "image": 7}
    assert lines(resolve(flavour, {"version": 7}, name="Cache", namespace="Apps", labels={"app": "x"})) == [
        "name: 'Cache' is not a name for an instance; allowed: lower case letters, digits and -, "
        "starting with a letter, at most 52 characters (the operator's limit)",
        "namespace: 'Apps' is not a name; allowed: lower case letters, digits and -, at most 63 characters",
        "labels.app: is a label of the operator, which would no longer find its pods; use another key",
        "version: 7 is not a Redis version; allowed: 6, 7 or 8 with minor and patch, such as 7.0.15, in quotes",
        "persistence.size: '5GB' is not a size; allowed: a number with Mi, Gi or Ti",
        "persistence.enabled: 'no' is not a boolean; allowed: true or false, without quotes",
        "metrics.enable: unknown key; did you mean metrics.enabled?",
        "image: 7 is not an image; allowed: [registry[:port]/]path[:tag][@sha256:digest], in quotes",
    ]
