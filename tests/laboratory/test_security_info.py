"""How instances are guarded, as instance_info tells it, on the running laboratory: real pods, Redis, certificates."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import runs
from cluster import Cluster, eventually

Object = dict[str, Any]
Module = Callable[..., Object]

SMALL: Object = {
    "master": {
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}}
    },
    "keeper": {"resources": {"requests": {"cpu": "20m", "memory": "32Mi"}}},
}
PLAIN: Object = {"flavour": {**SMALL, "persistence": {"size": "300Mi", "storageClass": "gp3-xfs"}}}
PASSWORD = "a-password-of-this-test"
PATIENCE = 900  # seconds, with all that runs beside it


@pytest.fixture
def module(full: Cluster, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Module:
    """Runs a module of the collection; it must not fail."""
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", full.kubeconfig)

    def run(module_name: str, /, **options: Any) -> Object:
        done = runs.module(capsys, module_name, **options)
        assert not done.get("failed"), done["msg"]
        return done

    return run


@pytest.fixture
def space(full: Cluster, module: Module) -> Iterator[str]:
    """A new namespace, in which only pods may run that are as the standard `restricted` asks for."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    full.apply(f"/api/v1/namespaces/{name}", manifest)
    yield name
    for instance in ("plain", "secure"):
        module("instance", name=instance, namespace=name, state="absent", delete_data=True)
    full.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def encrypting(full: Cluster, space: str) -> Iterator[str]:
    """A StorageClass that encrypts."""
    path = f"/apis/storage.k8s.io/v1/storageclasses/{space}"
    manifest = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": space},
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "xfs"},
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    full.apply(path, manifest)
    yield space
    full.delete(path)


def _secure(full: Cluster, namespace: str, storage_class: str) -> Object:
    """Options of an instance for which nothing is left open."""
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "app"},
        "stringData": {"password": PASSWORD},
    }
    full.apply(f"/api/v1/namespaces/{namespace}/secrets/app", secret)
    return {
        "flavour": {
            **SMALL,
            "persistence": {"size": "300Mi", "storageClass": storage_class},
            "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"], "allowedCidrs": ["10.9.0.0/16"]},
            "acl": {
                "enabled": True,
                "restrictDefault": True,
                "users": [{"name": "app", "rules": "~app:* &* -@all +get +set", "passwordSecret": {"name": "app"}}],
            },
            "createServiceAccount": True,
        },
        "root": {
            "authentication": {"enabled": True, "generate": True},
            "transitEncryption": {"enabled": True, "days": 90},
        },
    }


def test_how_instances_are_guarded(full: Cluster, module: Module, space: str, encrypting: str, tmp_path: Path) -> None:
    given = {"plain": PLAIN, "secure": _secure(full, space, encrypting)}
    for wait in (False, True):
        for name, options in given.items():
            module("instance", name=name, namespace=space, wait=wait, timeout=PATIENCE, **options)

    def settled() -> Object | None:
        """All of it, once the keeper has looked at all pods, and when no pod is too busy to answer."""
        found = module("instance_info", namespace=space)
        plain, secure = found["instances"]
        shown = secure["security"]["in_transit"]["certificate"]["shown"]
        told = all(one["security"]["users"] for one in (plain, secure))
        return found if shown and told and plain["proven"] and secure["proven"] else None

    found = eventually(settled, seconds=PATIENCE)
    plain, secure = found["instances"]
    _judge_plain(plain["security"])
    _judge_secure(secure["security"], space)
    assert (plain["warnings"], secure["warnings"]) == ([], [])
    _read(found["summary"], secure["security"]["in_transit"]["certificate"]["ends"], space)

    path = f"{full.lab.bin}{os.pathsep}{os.environ['PATH']}"
    shown = runs.playbook(
        "info",
        {"redis_namespace": space, "redis_name": "secure", "redis_client": "python"},
        kubeconfig=full.kubeconfig,
        directory=tmp_path,
        path=path,
    )
    assert shown.code == 0, shown.output
    assert f'"  connect  redis://secure.{space}.svc:6379"' in shown.output
    for words in ("import redis", f"secure.{space}.svc", "REDIS_CA", "REDIS_USERNAME", "REDIS_PASSWORD"):
        assert words in shown.output
    everything = json.dumps(found) + shown.output
    # neither it nor what the ACL file holds of it
    for secret in (PASSWORD, sha256(PASSWORD.encode()).hexdigest()):
        assert secret not in everything


def _judge_plain(found: Object) -> None:
    assert found["at_rest"] == [
        {
            "storage_class": "gp3-xfs",
            "volumes": 1,
            "encrypted": None,
            "key": None,
            "provisioner": "ebs.csi.aws.com",
        }
    ]
    assert found["in_transit"] == {"tls": False, "certificate": None}
    assert found["authentication"] == {
        "password": False,
        "secret": None,
        "source": None,
        "sentinels": None,
        "acl": False,
    }
    (default,) = found["users"]
    assert (default["name"], default["password"], default["everything"]) == ("default", False, True)
    assert found["network"] == {
        "exposed": [],
        "nodes": [],
        "policies": [],
        "namespaces": [],
        "networks": [],
        "everybody": [],
        "others": [],
    }
    # the Pod Security of the namespace has let them in
    assert (found["pods"]["users"], found["pods"]["lacking"], found["pods"]["level"]) == ([1000], [], "restricted")
    assert found["pods"]["token"]
    assert found["warnings"] == [
        "connections are not encrypted: set transitEncryption.enabled",
        "Redis asks for no password: set authentication.enabled",
        "every pod of the cluster may connect: set networkPolicy.enabled and allowedNamespaces",
        "StorageClass gp3-xfs does not say whether it encrypts: role eks.redis.storage_class makes one that does, for "
        "new volumes",
        "the pods hold a token for the Kubernetes API and need none: set createServiceAccount",
    ]


def _judge_secure(found: Object, namespace: str) -> None:
    (volumes,) = found["at_rest"]
    assert (volumes["storage_class"], volumes["encrypted"], volumes["key"]) == (namespace, True, None)
    certificate = found["in_transit"]["certificate"]
    assert found["in_transit"]["tls"]
    assert (certificate["secret"], certificate["signer"], certificate["shown"]) == ("secure-tls", "own", True)
    left = datetime.fromisoformat(certificate["ends"]) - datetime.now(UTC)
    assert timedelta(days=89) < left <= timedelta(days=90)
    assert certificate["days_left"] == 89
    assert found["keeper"] == {"name": "secure-keeper", "desired": 1, "ready": 1}
    assert found["authentication"] == {
        "password": True,
        "secret": "secure-auth",
        "source": "own",
        "sentinels": None,
        "acl": True,
    }
    users = {one["name"]: one for one in found["users"]}
    assert set(users) == {"default", "app", "eks-redis-backup", "eks-redis-keeper"}
    assert not any(one["everything"] for one in users.values())
    assert all(one["password"] and one["on"] for one in users.values())
    assert users["app"]["rules"].split()[0] == "~app:*"
    assert not any("#" in one["rules"] for one in users.values())
    network = found["network"]
    assert (network["exposed"], network["policies"]) == ([], ["secure", "secure-job-pods"])
    assert (network["namespaces"], network["networks"]) == (["web"], ["10.9.0.0/16"])
    assert (network["everybody"], network["others"]) == ([], [])
    assert (found["pods"]["lacking"], found["pods"]["token"]) == ([], False)
    assert found["warnings"] == []


def _read(lines: list[str], ends: str, namespace: str) -> None:
    """The text for people."""
    first = next(at for at, line in enumerate(lines) if line.startswith(f"{namespace}/secure: "))
    plain, secure = " ".join(lines[:first]).split(), " ".join(lines[first:]).split()

    def says(words: list[str], text: str) -> bool:
        return f" {text} " in f" {' '.join(words)} "

    assert says(plain, "security in transit: not encrypted")
    assert says(plain, "security users: default (everything, no password)")
    assert says(plain, "security network: inside the cluster only; every pod may connect")
    assert says(plain, "open Redis asks for no password: set authentication.enabled")
    assert says(secure, f"security at rest: 1 x {namespace}, encrypted with the account's key for EBS")
    assert says(
        secure,
        "security in transit: TLS only; certificate in Secret secure-tls, signed by the instance's own CA; ends "
        f"{ends} (89 days left); all pods show it",
    )
    assert says(secure, "security log-in: password in Secret secure-auth, made with the instance")
    assert says(secure, "of others only namespace web and network 10.9.0.0/16 may connect")
    assert says(
        secure,
        "security pods: user 1000, not root, read-only, no capabilities, no escalation, seccomp, no Kubernetes token; "
        "the namespace enforces restricted",
    )
    assert "open" not in secure


def test_a_keeper_that_does_not_come_up_is_missed(full: Cluster, module: Module, capsys: Any, space: str) -> None:
    given = {"root": {"transitEncryption": {"enabled": True}}, "name": "plain", "namespace": space}
    flavour = {**SMALL, "persistence": {"enabled": False}}
    module("instance", flavour=flavour, timeout=PATIENCE, **given)
    bad = {**flavour, "backup": {"image": "example.com/no-such:v1"}}
    missed = (
        f"instance {space}/plain is not ready after 5 s: Deployment plain-keeper has 0 of 1 pods available; "
        "Pod plain-keeper-"
    )

    def fails() -> str:
        failed: str = runs.module(capsys, "instance", flavour=bad, timeout=5, **given)["msg"]
        return failed

    # Kubernetes may need longer than that to make the pod
    first = fails()
    assert first.startswith(f"instance {space}/plain is not ready after 5 s: ")
    eventually(lambda: fails().startswith(missed), seconds=PATIENCE)
    module("instance", flavour=flavour, timeout=PATIENCE, **given)
