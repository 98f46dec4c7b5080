from __future__ import annotations

import ssl

import pytest

from lab import certificates, model
from lab.model import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab("test", model.FULL, tmp_path_factory.mktemp("home"))
    certificates.create(lab)
    return lab


def handshake(lab, server, client, name):
    """The subject of the client's certificate as the server sees it, after a strict check on both sides."""
    contexts = []
    for purpose, own in ((ssl.PROTOCOL_TLS_SERVER, server), (ssl.PROTOCOL_TLS_CLIENT, client)):
        context = ssl.SSLContext(purpose)
        context.load_cert_chain(lab.pki / f"{own}.crt", lab.pki / f"{own}.key")
        context.load_verify_locations(lab.pki / "ca.crt")
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        contexts.append(context)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        contexts[0].wrap_bio(to_server, to_client, server_side=True),
        contexts[1].wrap_bio(to_client, to_server, server_hostname=name),
    ]
    for _turn in range(4):
        for side in reversed(sides):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return dict(pair for part in sides[0].getpeercert()["subject"] for pair in part)


@pytest.mark.parametrize("name", ["127.0.0.1", model.API_ADDRESS, "kubernetes.default.svc", model.KUBERNETES_SERVICE])
def test_api_server_is_trusted_by_every_name(lab, name):
    subject = handshake(lab, "apiserver", "admin", name)
    assert subject == {"organizationName": "system:masters", "commonName": "kubernetes-admin"}


def test_stranger_s_name_is_not_trusted(lab):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(lab, "apiserver", "admin", "example.org")


def test_kubelet_is_a_server_and_a_node(lab):
    node = lab.nodes[1]
    assert handshake(lab, node.name, "apiserver-kubelet-client", node.address)["commonName"] == "kube-apiserver"
    subject = handshake(lab, "apiserver", node.name, model.API_ADDRESS)
    assert subject == {"organizationName": "system:nodes", "commonName": f"system:node:{node.name}"}


def test_client_certificate_is_no_server(lab):
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate purpose"):
        handshake(lab, "admin", "scheduler", "127.0.0.1")


def test_keys_are_private(lab):
    assert {path.stat().st_mode & 0o077 for path in lab.pki.glob("*.key")} == {0}
