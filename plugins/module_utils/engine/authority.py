# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates: made by a CA of an instance's own, and read, by the Python package cryptography. Files are PEM."""

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


@dataclass(frozen=True)
class Pair:
    """A certificate, or a chain that begins with it, and its private key."""

    certificate: bytes
    key: bytes


class Certificate:
    """What a certificate says. pem: it, or a chain that begins with it. Raises ValueError for what is none."""

    def __init__(self, pem: bytes) -> None:
        found = _x509().load_pem_x509_certificates(pem)
        self.x509: x509.Certificate = found[0]
        self.chain: list[x509.Certificate] = found

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
        return frozenset({*names.get_values_for_type(x509.DNSName), *addresses})

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

    def fits(self, key: bytes) -> bool:
        """Whether a private key is its own. Raises ValueError for what is no key, or has a passphrase."""
        return _public(_key(key).public_key()) == _public(self.x509.public_key())

    def is_signed_by(self, authorities: bytes) -> bool:
        """Whether it, through what follows in its chain, leads to one of these."""
        roots = _x509().load_pem_x509_certificates(authorities)
        current = self.x509
        for above in [*self.chain[1:], None]:
            if any(_issued(current, root) for root in roots):
                return True
            if above is None or not _issued(current, above):
                return False
            current = above
        return False


def new_authority(name: str) -> Pair:
    """A CA that signs only certificates of servers. name: of the instance, with its namespace."""
    x509 = _x509()
    key = _new_key()
    subject = _name(f"{name} CA"[:64])
    usage = _usage(signs=True)
    built = (
        _builder(subject, subject, key, timedelta(days=_AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )
    return Pair(_pem(built.sign(key, _hash())), _key_pem(key))


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
        _builder(_name(name[:64]), signer.x509.subject, key, span)
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


def _builder(subject: Any, issuer: Any, key: Any, span: timedelta) -> Any:
    x509 = _x509()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - _SKEW)
        .not_valid_after(_now() + span)
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


def _issued(one: Any, by: Any) -> bool:
    """Whether one is signed by the other."""
    try:
        one.verify_directly_issued_by(by)
    except Exception:  # a wrong signature, another name, or a kind of key that signs nothing
        return bool(one == by)
    return True


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
