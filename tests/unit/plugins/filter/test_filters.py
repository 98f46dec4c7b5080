"""The filters, as Ansible finds and calls them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.plugins.loader import filter_loader, init_plugin_loader
from ansible.template import Templar, trust_as_template

init_plugin_loader()

ROOT = {"authentication": {"enabled": True, "authToken": "correct horse battery"}}


def call(plugin: str, *arguments: Any, **options: Any) -> Any:
    return filter_loader.get(f"eks.redis.{plugin}").j2_function(*arguments, **options)


def test_flavour_fills_in_the_defaults() -> None:
    found = call("flavour", {"storage": {"storageSize": "5Gi"}})
    assert found["persistence"]["size"] == "5Gi"
    assert found["deployment"]["mode"] == "standalone"
    assert call("flavour", found) == found


def test_flavour_takes_the_version_from_the_root() -> None:
    assert call("flavour", {}, root={"version": "7.2.6"})["image"] == "quay.io/opstree/redis:v7.2.6"


def test_flavour_fails_with_a_line_for_each_error() -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call("flavour", {"persistence": {"size": 5}, "metrics": {"enabled": "yes"}}, ROOT)
    assert str(caught.value) == (
        "authentication.authToken: <hidden> is not a password the operator can carry; allowed: 1 to 512 printable "
        'ASCII characters without spaces, quotes and * ? [, or "" for none\n'
        "persistence.size: 5 is not a size; allowed: a number with Mi, Gi or Ti\n"
        "metrics.enabled: 'yes' is not a boolean; allowed: true or false, without quotes"
    )


def test_check_tells_and_never_fails() -> None:
    assert call("check", {}) == {"errors": [], "warnings": []}
    assert call("check", {"antiAffinity": "required", "persistence": {"sise": "5Gi"}}, name="Cache") == {
        "errors": [
            "name: 'Cache' is not a name for an instance; allowed: lower case letters, digits and -, starting with a "
            "letter, at most 52 characters (the operator's limit)",
            "persistence.sise: unknown key; did you mean persistence.size?",
        ],
        "warnings": ["antiAffinity: has no effect: there is a single Redis pod"],
    }
    assert call("check", "no mapping")["errors"] == ["the document: <hidden> is not a mapping; allowed: a mapping"]
    assert call("check", {}, labels={"app": "x"}, namespace="apps")["errors"] == [
        "labels.app: is a label of the operator, which would no longer find its pods; use another key"
    ]


def test_manifests() -> None:
    found = call("manifests", {}, name="cache", namespace="apps", labels={"team": "shop"})
    assert [each["kind"] for each in found] == ["Namespace", "ConfigMap", "Redis"]
    assert found[2]["metadata"]["namespace"] == "apps"
    assert found[2]["metadata"]["labels"]["team"] == "shop"


def test_manifests_of_the_other_modes() -> None:
    sentinel = call("manifests", {"deployment": {"mode": "sentinel"}}, name="cache", namespace="apps")
    assert [each["kind"] for each in sentinel][-2:] == ["RedisReplication", "RedisSentinel"]
    root = {"clusterModeEnabled": True}
    cluster = call("manifests", {"deployment": {"mode": "cluster"}}, root=root, name="cache", namespace="apps")
    assert [each["kind"] for each in cluster][-1] == "RedisCluster"


def test_check_tells_what_a_mode_does_not_do() -> None:
    flavour = {"deployment": {"mode": "sentinel", "config": {"numShards": 6}}}
    assert call("check", flavour, name="x" * 44)["errors"] == [
        f"name: {'x' * 44!r} has 44 characters; allowed: at most 43 in mode sentinel, "
        "in which the operator adds -sentinel"
    ]
    assert call("check", flavour)["warnings"] == [
        "deployment.config.numShards: has no effect in mode sentinel; it belongs to mode cluster"
    ]


def test_manifests_fails_with_a_line_for_each_error() -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        call("manifests", {"backup": {"enabled": True}}, name="cache", namespace="")
    assert str(caught.value) == (
        "namespace: '' is not a name; allowed: lower case letters, digits and -, at most 63 characters\n"
        "backup.s3Bucket: is missing; backup.enabled: true needs the name of an S3 bucket"
    )


def test_in_a_template() -> None:
    """Values inside a template carry Ansible's tags and are lazy; what comes out is plain."""
    templar = Templar(loader=None, variables={"flavour": {"persistence": {"size": trust_as_template("{{ 5 }}Gi")}}})
    expression = "flavour | eks.redis.manifests(name='cache', namespace='apps') | map(attribute='kind') | join(' ')"
    assert templar.evaluate_expression(trust_as_template(expression)) == "Namespace ConfigMap Redis"


def test_all_that_is_wrong_with_a_list(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"persistence": {"sise": "5Gi"}}')
    lone = {"name": "lone", "namespace": "apps", "flavour": {"antiAffinity": "required"}}
    found = [
        {"name": "bad", "namespace": "apps", "flavour_file": "bad.json"},
        {"name": "lost", "namespace": "apps", "root_file": "no.yml"},
        lone,
        lone,
    ]
    assert call("check_list", found, chdir=str(tmp_path)) == [
        "apps/lone: stands 2 times in instances; allowed: once",
        "apps/bad: persistence.sise: unknown key; did you mean persistence.size? (bad.json:1)",
        f"apps/lost: {tmp_path}/no.yml: cannot be read: No such file or directory; "
        "give the path of a JSON or YAML file",
    ]
    assert call("check_list", [lone]) == []
    assert call("check_list", [lone], strict=True) == [
        "apps/lone: antiAffinity: has no effect: there is a single Redis pod"
    ]
    assert call("check_list", []) == ["instances: the list is empty; allowed: one instance or more"]


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        ({"flavour": {}}, "missing required arguments: name, namespace found in instances"),
        (
            {"name": "a", "namespace": "b", "flavor": {}},
            "unknown key instances.flavor. Supported parameters include: flavour, ",
        ),
        (
            {"name": "a", "namespace": "b", "flavour": {}, "flavour_file": "c"},
            "parameters are mutually exclusive: flavour|flavour_file found in instances",
        ),
    ],
)
def test_a_list_of_something_else(one: dict[str, Any], problem: str) -> None:
    (line,) = call("check_list", [one])
    assert problem in line


def test_a_list_in_a_template() -> None:
    given = {"name": "cache", "namespace": "apps", "flavour": {"persistence": {"sise": trust_as_template("{{ 5 }}Gi")}}}
    templar = Templar(loader=None, variables={"instances": [given]})
    expression = "instances | eks.redis.check_list | join"
    assert templar.evaluate_expression(trust_as_template(expression)) == (
        "apps/cache: persistence.sise: unknown key; did you mean persistence.size?"
    )
