"""Certificates that cert-manager signs, on the running laboratory: its real controllers, and Redis that shows them."""

from __future__ import annotations

import base64
import datetime
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import runs
from cluster import Cluster, eventually
from cryptography import x509

from ansible_collections.eks.redis.plugins.module_utils.engine.authority import new_authority

ISSUERS = "/apis/cert-manager.io/v1/namespaces/{}/issuers/{}"
CERTIFICATE = "/apis/cert-manager.io/v1/namespaces/{}/certificates/cache-tls"
SECRET = "/api/v1/namespaces/{}/secrets/{}"
POD = "/api/v1/namespaces/{}/pods/cache-0"
FLAVOUR = {
    "master": {
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"cpu": "200m", "memory": "128Mi"}}
    },
    "persistence": {"enabled": False},
}
PASSWORD = "a-password-of-this-test"
# as an application does: the chain and the name must be right
CALL = """
import socket, ssl, sys
host, authority = sys.argv[1:]
context = ssl.create_default_context(cadata=authority)
with socket.create_connection((host, 6379), timeout=10) as plain:
    with context.wrap_socket(plain, server_hostname=host) as link:
        print(ssl.DER_cert_to_PEM_cert(link.getpeercert(True)))
"""


@pytest.fixture(scope="module")
def issuing(full: Cluster) -> None:
    """cert-manager runs; it goes with the laboratory, as another worker of pytest-xdist may need it still."""
    _lab("cert-manager", "start")


@pytest.fixture
def module(full: Cluster, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Runs a module of the collection for the instance ``cache`` of a namespace."""
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", full.kubeconfig)

    def run(name: str, namespace: str, **options: Any) -> dict[str, Any]:
        return runs.module(capsys, name, name="cache", namespace=namespace, **options)

    return run


@pytest.fixture
def space(full: Cluster, module: Callable[..., dict[str, Any]]) -> Iterator[str]:
    """A new namespace."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    full.apply(f"/api/v1/namespaces/{name}", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    module("instance", name, state="absent", delete_data=True)
    full.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def authority(full: Cluster, space: str, issuing: None) -> str:
    """The certificate of a CA of which the namespace has an Issuer ``authority``."""
    made = new_authority("the company")
    certificate = made.certificate.decode()
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "authority"},
        "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": certificate, "tls.key": made.key.decode()},
    }
    issuer = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Issuer",
        "metadata": {"name": "authority"},
        "spec": {"ca": {"secretName": "authority"}},
    }
    full.apply(SECRET.format(space, "authority"), secret)
    full.apply(ISSUERS.format(space, "authority"), issuer)
    eventually(lambda: _holds(full.get(ISSUERS.format(space, "authority")), "Ready"))
    return certificate


def _lab(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "lab", *arguments], check=True)


def _holds(item: dict[str, Any], condition: str) -> bool:
    """Whether a condition of an object is true."""
    found = item.get("status", {}).get("conditions", ())
    return any(one["type"] == condition and one["status"] == "True" for one in found)


def _inside(*command: str, **variables: str) -> str:
    """What a client inside the cluster's network prints."""
    return subprocess.run(
        [sys.executable, "-m", "lab", "exec", *command],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout


def _shown(host: str, authority: str) -> x509.Certificate | None:
    """The certificate of the Redis by that name, signed by the authority; None where none is shown that holds both."""
    found = _inside(sys.executable, "-c", CALL, host, authority)
    return x509.load_pem_x509_certificate(found.encode()) if found else None


def _kept(cluster: Cluster, namespace: str) -> x509.Certificate:
    """The certificate in the Secret."""
    data = cluster.get(SECRET.format(namespace, "cache-tls"))["data"]["tls.crt"]
    return x509.load_pem_x509_certificate(base64.b64decode(data))


def _renew(cluster: Cluster, namespace: str) -> None:
    """What ``cmctl renew`` does."""
    path = CERTIFICATE.format(namespace)
    condition = {
        "type": "Issuing",
        "status": "True",
        "reason": "ManuallyTriggered",
        "message": "Certificate re-issuance manually triggered",
        "observedGeneration": cluster.get(path)["metadata"]["generation"],
        "lastTransitionTime": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    kind = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": {"name": "cache-tls"}}
    cluster.apply(f"{path}/status", {**kind, "status": {"conditions": [condition]}}, "cmctl")


def _restarts(cluster: Cluster, namespace: str) -> tuple[str, list[int]]:
    """What changes when the pod, or a container of it, begins anew."""
    pod = cluster.get(POD.format(namespace))
    return pod["metadata"]["uid"], [one["restartCount"] for one in pod["status"]["containerStatuses"]]


def test_certificates_of_an_issuer(full: Cluster, module: Any, space: str, authority: str, tmp_path: Path) -> None:
    root = {
        "authentication": {"enabled": True, "authToken": PASSWORD},
        "transitEncryption": {
            "enabled": True,
            "issuer": {"name": "authority"},
            "names": ["redis.example.com", "192.0.2.9"],
        },
    }
    wanted = {"flavour": FLAVOUR, "root": root}
    done = module("instance", space, **wanted, timeout=900)
    assert not done.get("failed"), done["msg"]
    assert runs.changes(done)["Certificate/cache-tls"] == "created"

    # Redis shows what cert-manager has made, in the names of the instance and of its owner
    host = f"cache.{space}.svc"
    first = _kept(full, space)
    eventually(lambda: _shown(host, authority) == first)
    names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    own = {"cache", f"cache.{space}", host, f"{host}.cluster.local", f"*.cache-headless.{space}.svc", "localhost"}
    assert own | {"redis.example.com"} <= set(names.get_values_for_type(x509.DNSName))
    assert {str(one) for one in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "192.0.2.9"}
    (tmp_path / "ca.crt").write_text(authority)
    client = ["redis-cli", "--tls", "--cacert", str(tmp_path / "ca.crt"), "-h", host]
    eventually(lambda: _inside(*client, "set", "before", "renewal", REDISCLI_AUTH=PASSWORD) == "OK\n")

    assert not module("instance", space, **wanted, timeout=900)["changed"]

    # renewed: another key and serial number, read by the Redis that runs
    before = _restarts(full, space)
    _renew(full, space)
    renewed = eventually(lambda: (kept := _kept(full, space)) != first and kept)
    assert renewed.public_key() != first.public_key()
    eventually(lambda: _shown(host, authority) == renewed, seconds=600)
    assert _restarts(full, space) == before
    eventually(lambda: _inside(*client, "get", "before", REDISCLI_AUTH=PASSWORD) == "renewal\n")
    assert not module("instance", space, **wanted, timeout=900)["changed"]


@pytest.mark.parametrize(
    ("issuer", "told"),
    [
        ({"name": "nobody"}, "there is no Issuer {}/nobody"),
        ({"name": "nobody", "kind": "ClusterIssuer"}, "there is no ClusterIssuer nobody"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_an_issuer_that_is_not_there_is_refused(
    full: Cluster, module: Any, space: str, issuing: None, issuer: dict[str, str], told: str, check: bool
) -> None:
    since = full.position()
    root = {"transitEncryption": {"enabled": True, "issuer": issuer}}
    failed = module("instance", space, flavour=FLAVOUR, root=root, check=check)
    assert failed["msg"].startswith(f"transitEncryption.issuer.name: {told.format(space)}; ")
    assert "\n" not in failed["msg"]
    assert full.writes(since, namespace=space) == []
