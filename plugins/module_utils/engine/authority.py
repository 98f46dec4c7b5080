# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates: made by a CA of an instance's own, and read, by the Python package cryptography. Files are PEM.

What is made holds the identifiers of its keys (RFC 5280, 4.2.1.1 and 4.2.1.2): without them clients refuse it that
check strictly (X509_V_FLAG_X509_STRICT of OpenSSL), as Python's do from 3.13 on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError
from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import is_address

if TYPE_CHECKING:
    from cryptography import x509

_AUTHORITY_DAYS = 3650
_SKEW = timedelta(hours=1)  # of the clocks of pods, nodes and this machine
_AUTHORITY = " CA"  # what tells its name from that of what it signs: equal ones are taken for one certificate
_LONGEST = 64 - len(_AUTHORITY)  # characters of a common name (RFC 5280, A.1)
_LEAST_RSA = 2048  # bits; OpenSSL takes no less at its security level 2, Debian's and Python's


@dataclass(frozen=True)
class Pair:
    """A certificate, or a chain that begins with it, and its private key."""

    certificate: bytes
    key: bytes


class Certificate:
    """What a certificate says. pem: it, or a chain that begins with it. Raises ValueError for what is none."""

    def __init__(self, pem: bytes) -> None:
        self.x509: x509.Certificate = _x509().load_pem_x509_certificates(pem)[0]

    @property
    def begins(self) -> datetime:
        return _moment(self.x509, "not_valid_before")

    @property
    def ends(self) -> datetime:
        return _moment(self.x509, "not_valid_after")

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The DNS names and addresses that it holds."""
        x509 = _x509()
        names = self._extension(x509.SubjectAlternativeName)
        if names is None:
            return frozenset()
        addresses = map(str, names.get_values_for_type(x509.IPAddress))
        hosts = (name.lower() for name in names.get_values_for_type(x509.DNSName))
        return frozenset({*hosts, *addresses})

    def lacks(self, wanted: Sequence[str]) -> list[str]:
        """Those of the names that it does not hold, neither as such nor by a wildcard."""
        return [
            name for name in wanted if name not in self.subjects and f"*.{name.partition('.')[2]}" not in self.subjects
        ]

    @cached_property
    def purposes_lacking(self) -> list[str]:
        """Those of the two purposes of TLS (RFC 5280, 4.2.1.12) that it is not for. One that names none is for all."""
        x509 = _x509()
        named = self._extension(x509.ExtendedKeyUsage)
        if named is None:
            return []
        oid = x509.ExtendedKeyUsageOID
        wanted = {"serverAuth": oid.SERVER_AUTH, "clientAuth": oid.CLIENT_AUTH}
        return [name for name, one in wanted.items() if not {one, oid.ANY_EXTENDED_KEY_USAGE} & set(named)]

    def _extension(self, kind: Any) -> Any:
        """What it says of this, None for nothing."""
        try:
            return self.x509.extensions.get_extension_for_class(kind).value
        except _x509().ExtensionNotFound:
            return None

    def is_due(self, before_end: timedelta) -> bool:
        """Whether it is time for another one: its end is near, or strict clients refuse it."""
        x509 = _x509()
        kinds = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
        return self.ends - _now() <= before_end or any(self._extension(kind) is None for kind in kinds)

    def fits(self, key: bytes) -> bool:
        """Whether a private key is its own. Raises ValueError for what is no key, or has a passphrase."""
        return _public(_key(key).public_key()) == _public(self.x509.public_key())

    @property
    def name(self) -> str:
        """Whose it is, such as CN=apps/cache CA."""
        return self.x509.subject.rfc4514_string() or "who has no name"

    @property
    def signer(self) -> str:
        """The name of who signed it."""
        return self.x509.issuer.rfc4514_string() or "who has no name"

    @property
    def is_root(self) -> bool:
        """Whether it is signed by nobody else."""
        return self.x509.issuer == self.x509.subject

    @cached_property
    def may_sign(self) -> bool:
        """Whether it is that of a CA. A root of the time before there were extensions is one, too, as to OpenSSL."""
        x509 = _x509()
        constraints = self._extension(x509.BasicConstraints)
        usage = self._extension(x509.KeyUsage)
        if usage is not None and not usage.key_cert_sign:
            return False
        if constraints is not None:
            return bool(constraints.ca)
        return self.is_root and (usage is not None or self.x509.version is x509.Version.v1)

    @property
    def path_length(self) -> int | None:
        """How many CAs may stand between it and what is shown; None for any number."""
        constraints = self._extension(_x509().BasicConstraints)
        return constraints.path_length if constraints is not None else None

    @property
    def weakness(self) -> str:
        """Why OpenSSL takes its key nowhere, "" for nothing."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = self.x509.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA:
            return f"has an RSA key of {key.key_size} bits; allowed: {_LEAST_RSA} and more"
        return ""

    def is_signed_by(self, other: Certificate) -> bool:
        """Whether the other one's key has signed it."""
        try:
            self.x509.verify_directly_issued_by(other.x509)
        except Exception:  # a wrong signature, another name, or a kind of key that signs nothing
            return False
        return True


def each(pem: bytes) -> list[Certificate]:
    """Every certificate in it. Raises ValueError where there is none."""
    return [Certificate(_pem(one)) for one in _x509().load_pem_x509_certificates(pem)]


def new_authority(name: str) -> Pair:
    """A CA that signs only certificates of servers. name: of the instance, with its namespace."""
    return _authority(_name(f"{name[:_LONGEST]}{_AUTHORITY}"), _new_key())


def renewed(authority: Pair) -> Pair:
    """The same CA with a certificate of today. Its name and key stay, so who knows either trusts what they signed."""
    return _authority(Certificate(authority.certificate).x509.subject, _key(authority.key))


def issue(authority: Pair, name: str, subjects: Sequence[str], days: int) -> Pair:
    """A certificate of an instance. name: as above. subjects: DNS names and addresses. days: how long it is valid."""
    x509 = _x509()
    signer, signer_key = Certificate(authority.certificate), _key(authority.key)
    key = _new_key()
    names = [x509.IPAddress(ip_address(one)) if is_address(one) else x509.DNSName(one) for one in subjects]
    # at most as long as who signs it
    span = min(timedelta(days=days), signer.ends - _now())
    purposes = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH, x509.ExtendedKeyUsageOID.CLIENT_AUTH])
    built = (
        _builder(_name(name[:_LONGEST]), signer.x509.subject, key, span, signer_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(purposes, critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return Pair(_pem(built.sign(signer_key, _hash())), _key_pem(key))


def _moment(certificate: Any, which: str) -> datetime:
    """Releases before 42 know the time without its zone only, and later ones warn of that."""
    known: datetime | None = getattr(certificate, f"{which}_utc", None)
    return known or getattr(certificate, which).replace(tzinfo=UTC)


def _authority(subject: Any, key: Any) -> Pair:
    x509 = _x509()
    built = (
        _builder(subject, subject, key, timedelta(days=_AUTHORITY_DAYS), key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return Pair(_pem(built.sign(key, _hash())), _key_pem(key))


def _builder(subject: Any, issuer: Any, key: Any, span: timedelta, signer_key: Any) -> Any:
    x509 = _x509()
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    # by the key alone: a CA that is renewed keeps it
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - _SKEW)
        .not_valid_after(_now() + span)
        .add_extension(own, critical=False)
        .add_extension(signer, critical=False)
    )


def _usage(*, signs: bool) -> Any:
    return _x509().KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> Any:
    x509 = _x509()
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        raise ValueError("the private key has a passphrase") from None


def _key_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.PEM))


def _public(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return bytes(key.public_bytes(serialization.Encoding.DER, form))


def _hash() -> Any:
    from cryptography.hazmat.primitives.hashes import SHA256

    return SHA256()


def _now() -> datetime:
    return datetime.now(UTC)


def _x509() -> Any:
    try:
        from cryptography import x509
    except ImportError as error:
        raise EngineError(
            f"the Python library cryptography is missing for {sys.executable}, and certificates are made and read by "
            f"it: {error}"
        ) from None
    return x509
