"""Passwords from a store, before a real API server with the kinds of External Secrets Operator and of the CSI driver.

Neither of them runs: what they make of these objects is not tested here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import runs
import yaml
from cluster import Cluster

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.topology import secrets_manager
from lab import external_secrets

CLASS = Path(__file__).parents[1] / "lab" / "manifests" / "secrets-store.yaml"
NAME = "eks-redis/prod/apps/cache"
ARN = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{NAME}-a1b2c3"
EXTERNAL = {"remoteKey": NAME, "property": "password", "store": "aws"}
STORED = {"objectName": NAME, "property": "password", "podIdentity": True}
GENERATED = {"authentication": {"enabled": True, "generate": True}}


def root(**source: dict[str, Any]) -> dict[str, Any]:
    return {"authentication": {"enabled": True, **source}}


@pytest.fixture
def known(cluster: Cluster) -> Cluster:
    """A cluster that knows the kinds."""
    cluster.define(*external_secrets.definitions(), yaml.safe_load(CLASS.read_text()))
    return cluster


@pytest.fixture
def store(known: Cluster, namespace: str) -> str:
    """A namespace with a SecretStore ``aws``; its path."""
    named = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    known.apply(f"/api/v1/namespaces/{namespace}", named)
    made = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": {"name": "aws", "namespace": namespace},
        "spec": {"provider": {"aws": {"service": "SecretsManager", "region": "us-east-1"}}},
    }
    path = kinds.path("SecretStore", namespace, "aws")
    known.apply(path, made)
    return path


@pytest.mark.parametrize(
    "source",
    [
        {"externalSecret": EXTERNAL},
        {
            "externalSecret": {
                "remoteKey": ARN,
                "store": "aws",
                "storeKind": "ClusterSecretStore",
                "refreshInterval": "0",
            }
        },
        {"secretsStore": STORED},
        {"secretsStore": {"objectName": ARN}},
    ],
)
def test_the_server_takes_what_is_rendered_and_nothing_else(
    known: Cluster, store: str, namespace: str, source: dict[str, Any]
) -> None:
    made = resolve({}, root(**source), name="cache", namespace=namespace).instance
    assert made is not None
    (rendered,) = secrets_manager.objects(made)
    path = kinds.path(rendered["kind"], namespace, "cache-auth")
    query = "?fieldManager=test&dryRun=All&fieldValidation=Strict"
    known.call("PATCH", path + query, rendered, "application/apply-patch+yaml")
    wrong = {**rendered, "spec": {**rendered["spec"], "more": 1}}
    with pytest.raises(AssertionError, match="field not declared in schema|unknown field"):
        known.call("PATCH", path + query, wrong, "application/apply-patch+yaml")


@pytest.mark.parametrize(
    ("source", "kind", "more"),
    [
        ({"externalSecret": EXTERNAL}, "ExternalSecret", set()),
        (
            {"secretsStore": STORED},
            "SecretProviderClass",
            {"ServiceAccount/cache-keeper", "Deployment/cache-keeper"},
        ),
    ],
)
def test_it_is_made_once_and_goes_when_another_source_is_named(
    instance: Any, known: Cluster, store: str, namespace: str, source: dict[str, Any], kind: str, more: set[str]
) -> None:
    predicted = instance(flavour={}, root=root(**source), check=True)
    made = runs.changes(instance(flavour={}, root=root(**source)))
    assert made == runs.changes(predicted)
    assert made[f"{kind}/cache-auth"] == "created" and "Secret/cache-auth" not in made
    path = kinds.path(kind, namespace, "cache-auth")
    assert known.get(path)["spec"]
    assert not instance(flavour={}, root=root(**source))["changed"]
    changed = runs.changes(instance(flavour={}, root=GENERATED))
    assert changed["Secret/cache-auth"] == "created"
    assert {one for one, what in changed.items() if what == "deleted"} == {f"{kind}/cache-auth", *more}
    assert known.get(path) is None


def test_it_goes_with_the_instance(instance: Any, known: Cluster, store: str, namespace: str) -> None:
    instance(flavour={}, root=root(externalSecret=EXTERNAL))
    assert runs.changes(instance(state="absent"))["ExternalSecret/cache-auth"] == "deleted"
    assert known.get(store)


def test_the_store_has_to_be_there(instance: Any, known: Cluster, namespace: str) -> None:
    since = known.position()
    for given, what in (
        (EXTERNAL, f"SecretStore {namespace}/aws"),
        ({**EXTERNAL, "storeKind": "ClusterSecretStore"}, "ClusterSecretStore aws"),
    ):
        assert instance(flavour={}, root=root(externalSecret=given))["msg"] == (
            f"authentication.externalSecret.store: there is no {what}; create it first"
        )
    assert known.writes(since, namespace=namespace) == []


def test_a_secret_that_goes_with_another_object_is_not_written(
    instance: Any, known: Cluster, store: str, namespace: str
) -> None:
    """As the CSI driver leaves it; and the command that is told makes the way free."""
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "keeper"}}
    uid = known.apply(f"/api/v1/namespaces/{namespace}/serviceaccounts/keeper", account)["metadata"]["uid"]
    whose = {"apiVersion": "v1", "kind": "ServiceAccount", "name": "keeper", "uid": uid}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cache-auth", "ownerReferences": [whose]}}
    path = f"/api/v1/namespaces/{namespace}/secrets/cache-auth"
    known.apply(path, secret, "secrets-store-csi-driver")
    refused = instance(flavour={}, root=GENERATED)["msg"]
    assert refused.startswith(f"authentication: Secret {namespace}/cache-auth belongs to ServiceAccount keeper, and ")
    operation = yaml.safe_load(refused.partition("-p='")[2].rstrip("'"))
    known.call("PATCH", path, operation, "application/json-patch+json")
    assert runs.changes(instance(flavour={}, root=GENERATED))["Secret/cache-auth"] == "changed"


def test_a_cluster_that_does_not_know_the_kinds(empty: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    for source, line in (
        (
            {"externalSecret": EXTERNAL},
            "authentication.externalSecret: the cluster does not know ExternalSecret (external-secrets.io/v1), its "
            "CustomResourceDefinition externalsecrets.external-secrets.io is missing or too old; install External "
            "Secrets Operator 0.16 or newer",
        ),
        (
            {"secretsStore": STORED},
            "authentication.secretsStore: the cluster does not know SecretProviderClass "
            "(secrets-store.csi.x-k8s.io/v1), its CustomResourceDefinition "
            "secretproviderclasses.secrets-store.csi.x-k8s.io is missing or too old; install the Secrets Store CSI "
            "driver 1.0 or newer, and its AWS provider",
        ),
    ):
        given = {"name": "cache", "namespace": "apps", "wait": False, "flavour": {}, "root": root(**source)}
        refused = runs.module(capsys, "instance", check=True, **given)
        assert line in refused["msg"].splitlines()
