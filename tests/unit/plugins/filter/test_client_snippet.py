"""The filter client_snippet, as Ansible finds and calls it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.plugins.loader import filter_loader, init_plugin_loader
from ansible.template import Templar, trust_as_template

init_plugin_loader()

WHERE = {"name": "cache", "namespace": "apps"}


def call(*arguments: Any, **options: Any) -> Any:
    return filter_loader.get("eks.redis.client_snippet").j2_function(*arguments, **options)


def test_one_language_or_all() -> None:
    found = call({}, **WHERE)
    assert list(found) == ["python", "node", "java", "go"]
    assert call({}, language="go", **WHERE) == found["go"]
    assert 'redis.Redis(host="cache.apps.svc", port=6379' in found["python"]


def test_the_root_counts() -> None:
    root = {"clusterModeEnabled": True, "authentication": {"enabled": True, "authToken": "correct-horse"}}
    found = call({"deployment": {"mode": "cluster"}}, root=root, language="python", **WHERE)
    assert 'RedisCluster(host="cache-leader.apps.svc", port=6379' in found
    assert 'os.environ["REDIS_PASSWORD"]' in found
    assert "correct-horse" not in found


def test_another_language() -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call({}, language="perl", **WHERE)
    assert str(caught.value) == "language: 'perl' is none that is known; allowed: python, node, java, go"


def test_a_line_for_each_error() -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call({"persistence": {"sise": "5Gi"}}, name="cache", namespace="")
    assert str(caught.value) == (
        "namespace: '' is not a name; allowed: lower case letters, digits and -, at most 63 characters\n"
        "persistence.sise: unknown key; did you mean persistence.size?"
    )


def test_in_a_template() -> None:
    templar = Templar(loader=None, variables={"flavour": {"persistence": {"size": trust_as_template("{{ 5 }}Gi")}}})
    expression = "flavour | eks.redis.client_snippet(name='cache', namespace='apps', language='node')"
    assert templar.evaluate_expression(trust_as_template(expression)) == call({}, language="node", **WHERE)
