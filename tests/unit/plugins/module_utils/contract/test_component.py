"""Name, namespace and labels."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve

NAME = (
    "is not a name for an instance; allowed: lower case letters, digits and -, starting with a letter, "
    "at most 52 characters (the operator's limit)"
)
LABEL = "is not a name; allowed: lower case letters, digits and -, at most 63 characters"
OPERATOR = "is a label of the operator, which would no longer find its pods; use another key"
OURS = "is set by this collection; use another key"


@pytest.mark.parametrize("name", ["a", "cache", "cache-2", "x" * 52])
def test_good_name(name: str) -> None:
    instance = resolve({}, name=name, namespace="apps").instance
    assert instance is not None
    assert instance.name == name


BAD_NAMES = ("", "Cache", "7cache", "-cache", "cache-", "ca.che", "ca_che", "x" * 53, "cache\n", 7)
BAD_NAMESPACES = ("", "Apps", "apps.prod", "-apps", "x" * 64)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_name(name: Any) -> None:
    (problem,) = resolve({}, name=name, namespace="apps").errors
    assert str(problem) == f"name: {name!r} {NAME}"


BAD_LABELS: tuple[tuple[Any, str, str], ...] = (
    ({"app": "x"}, "labels.app", OPERATOR),
    ({"role": "x"}, "labels.role", OPERATOR),
    ({"redis_setup_type": "x"}, "labels.redis_setup_type", OPERATOR),
    ({"cluster": "x"}, "labels.cluster", OPERATOR),
    ({"redis-role": "x"}, "labels.redis-role", OPERATOR),
    ({"app.kubernetes.io/name": "x"}, "labels.app.kubernetes.io/name", OURS),
    ({"app.kubernetes.io/managed-by": "x"}, "labels.app.kubernetes.io/managed-by", OURS),
    (
        {"team": "a b"},
        "labels.team",
        "'a b' is not a label value; allowed: letters, digits, -, _ and ., at most 63 characters",
    ),
    (
        {"team": 7},
        "labels.team",
        "7 is not a label value; allowed: letters, digits, -, _ and ., at most 63 characters, in quotes",
    ),
    (
        {"a b": "x"},
        "labels.a b",
        "'a b' is not a label key; allowed: [prefix/]name with letters, digits, -, _ and .",
    ),
    (["team"], "labels", "a list is not a mapping; allowed: keys with values"),
    ("team", "labels", "'team' is not a mapping; allowed: keys with values"),
)
# mode -> the longest name; what the operator adds
LONGEST = {"sentinel": (43, "-sentinel"), "cluster": (43, "-follower")}


@pytest.mark.parametrize("mode", LONGEST)
def test_how_long_a_name_may_be_depends_on_the_mode(mode: str) -> None:
    longest, added = LONGEST[mode]
    flavour, root = {"deployment": {"mode": mode}}, {"clusterModeEnabled": mode == "cluster"}
    assert resolve(flavour, root, name="x" * longest, namespace="apps").errors == ()
    name = "x" * (longest + 1)
    (problem,) = resolve(flavour, root, name=name, namespace="apps").errors
    assert str(problem) == (
        f"name: {name!r} has {longest + 1} characters; allowed: at most {longest} in mode {mode}, "
        f"in which the operator adds {added}"
    )


@pytest.mark.parametrize("namespace", BAD_NAMESPACES)
def test_bad_namespace(namespace: str) -> None:
    (problem,) = resolve({}, name="cache", namespace=namespace).errors
    assert str(problem) == f"namespace: {namespace!r} {LABEL}"


@pytest.mark.parametrize(("labels", "path", "message"), BAD_LABELS)
def test_bad_labels(labels: Any, path: str, message: str) -> None:
    (problem,) = resolve({}, name="cache", namespace="apps", labels=labels).errors
    assert str(problem) == f"{path}: {message}"


def test_good_labels() -> None:
    labels = {"team": "payments", "example.com/cost-centre": "4711", "empty": ""}
    instance = resolve({}, name="cache", namespace="apps", labels=labels).instance
    assert instance is not None
    assert instance.labels == labels
