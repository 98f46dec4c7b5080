"""The laboratory's certificate authority, and one certificate for each of its users and servers."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lab.identity.names import WEBHOOK
from lab.model import API_ADDRESS, DNS_DOMAIN, KUBERNETES_SERVICE, Lab

# user of a kubeconfig -> (name, groups) as the API server sees them
USERS = {
    "admin": ("kubernetes-admin", ("system:masters",)),
    "controller-manager": ("system:kube-controller-manager", ()),
    "scheduler": ("system:kube-scheduler", ()),
    "proxy": ("system:kube-proxy", ()),
    "kube-router": ("kube-router", ()),
    "csi-provisioner": ("csi-provisioner", ()),
    "csi-resizer": ("csi-resizer", ()),
    "csi-attacher": ("csi-attacher", ()),
}
SERVERS = {
    "apiserver": (
        "127.0.0.1",
        API_ADDRESS,
        KUBERNETES_SERVICE,
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        f"kubernetes.default.svc.{DNS_DOMAIN}",
    ),
    # also a client, of the API server
    WEBHOOK: ("127.0.0.1",),
}
VALID = datetime.timedelta(days=365)
SIGNS_CERTIFICATES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def create(lab: Lab) -> None:
    """Writes <name>.crt and <name>.key of everybody into the laboratory's pki folder."""
    lab.pki.mkdir(parents=True, exist_ok=True)
    authority = Authority(lab.pki)
    for name, (common_name, groups) in USERS.items():
        authority.issue(name, common_name, groups)
    authority.issue("apiserver-kubelet-client", "kube-apiserver", ("system:masters",))
    for name, alternatives in SERVERS.items():
        authority.issue(name, name, alternatives=alternatives)
    # the authority's key is kept nowhere, and nodes may be added
    for node in lab.sites:
        authority.issue(node.name, f"system:node:{node.name}", ("system:nodes",), (node.name, node.address))
    # tokens of service accounts are signed with RS256, as on EKS
    _write_key(lab.pki / "service-accounts.key", rsa.generate_private_key(65537, 2048))


class Authority:
    def __init__(self, folder: Path):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "laboratory")])
        certificate = (
            self._builder(self.name, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(SIGNS_CERTIFICATES, critical=True)
        )
        _write(folder / "ca.crt", self._sign(certificate))

    def issue(self, name: str, common_name: str, groups: Iterable[str] = (), alternatives: Iterable[str] = ()) -> None:
        """A certificate for clients and, for those with alternative names, for servers."""
        attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_alternative(text) for text in alternatives]
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, *([ExtendedKeyUsageOID.SERVER_AUTH] if names else [])]
        certificate = self._builder(x509.Name(attributes), key).add_extension(
            x509.ExtendedKeyUsage(usages), critical=False
        )
        if names:
            certificate = certificate.add_extension(x509.SubjectAlternativeName(names), critical=False)
        _write(self.folder / f"{name}.crt", self._sign(certificate))
        _write_key(self.folder / f"{name}.key", key)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + VALID)
            # strict clients (Python's default from 3.13 on) refuse chains without the two identifiers
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )

    def _sign(self, builder: x509.CertificateBuilder) -> bytes:
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _alternative(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> None:
    encoding = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    _write(path, key.private_bytes(*encoding, serialization.NoEncryption()))


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
