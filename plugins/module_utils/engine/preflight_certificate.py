# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold of the certificate before anything is changed."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.authority import Certificate
from ansible_collections.eks.redis.plugins.module_utils.engine.chain import MOMENT, distrust
from ansible_collections.eks.redis.plugins.module_utils.engine.credentials import held
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding, custom_resource
from ansible_collections.eks.redis.plugins.module_utils.topology import certificates, names

_TLS = "transitEncryption"
_SOON = timedelta(days=30)
_CERT_MANAGER = "cert-manager.io/v1"
# of a certificate that is still to be made: whether by the instance's own CA, what is known of it, and the way out
_TO_COME = {
    True: ("is still to be made, by another CA", "keep the certificate as it is"),
    False: ("is still to be made, by a CA that nobody knows yet", "have cert-manager make it first"),
}


def certificate(case: Case) -> Iterator[Finding]:
    """the certificate"""
    given = case.instance.transit_encryption
    if not given.enabled:
        return
    if certificates.is_own(case.instance):
        yield from _renewed(case)
        return
    name = names.certificate(case.instance)
    what = kinds.reference("Secret", case.instance.namespace, name)
    data = _data(_secret(case, name))
    if data is None and given.existing_secret:
        yield Finding(f"{_TLS}.existingSecret: there is no {what}; create it first")
    elif data is not None and given.existing_secret:
        yield from _judged(case, f"{_TLS}.existingSecret", what, data)
    elif data is not None and not data.get(certificates.AUTHORITY):
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
    live = custom_resource(case, case.layout.redis[0].kind)
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
    elif has:
        yield from _another(case, live["spec"]["TLS"]["secret"]["secretName"])


def _another(case: Case, had: str) -> Iterator[Finding]:
    """Pods that trust one CA, beside pods that trust another one. had: the Secret of the pods that run."""
    has, where = names.certificate(case.instance), case.instance.namespace
    live = None if had == has else _secret(case, had)
    old, new = _data(live), _data(None if live is None else _secret(case, has))
    given = case.instance.transit_encryption
    # told elsewhere, or made by the same as the one before
    fine = given.existing_secret or _signer(live) == (given.issuer.name, given.issuer.kind)
    if old is None or (new is None and fine):
        return
    if new is None:
        reason, way = _TO_COME[certificates.is_own(case.instance)]
    elif not _alike(old, new):
        reason = f"is of another {certificates.AUTHORITY}"
        way = f"let {certificates.AUTHORITY} of both hold the CAs of both, and restart the pods, before you change it"
    else:
        return
    yield Finding(
        f"{_TLS}: the pods of instance {where}/{case.instance.name} trust each other by {certificates.AUTHORITY} of "
        f"{kinds.reference('Secret', where, had)}, and {kinds.reference('Secret', where, has)} {reason}, so that they "
        f"cannot go one by one from one to the other; {way}, or deploy under another name"
    )


def _alike(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> bool:
    """Whether pods that show the one trust pods that show the other. True also for what is no certificate."""
    with suppress(ValueError):
        return not any(
            distrust(shown.get(certificates.CHAIN, b""), trusted.get(certificates.AUTHORITY, b""))
            for shown, trusted in ((one, other), (other, one))
        )
    return True


def _secret(case: Case, name: str) -> dict[str, Any] | None:
    return case.api.get("Secret", name, case.instance.namespace)


def _data(secret: Mapping[str, Any] | None) -> dict[str, bytes] | None:
    """What a Secret holds, None when it is not there."""
    return None if secret is None else held(secret)


def _signer(secret: Mapping[str, Any] | None) -> tuple[str, str] | None:
    """Name and kind of the issuer by which cert-manager made a Secret; None for one of anybody else."""
    return certificates.issuer(((secret or {}).get("metadata") or {}).get("annotations") or {})


def _renewed(case: Case) -> Iterator[Finding]:
    """A CA of the instance's own that this run renews."""
    what = kinds.reference("Secret", case.instance.namespace, names.authority(case.instance))
    live = case.lives.get(what)
    if not live:
        return
    one = Certificate(b64decode(live["data"][certificates.AUTHORITY]))
    if one.is_due(timedelta(days=case.instance.transit_encryption.renew_days)):
        verb = "ended" if one.ends <= datetime.now(UTC) else "ends"
        yield Finding(
            f"{_TLS}: the CA in {what} {verb} on {one.ends:{MOMENT}} and is renewed, with the same key: clients that "
            f"have a copy of its {certificates.AUTHORITY} trust the instance only until then; give them the new one",
            fatal=False,
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
    if one.weakness:
        yield Finding(f"{field}: the certificate in {what} {one.weakness}")
    try:
        reason = distrust(data[certificates.CHAIN], data[certificates.AUTHORITY])
        if reason:
            yield Finding(f"{field}: in {what} {reason}: pods would not trust each other")
    except ValueError:
        yield Finding(f"{field}: what {what} has under {certificates.AUTHORITY} is not a certificate in PEM")
    if one.purposes_lacking:
        reason = f"is not for {' and not for '.join(one.purposes_lacking)}: pods show it as servers and as clients"
        yield Finding(f"{field}: the certificate in {what} {reason}")
    called = certificates.called(case.instance, case.layout)
    lacking = dict.fromkeys(called[name] for name in one.lacks(list(called)))
    if lacking:
        yield Finding(
            f"{field}: the certificate in {what} lacks {', '.join(lacking)}: clients that check names refuse it",
            fatal=False,
        )


def _time(field: str, what: str, one: Certificate) -> Iterator[Finding]:
    now = datetime.now(UTC)
    if one.ends <= now:
        yield Finding(f"{field}: the certificate in {what} ended on {one.ends:{MOMENT}}; renew it first")
    elif one.begins > now:
        yield Finding(f"{field}: the certificate in {what} begins only on {one.begins:{MOMENT}}")
    elif one.ends - now < _SOON:
        yield Finding(f"{field}: the certificate in {what} ends on {one.ends:{MOMENT}}; renew it", fatal=False)
