"""Certificates with whatever can be wrong with one, and what OpenSSL says of them in a handshake."""

from __future__ import annotations

import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


def new_key() -> Any:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any = field(repr=False)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def name(self) -> str:
        return self.certificate.subject.rfc4514_string()


def make(
    name: str,
    by: Made | None = None,
    *,
    ca: bool | None = None,
    length: int | None = None,
    begins: timedelta = -DAY,
    ends: timedelta = 90 * DAY,
    key: Any = None,
    hosts: tuple[str, ...] = (),
) -> Made:
    """by: who signs it, None for itself. ca: what its basic constraints say, None for none. length: of paths below."""
    key, now = key or new_key(), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=length), critical=True)
    if hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, hosts))), critical=False)
    return Made(builder.sign(by.key if by else key, hashes.SHA256()), key)


def live(**data: bytes) -> dict[str, Any]:
    """A Secret as the API gives it. data: by key, such as ``**{"ca.crt": b""}``."""
    return {"metadata": {}, "data": {key: b64encode(value).decode() for key, value in data.items()}}


def complaint(
    folder: Path, shown: bytes, key: bytes, trusted: bytes, *, host: str = "", strict: bool = False, timed: bool = True
) -> str:
    """Why a client refuses a server in a handshake in memory, "" for nothing.

    shown, key: files of the server. trusted: file of the client. host: the name it expects, "" for any. strict: as
    Python's default is from 3.13 on. timed: whether times count.
    """
    (folder / "tls.crt").write_bytes(shown)
    (folder / "tls.key").write_bytes(key)
    (folder / "ca.crt").write_bytes(trusted)
    theirs, ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname = bool(host)
    ours.load_verify_locations(folder / "ca.crt")
    ours.verify_flags |= ssl.VERIFY_X509_STRICT if strict else 0
    ours.verify_flags |= 0 if timed else ssl.VerifyFlags(0x200000)
    try:
        theirs.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        _greet(theirs, ours, host)
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except ssl.SSLError as error:
        return error.reason
    return ""


def _greet(theirs: ssl.SSLContext, ours: ssl.SSLContext, host: str) -> None:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = theirs.wrap_bio(there, back, server_side=True)
    client = ours.wrap_bio(back, there, server_hostname=host or None)
    for _turn in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() and server.version()
