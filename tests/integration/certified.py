"""Certificates that tests bring along, made by cryptography: good ones, and each thing that can be wrong with one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)


class Authority:
    """A CA."""

    def __init__(self, name: str = "a CA") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = _signed(self, self.name, self.key, [], -DAY, 3650 * DAY, (basic, True))

    @property
    def pem(self) -> bytes:
        return pem(self.certificate)

    def issue(
        self, *names: str, begins: timedelta = -DAY, ends: timedelta = 90 * DAY, purposes: Sequence[Any] = ()
    ) -> tuple[bytes, bytes]:
        """Certificate and key. purposes: what it says to be for, by object identifiers."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "redis")])
        extensions = [(x509.ExtendedKeyUsage(purposes), False)] if purposes else []
        return pem(_signed(self, name, key, list(names), begins, ends, *extensions)), key_pem(key)


def _signed(
    by: Authority, name: Any, key: Any, names: list[str], begins: timedelta, ends: timedelta, *extensions: Any
) -> Any:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if names:
        subjects = x509.SubjectAlternativeName([x509.DNSName(one) for one in names])
        builder = builder.add_extension(subjects, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(by.key, hashes.SHA256())


def pem(certificate: Any) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Any, passphrase: bytes = b"") -> bytes:
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def secret(namespace: str, name: str, **data: bytes) -> dict[str, Any]:
    """A Secret; ``tls_crt`` is its key tls.crt."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "data": {key.replace("_", "."): b64encode(value).decode() for key, value in data.items()},
    }
