"""What must hold of a password that comes from a store, or came from one before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds, preflight_secrets
from ansible_collections.eks.redis.plugins.module_utils.topology import secrets_manager

EXTERNAL = {"externalSecret": {"remoteKey": "cache", "store": "aws"}}
CLUSTER_WIDE = {"externalSecret": {"remoteKey": "cache", "store": "aws", "storeKind": "ClusterSecretStore"}}
STORED = {"secretsStore": {"objectName": "cache", "podIdentity": True}}
READY = {"type": "Ready", "status": "True"}
BROKEN = {"type": "Ready", "status": "False", "message": "unable to validate store"}
SERVED = {
    "external-secrets.io/v1": frozenset({"externalsecrets", "secretstores", "clustersecretstores"}),
    "secrets-store.csi.x-k8s.io/v1": frozenset({"secretproviderclasses"}),
}


def _case(authentication: dict[str, Any], served: dict[str, Any], store: dict[str, Any] | None) -> Any:
    root = {"authentication": {"enabled": True, **authentication}}
    api = SimpleNamespace(get=lambda *_names: store, served=lambda version: served.get(version, frozenset()))
    return SimpleNamespace(instance=resolve({}, root, name="cache", namespace="apps").instance, api=api, lives={})


def stores(authentication: dict[str, Any], served: dict[str, Any], *conditions: dict[str, str]) -> list[str]:
    kind = authentication.get("externalSecret", {}).get("storeKind", "SecretStore")
    namespace = {} if kind == "ClusterSecretStore" else {"namespace": "apps"}
    store = {"kind": kind, "metadata": {"name": "aws", **namespace}, "status": {"conditions": list(conditions)}}
    case = _case(authentication, served, store if conditions else None)
    return [f"{'' if one.fatal else 'warning: '}{one.text}" for one in preflight_secrets.stores(case)]


@pytest.mark.parametrize(("given", "known"), [(EXTERNAL, (READY,)), (CLUSTER_WIDE, (READY,)), (STORED, ())])
def test_a_store_that_is_there_needs_no_word(given: dict[str, Any], known: tuple[dict[str, str], ...]) -> None:
    assert stores(given, SERVED, *known) == []


def test_a_password_of_another_source_needs_no_store() -> None:
    assert stores({"generate": True}, {}) == []


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (
            EXTERNAL,
            "authentication.externalSecret: the cluster does not know ExternalSecret (external-secrets.io/v1), its "
            "CustomResourceDefinition externalsecrets.external-secrets.io is missing or too old; install External "
            "Secrets Operator 0.16 or newer",
        ),
        (
            STORED,
            "authentication.secretsStore: the cluster does not know SecretProviderClass "
            "(secrets-store.csi.x-k8s.io/v1), its CustomResourceDefinition "
            "secretproviderclasses.secrets-store.csi.x-k8s.io is missing or too old; install the Secrets Store CSI "
            "driver 1.0 or newer, and its AWS provider",
        ),
    ],
)
def test_a_kind_that_the_cluster_does_not_know(given: dict[str, Any], line: str) -> None:
    assert stores(given, {}) == [line]
    # one that serves an older version only
    older = {"external-secrets.io/v1beta1": frozenset({"externalsecrets"})}
    assert stores(given, older) == [line]


@pytest.mark.parametrize(
    ("given", "what"), [(EXTERNAL, "SecretStore apps/aws"), (CLUSTER_WIDE, "ClusterSecretStore aws")]
)
def test_a_store_that_is_not_there_or_not_ready(given: dict[str, Any], what: str) -> None:
    field = "authentication.externalSecret.store"
    assert stores(given, SERVED) == [f"{field}: there is no {what}; create it first"]
    assert stores(given, SERVED, BROKEN) == [f"warning: {field}: {what} is not ready: unable to validate store"]


def test_the_kinds_are_those_that_are_rendered() -> None:
    assert {kind: kinds.kind(kind).api for kind in secrets_manager.API} == secrets_manager.API
    assert all(kinds.kind(kind).pruned for kind in secrets_manager.API)


def test_a_secret_that_another_object_takes_along_is_refused() -> None:
    case = _case({"generate": True}, {}, None)
    live: dict[str, Any] = {"metadata": {"name": "cache-auth", "namespace": "apps"}}
    case.lives = {"Secret apps/cache-auth": live}
    assert list(preflight_secrets.owner(case)) == []
    live["metadata"]["ownerReferences"] = [{"kind": "ReplicaSet", "name": "cache-keeper-5d8f", "uid": "1"}]
    (found,) = preflight_secrets.owner(case)
    assert found.fatal and found.text == (
        "authentication: Secret apps/cache-auth belongs to ReplicaSet cache-keeper-5d8f, and Kubernetes would delete "
        "the password with that; take it over with: kubectl patch secret -n apps cache-auth --type=json "
        """-p='[{"op": "remove", "path": "/metadata/ownerReferences"}]'"""
    )
