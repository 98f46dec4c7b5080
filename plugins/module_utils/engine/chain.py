# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a certificate leads to a CA that others trust, judged as OpenSSL does it for Redis.

Signers are looked for among the trusted ones, then in the chain that is shown, whatever its order. Each must be a CA
and within its time, and the last one must be trusted and have signed itself: Redis sets no X509_V_FLAG_PARTIAL_CHAIN,
by which one in the middle were enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate, each

MOMENT = "%Y-%m-%d %H:%M UTC"


def distrust(shown: bytes, trusted: bytes) -> str:
    """Why who trusts only the one file refuses the other, "" for nothing; for a Secret with ca.crt and tls.crt.

    The certificate itself counts for its signature alone: who asks knows its time. Raises ValueError for what is no
    certificate.
    """
    (first, *rest), roots = each(shown), each(trusted)
    return _distrust([first], roots, [*roots, *rest])


def _distrust(path: Sequence[Certificate], roots: Sequence[Certificate], pool: Sequence[Certificate]) -> str:
    """path: the certificate, who signed it, and so on. pool: who may have signed the last one, best ones first."""
    one = path[-1]
    if one.is_root:
        return "" if _is_among(one, roots) else _unknown(path, one.name)
    reasons = []
    for above in pool:
        if not _is_among(above, path) and one.is_signed_by(above):
            reason = next(_faults(above, path), "") or _distrust([*path, above], roots, pool)
            if not reason:
                return ""
            reasons.append(reason)
    return next(iter(reasons), "") or _unknown(path, one.signer)


def _faults(signer: Certificate, below: Sequence[Certificate]) -> Iterator[str]:
    """What is wrong with who signed the last one of a path."""
    who, now = f"{signer.name}, which signed {below[-1].name},", datetime.now(UTC)
    if signer.ends <= now:
        yield f"{who} ended on {signer.ends:{MOMENT}}"
    if signer.begins > now:
        yield f"{who} begins only on {signer.begins:{MOMENT}}"
    if not signer.may_sign:
        yield f"{who} is not the certificate of a CA"
    if signer.path_length is not None and signer.path_length < len(below) - 1:
        yield f"{who} allows only {signer.path_length} CAs below it"
    if signer.weakness:
        yield f"{who} {signer.weakness}"


def _unknown(path: Sequence[Certificate], name: str) -> str:
    """name: of who ends the path, or would have to go on with it, and is not trusted."""
    if len(path) == 1:
        return "the CA in ca.crt has not signed the certificate in tls.crt"
    signed = path[-2] if path[-1].is_root else path[-1]
    return f"ca.crt lacks {name}, which signed {signed.name}"


def _is_among(one: Certificate, others: Sequence[Certificate]) -> bool:
    return any(one.x509 == other.x509 for other in others)
