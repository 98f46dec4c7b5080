from __future__ import annotations

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.eks.redis.plugins.module_utils.engine.chart import Chart, parse, render
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError

CRDS = "".join(
    f"""---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: {plural}.redis.redis.opstreelabs.in
"""
    for plural in ("redis", "redisreplications", "redissentinels", "redisclusters")
)
REST = """---
# a comment only
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: redis-operator
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: redis-operator
"""


def test_namespaced_objects_get_the_namespace_of_the_release() -> None:
    objects = parse(CRDS + REST, "ops")
    assert len(objects) == 6
    assert [one["metadata"].get("namespace") for one in objects[4:]] == ["ops", None]


def test_a_chart_without_crds() -> None:
    with pytest.raises(EngineError) as caught:
        parse(CRDS.split("---", 2)[1], "ops")
    assert str(caught.value) == (
        "the chart has no CustomResourceDefinition redisreplications.redis.redis.opstreelabs.in, "
        "redissentinels.redis.redis.opstreelabs.in, redisclusters.redis.redis.opstreelabs.in; "
        "name a redis-operator chart of 0.22.0 or newer"
    )


def test_what_is_no_yaml() -> None:
    with pytest.raises(EngineError, match="^the chart does not render to YAML: "):
        parse("a: b: c", "ops")


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module on a machine where ``helm`` is the given shell script."""

    def make(script: str | None) -> AnsibleModule:
        if script is not None:
            (tmp_path / "helm").write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / "helm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        with patch_module_args({}):
            return AnsibleModule(argument_spec={})

    return make


def chart(**changes) -> Chart:
    given = {
        "chart": "redis-operator",
        "repository": "https://charts.example",
        "version": "0.26.1",
        "values": {"a": [1]},
        "release": "ops",
        "namespace": "system",
    }
    return Chart(**{**given, **changes})


# prints the arguments without the last one, the file of the values, and then what is in that file
ARGUMENTS = 'while [ $# -gt 1 ]; do printf "%s " "$1"; shift; done; echo; cat "$1"'


def test_helm_gets_the_values_in_a_file(module) -> None:
    text = render(module(ARGUMENTS), chart())
    assert [line.strip() for line in text.splitlines()] == [
        "template ops redis-operator --namespace system --include-crds --repo https://charts.example "
        "--version 0.26.1 --values",
        '{"a": [1]}',
    ]


def test_a_directory_needs_no_repository_and_no_version(module) -> None:
    text = render(module(ARGUMENTS), chart(chart="/charts/a", repository=None, version=None))
    assert text.splitlines()[0].strip() == "template ops /charts/a --namespace system --include-crds --values"


def test_what_helm_says_is_told(module) -> None:
    with pytest.raises(EngineError) as caught:
        render(module('echo "WARNING: x" >&2; echo "Error: chart not found" >&2; exit 1'), chart())
    assert str(caught.value) == (
        "helm cannot render the chart redis-operator 0.26.1 of https://charts.example: chart not found"
    )


def test_no_helm(module) -> None:
    with pytest.raises(EngineError, match="^helm is not in the PATH of the controller; install helm 3, "):
        render(module(None), chart())
