# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of the certificate before anything is changed."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.topology import certificates, names

_TLS = "transitEncryption"
_SOON = timedelta(days=30)
_CERT_MANAGER = "cert-manager.io/v1"


def certificate(case: Case) -> Iterator[Finding]:
    """the certificate"""
    given = case.instance.transit_encryption
    if not given.enabled or certificates.is_own(case.instance):
        return
    name, where = names.certificate(case.instance), case.instance.namespace
    live = case.api.get("Secret", name, where)
    what = kinds.reference("Secret", where, name)
    data = {key: b64decode(value) for key, value in ((live or {}).get("data") or {}).items()}
    if live is None and given.existing_secret:
        yield Finding(f"{_TLS}.existingSecret: there is no {what}; create it first")
    elif given.existing_secret:
        yield from _judged(case, f"{_TLS}.existingSecret", what, data)
    elif live is not None and not data.get(certificates.AUTHORITY):
        # cert-manager itself sees to time and names
        yield Finding(
            f"{_TLS}.issuer.name: the issuer wrote no {certificates.AUTHORITY} into {what}, and pods trust each "
            "other; use an issuer that tells its CA, such as one of kind CA, Vault or AWS PCA"
        )


def issuer(case: Case) -> Iterator[Finding]:
    """the issuer of cert-manager"""
    given = case.instance.transit_encryption
    if not given.enabled or not given.issuer.name:
        return
    field, one = f"{_TLS}.issuer.name", given.issuer
    if "certificates" not in case.api.served(_CERT_MANAGER):
        yield Finding(
            f"{field}: the cluster does not know Certificates ({_CERT_MANAGER}); install cert-manager, or leave the "
            "field away: then a CA of the instance's own signs"
        )
    elif one.group == "cert-manager.io" and one.kind in kinds.KINDS:
        where = case.instance.namespace if one.kind == "Issuer" else None
        what = kinds.reference(one.kind, where, one.name)
        live = case.api.get(one.kind, one.name, where)
        if live is None:
            yield Finding(f"{field}: there is no {what}; create it first")
            return
        conditions = (live.get("status") or {}).get("conditions") or ()
        for condition in conditions:
            if condition["type"] == "Ready" and condition["status"] != "True":
                yield Finding(
                    f"{field}: {what} is not ready: {condition.get('message', 'no reason given')}", fatal=False
                )


def transit(case: Case) -> Iterator[Finding]:
    """the encryption of connections"""
    kind = case.layout.redis[0].kind
    live = case.lives.get(kinds.reference(kind, case.instance.namespace, case.instance.name))
    if live is None or len(case.layout.redis_pods) < 2:
        return
    had, has = "TLS" in live["spec"], case.instance.transit_encryption.enabled
    if had != has:
        was, wanted = ("with TLS" if one else "without TLS" for one in (had, has))
        yield Finding(
            f"{_TLS}.enabled: instance {case.instance.namespace}/{case.instance.name} runs {was}, and its pods follow "
            f"each other only when both speak alike, so that they cannot go one by one to {wanted}; keep it "
            f"{str(had).lower()}, or deploy under another name"
        )


def _judged(case: Case, field: str, what: str, data: Mapping[str, bytes]) -> Iterator[Finding]:
    missing = [key for key in (certificates.AUTHORITY, certificates.CHAIN, certificates.KEY) if not data.get(key)]
    if missing:
        keys = ", ".join(sorted(data)) or "none"
        yield Finding(f"{field}: {what} has no key {' and no key '.join(missing)}; its keys: {keys}")
        return
    try:
        one = Certificate(data[certificates.CHAIN])
    except ValueError:
        yield Finding(f"{field}: what {what} has under {certificates.CHAIN} is not a certificate in PEM")
        return
    try:
        if not one.fits(data[certificates.KEY]):
            yield Finding(
                f"{field}: in {what} {certificates.KEY} is not the key of the certificate in {certificates.CHAIN}"
            )
    except ValueError:
        reason = "is not a private key in PEM without a passphrase"
        yield Finding(f"{field}: what {what} has under {certificates.KEY} {reason}")
    yield from _time(field, what, one)
    try:
        if not one.is_signed_by(data[certificates.AUTHORITY]):
            reason = f"the CA in {certificates.AUTHORITY} has not signed the certificate in {certificates.CHAIN}"
            yield Finding(f"{field}: in {what} {reason}: pods would not trust each other")
    except ValueError:
        yield Finding(f"{field}: what {what} has under {certificates.AUTHORITY} is not a certificate in PEM")
    if one.purposes_lacking:
        reason = f"is not for {' and not for '.join(one.purposes_lacking)}: pods show it as servers and as clients"
        yield Finding(f"{field}: the certificate in {what} {reason}")
    lacking = one.lacks([endpoint.host for endpoint in case.layout.endpoints])
    if lacking:
        yield Finding(
            f"{field}: the certificate in {what} lacks {', '.join(lacking)}: clients that check names refuse it",
            fatal=False,
        )


def _time(field: str, what: str, one: Certificate) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if one.ends <= now:
        yield Finding(f"{field}: the certificate in {what} ended on {one.ends:%Y-%m-%d %H:%M} UTC; renew it first")
    elif one.begins > now:
        yield Finding(f"{field}: the certificate in {what} begins only on {one.begins:%Y-%m-%d %H:%M} UTC")
    elif one.ends - now < _SOON:
        yield Finding(
            f"{field}: the certificate in {what} ends on {one.ends:%Y-%m-%d %H:%M} UTC; renew it", fatal=False
        )
