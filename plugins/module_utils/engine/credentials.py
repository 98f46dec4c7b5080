# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Secrets of an instance that are made with it: password, log-ins of our own, ACL file, CA and certificate.

What is there is kept: a password for good, a certificate until it is time to renew it, or until it lacks a name. So the
same flavour gives the same Secrets, and the first run alone makes them up. A CA that is renewed keeps its key: whoever
knows its old certificate trusts what it signs, so that pods that have read the new one and others get along.
"""

from __future__ import annotations

import secrets
import string
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.engine import authority, passwords
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, certificates, names, secrets_manager
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_LETTERS = string.ascii_letters + string.digits  # all of which the operator can carry (operator sheet §0.12)
_LENGTH = 40
Data = Mapping[str, bytes]


def held(secret: Mapping[str, Any]) -> dict[str, bytes]:
    """What a Secret holds, by key."""
    return {key: b64decode(value) for key, value in (secret.get("data") or {}).items()}


class Credentials:
    """Reads what there is at once; ``made`` then gives the Secrets, of which the last ones rest on the first."""

    def __init__(self, api: Api, instance: Instance, plan: Layout) -> None:
        self._instance, self._plan = instance, plan
        wanted = sorted(set(self._read()))
        lives = api.map(lambda name: api.get("Secret", name, instance.namespace), wanted)
        there = {name: live for name, live in zip(wanted, lives, strict=True) if live is not None}
        self._lives: dict[str, Data] = {name: held(live) for name, live in there.items()}
        self._annotations: dict[str, Mapping[str, str]] = {
            name: live["metadata"].get("annotations") or {} for name, live in there.items()
        }

    def _read(self) -> Iterator[str]:
        instance = self._instance
        if instance.authentication.generate:
            yield names.password(instance)[0]
        if certificates.is_own(instance):
            yield names.authority(instance)
            yield names.certificate(instance)
        if instance.flavour.acl.enabled:
            yield names.logins(instance)
            yield from (user.password[0] for user in acl_users.users(instance))

    def made(self) -> list[dict[str, Any]]:
        """The manifests. Raises EngineError, a line each, for passwords that are not there or not usable."""
        instance = self._instance
        found: list[dict[str, Any]] = []
        if instance.authentication.enabled and instance.authentication.generate:
            name, key = names.password(instance)
            kept = self._kept(name, key)
            problems = list(passwords.of_instance(instance, kept))
            if problems:
                raise together(problems)
            found.append(self._secret(name, "auth", {key: kept}))
        if certificates.is_own(instance):
            found += self._certificates()
        if instance.flavour.acl.enabled:
            name = names.logins(instance)
            keys = [key for key, _rules in acl_users.logins(instance)]
            found.append(self._secret(name, "logins", {key: self._kept(name, key) for key in keys}))
            found.append(self._acl())
        return found

    def _secret(self, name: str, component: str, data: Data) -> dict[str, Any]:
        # what is made up now is there for what comes after it
        self._lives[name] = {**self._lives.get(name, {}), **data}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": metadata(self._instance, name, component),
            "type": "Opaque",
            "data": {key: b64encode(value).decode() for key, value in data.items()},
        }

    def _kept(self, secret: str, key: str) -> bytes:
        live = self._lives.get(secret, {}).get(key)
        return live or "".join(secrets.choice(_LETTERS) for _each in range(_LENGTH)).encode()

    def _certificates(self) -> list[dict[str, Any]]:
        instance, given = self._instance, self._instance.transit_encryption
        title = f"{instance.namespace}/{instance.name}"
        above = self._pair(names.authority(instance), certificates.AUTHORITY, "ca.key")
        shown = self._pair(names.certificate(instance), certificates.CHAIN, certificates.KEY)
        wanted = certificates.subjects(instance, self._plan)
        before_end = timedelta(days=given.renew_days)
        self._judge(above)
        if above is None:
            above = authority.new_authority(title)
        elif authority.Certificate(above.certificate).is_due(before_end):
            above = authority.renewed(above)
        # Redis reads its CA anew only with another certificate (jobs.keeper)
        known = self._lives.get(names.certificate(instance), {}).get(certificates.AUTHORITY) == above.certificate
        if shown is None or not known or not _serves(shown, above, wanted, before_end):
            shown = authority.issue(above, title, wanted, given.days)
        return [
            self._secret(
                names.authority(instance), "authority", {certificates.AUTHORITY: above.certificate, "ca.key": above.key}
            ),
            self._secret(
                names.certificate(instance),
                "certificate",
                {
                    certificates.AUTHORITY: above.certificate,
                    certificates.CHAIN: shown.certificate,
                    certificates.KEY: shown.key,
                },
            ),
        ]

    def _judge(self, above: authority.Pair | None) -> None:
        """Raises EngineError where pods and clients trust another CA than the one there is."""
        where, shown = self._instance.namespace, names.certificate(self._instance)
        maker = self._annotations.get(shown, {}).get(certificates.MAKER)
        then = "are then made anew; restart all pods after that, and give clients the new ca.crt"
        if maker:
            # which would bring the Secret back
            raise EngineError(
                f"transitEncryption.issuer.name: Secret {where}/{shown} is of cert-manager, by another CA than one of "
                f"the instance's own; name its issuer again, or delete Certificate {where}/{maker} and then that "
                f"Secret: CA and certificate {then}"
            )
        if above is None and shown in self._lives:
            raise EngineError(
                f"Secret {where}/{names.authority(self._instance)}, the CA of the instance, is not there or not whole; "
                f"bring it back, or delete Secret {where}/{shown} too: both {then}"
            )

    def _pair(self, secret: str, certificate: str, key: str) -> authority.Pair | None:
        """What a Secret holds, None where it is not whole: then it is made anew."""
        live = self._lives.get(secret, {})
        if certificate not in live or key not in live:
            return None
        try:
            fits = authority.Certificate(live[certificate]).fits(live[key])
        except ValueError:
            return None
        return authority.Pair(live[certificate], live[key]) if fits else None

    def _acl(self) -> dict[str, Any]:
        instance = self._instance
        problems = list(self._unusable(acl_users.users(instance)))
        if problems:
            raise together(problems)
        text = acl_users.text(instance, self._password)
        return self._secret(names.acl(instance), "acl", {acl_users.FILE: text.encode()})

    def _unusable(self, users: Iterable[acl_users.User]) -> Iterator[str]:
        where = self._instance.namespace
        for user in users:
            secret, key = user.password
            if user.name == acl_users.DEFAULT and self._instance.authentication.auth_token:
                continue
            field = "acl.users" if user.name != acl_users.DEFAULT else "authentication"
            missing = f"{field}: the password of user {user.name} is in Secret {where}/{secret}, which"
            if secret not in self._lives:
                stored = user.name == acl_users.DEFAULT and secrets_manager.wanted_kinds(self._instance)
                hint = "run once without acl.enabled, which brings it" if stored else "create it first"
                yield f"{missing} is not there; {hint}"
            elif key not in self._lives[secret]:
                keys = ", ".join(sorted(self._lives[secret])) or "none"
                yield (
                    f"{field}: the password of user {user.name} is key {key} of Secret {where}/{secret}, which has "
                    f"no such key; its keys: {keys}"
                )
            elif user.name == acl_users.DEFAULT:
                yield from passwords.of_instance(self._instance, self._lives[secret][key])
            else:
                yield from passwords.of_user(self._instance, user, self._lives[secret][key])

    def _password(self, where: tuple[str, str]) -> str:
        secret, key = where
        token = self._instance.authentication.auth_token
        if token and where == names.password(self._instance):
            return token
        return self._lives[secret][key].decode()


def _serves(shown: authority.Pair, above: authority.Pair, wanted: Iterable[str], before_end: timedelta) -> bool:
    """Whether a certificate can stay: signed by the CA, with all names, and not about to end."""
    one = authority.Certificate(shown.certificate)
    signed = one.is_signed_by(authority.Certificate(above.certificate))
    return signed and not one.is_due(before_end) and one.subjects >= set(wanted)
