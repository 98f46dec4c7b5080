"""The password from AWS Secrets Manager: what is rendered for each of the two ways into the cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jmespath
import pytest
import yaml

from ansible_collections.eks.redis.plugins.module_utils.topology import secrets_manager
from ansible_collections.eks.redis.plugins.module_utils.topology.files import files
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .made import CLUSTER, REDIS, SHAPES, instance, objects, shaped_objects

GUIDE = Path(__file__).parents[5] / "docs" / "secrets.md"
NAME = "eks-redis/prod/apps/cache"
ARN = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{NAME}-a1b2c3"
LABELS = {
    "app.kubernetes.io/name": "redis",
    "app.kubernetes.io/instance": "cache",
    "app.kubernetes.io/component": "auth",
    "app.kubernetes.io/part-of": "cache",
    "app.kubernetes.io/managed-by": "eks.redis",
}
METADATA = {"name": "cache-auth", "namespace": "apps", "labels": LABELS}


def external(**given: Any) -> dict[str, Any]:
    """A root."""
    return {"authentication": {"enabled": True, "externalSecret": {"remoteKey": NAME, "store": "aws", **given}}}


def stored(**given: Any) -> dict[str, Any]:
    """A root."""
    return {"authentication": {"enabled": True, "secretsStore": {"objectName": NAME, **given}}}


def test_an_external_secret() -> None:
    (made,) = secrets_manager.objects(instance({}, external(property="password")))
    assert made == {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": METADATA,
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"name": "aws", "kind": "SecretStore"},
            "target": {"name": "cache-auth", "creationPolicy": "Orphan", "deletionPolicy": "Retain"},
            "data": [{"secretKey": "password", "remoteRef": {"key": NAME, "property": "password"}}],
        },
    }


def test_a_secret_that_is_all_password_has_no_property() -> None:
    (made,) = secrets_manager.objects(instance({}, external()))
    assert made["spec"]["data"] == [{"secretKey": "password", "remoteRef": {"key": NAME}}]


def test_a_class_of_the_csi_driver() -> None:
    (made,) = secrets_manager.objects(instance({}, stored()))
    parameters = made["spec"].pop("parameters")
    assert made == {
        "apiVersion": "secrets-store.csi.x-k8s.io/v1",
        "kind": "SecretProviderClass",
        "metadata": METADATA,
        "spec": {
            "provider": "aws",
            "secretObjects": [
                {
                    "secretName": "cache-auth",
                    "type": "Opaque",
                    "data": [{"objectName": "password", "key": "password"}],
                }
            ],
        },
    }
    assert yaml.safe_load(parameters.pop("objects")) == [
        {"objectName": NAME, "objectType": "secretsmanager", "objectAlias": "password"}
    ]
    assert parameters == {"usePodIdentity": "false"}


@pytest.mark.parametrize("part", ["password", "auth-token", "0", "PASSWORD_1"])
def test_the_path_of_a_property_finds_it(part: str) -> None:
    (made,) = secrets_manager.objects(instance({}, stored(property=part)))
    (read,) = yaml.safe_load(made["spec"]["parameters"]["objects"])
    (taken,) = read["jmesPath"]
    assert jmespath.search(taken["path"], {part: "secret", "auth": 5, "token": 3}) == "secret"
    # the provider takes each name of a file once
    assert (read["objectAlias"], taken["objectAlias"]) == ("secret", "password")
    assert made["spec"]["secretObjects"][0]["data"] == [{"objectName": "password", "key": "password"}]


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ({}, None),
        ({"region": "us-west-2"}, "us-west-2"),
        ({"objectName": ARN}, "eu-west-1"),
        ({"objectName": ARN, "region": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_the_region_is_that_of_an_arn_or_of_the_node(given: dict[str, Any], region: str | None) -> None:
    (made,) = secrets_manager.objects(instance({}, stored(**given)))
    assert made["spec"]["parameters"].get("region") == region


@pytest.mark.parametrize(
    ("root", "kinds", "mounted"),
    [
        (external(), ("ExternalSecret",), ""),
        (stored(), ("SecretProviderClass",), "cache-auth"),
        ({"authentication": {"enabled": True, "generate": True}}, (), ""),
        ({"authentication": {**stored()["authentication"], "enabled": False}}, (), ""),
        ({"authentication": {**external()["authentication"], "enabled": False}}, (), ""),
        ({}, (), ""),
    ],
)
def test_what_has_to_be_known_and_mounted(root: dict[str, Any], kinds: tuple[str, ...], mounted: str) -> None:
    made = instance({}, root)
    assert secrets_manager.wanted_kinds(made) == kinds
    assert [one["kind"] for one in secrets_manager.objects(made)] == list(kinds)
    assert secrets_manager.mounted(made) == mounted


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("root", [external(), stored()])
def test_the_operator_reads_the_secret_that_is_made_of_it(shape: str, root: dict[str, Any]) -> None:
    made = shaped_objects(shape, {}, root)
    assert "Secret cache-auth" not in made
    resource = made[REDIS[shape]]
    assert resource["spec"]["kubernetesConfig"]["redisSecret"] == {"name": "cache-auth", "key": "password"}


def test_it_comes_and_goes_with_the_flavour() -> None:
    made = objects({}, external())
    listed = made["ConfigMap cache-config"]["metadata"]["annotations"]["eks.redis/objects"]
    assert "ExternalSecret apps/cache-auth" in listed.split(", ")


@pytest.mark.parametrize("root", [external(), stored()])
def test_its_file_comes_before_those_that_need_the_secret(root: dict[str, Any]) -> None:
    made = instance({}, root)
    (kind,) = secrets_manager.wanted_kinds(made)
    assert f"20-{kind.lower()}-cache-auth.yml" in files(made, manifests(made))


def test_the_keeper_mounts_the_class() -> None:
    made = objects({"deployment": {"mode": "cluster", "config": {"numShards": 3}}}, {**CLUSTER, **stored()})
    (volume,) = [one for one in _keeper(made)["volumes"] if "csi" in one]
    assert volume["csi"] == {
        "driver": "secrets-store.csi.k8s.io",
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": "cache-auth"},
    }


def test_the_keeper_mounts_no_class_that_is_not_there() -> None:
    made = objects({"keeper": {"enabled": True}}, {"authentication": {**stored()["authentication"], "enabled": False}})
    assert not [one for one in _keeper(made).get("volumes", ()) if "csi" in one]


def _keeper(made: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = made["Deployment cache-keeper"]["spec"]["template"]["spec"]
    return pod


@pytest.mark.parametrize("source", ["externalSecret", "secretsStore"])
def test_the_guide_shows_what_its_root_makes(source: str) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    shown = [yaml.safe_load(block) for block in blocks]
    (root,) = [one for one in shown if isinstance(one, dict) and source in one.get("authentication", {})]
    flavour = {key: value for key, value in root.items() if key != "authentication"}
    (made,) = secrets_manager.objects(instance(flavour, {"authentication": root["authentication"]}))
    (told,) = [one for one in shown if isinstance(one, dict) and one.get("kind") == made["kind"]]
    assert told["metadata"]["name"] == made["metadata"]["name"]
    assert told["spec"] == made["spec"]
