# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Secrets of an instance that are made with it: password, log-ins of our own, ACL file, CA and certificate.

What is there is kept: a password for good, a certificate until it is time to renew it, or until it lacks a name. So the
same flavour gives the same Secrets, and the first run alone makes them up.
"""

from __future__ import annotations

import secrets
import string
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.engine import authority
from ansible_collections.eks.redis.plugins.module_utils.engine.client import Api
from ansible_collections.eks.redis.plugins.module_utils.engine.errors import EngineError, together
from ansible_collections.eks.redis.plugins.module_utils.topology import acl_users, certificates, names, secrets_manager
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import metadata
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Layout

_LETTERS = string.ascii_letters + string.digits  # all of which the operator can carry (operator sheet §0.12)
_LENGTH = 40
Data = Mapping[str, bytes]


class Credentials:
    """Reads what there is at once; ``made`` then gives the Secrets, of which the last ones rest on the first."""

    def __init__(self, api: Api, instance: Instance, plan: Layout) -> None:
        self._instance, self._plan = instance, plan
        wanted = sorted(set(self._read()))
        lives = api.map(lambda name: api.get("Secret", name, instance.namespace), wanted)
        self._lives: dict[str, Data] = {
            name: {key: b64decode(value) for key, value in (live.get("data") or {}).items()}
            for name, live in zip(wanted, lives, strict=True)
            if live is not None
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
        """The manifests. Raises EngineError, a line each, for what the ACL file needs and nobody has made."""
        instance = self._instance
        found: list[dict[str, Any]] = []
        if instance.authentication.enabled and instance.authentication.generate:
            name, key = names.password(instance)
            found.append(self._secret(name, "auth", {key: self._kept(name, key)}))
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
        if above is None and names.certificate(instance) in self._lives:
            # pods and clients trust the one that is lost
            where, lost, left = instance.namespace, names.authority(instance), names.certificate(instance)
            raise EngineError(
                f"Secret {where}/{lost}, the CA of the instance, is not there or not whole; bring it back, or delete "
                f"Secret {where}/{left} too: both are then made anew, pods restart, and clients need the new ca.crt"
            )
        above = above or authority.new_authority(title)
        if shown is None or not _serves(shown, above, wanted, timedelta(days=given.renew_days)):
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
        problems = list(self._missing(acl_users.users(instance)))
        if problems:
            raise together(problems)
        text = acl_users.text(instance, self._password)
        return self._secret(names.acl(instance), "acl", {acl_users.FILE: text.encode()})

    def _missing(self, users: Iterable[acl_users.User]) -> Iterator[str]:
        where = self._instance.namespace
        for user in users:
            secret, key = user.password
            if user.name == acl_users.DEFAULT and self._instance.authentication.auth_token:
                continue
            field = "acl.users" if user.name != acl_users.DEFAULT else "authentication"
            held = f"{field}: the password of user {user.name} is in Secret {where}/{secret}, which"
            if secret not in self._lives:
                stored = user.name == acl_users.DEFAULT and secrets_manager.wanted_kinds(self._instance)
                hint = "run once without acl.enabled, which brings it" if stored else "create it first"
                yield f"{held} is not there; {hint}"
            elif not self._lives[secret].get(key):
                keys = ", ".join(sorted(self._lives[secret])) or "none"
                yield (
                    f"{field}: the password of user {user.name} is key {key} of Secret {where}/{secret}, which has "
                    f"no such key; its keys: {keys}"
                )

    def _password(self, where: tuple[str, str]) -> str:
        secret, key = where
        token = self._instance.authentication.auth_token
        if token and where == names.password(self._instance):
            return token
        # the operator reads it without white space at its ends (operator sheet §1.2)
        return self._lives[secret][key].decode(errors="replace").strip()


def _serves(shown: authority.Pair, above: authority.Pair, wanted: Iterable[str], before_end: timedelta) -> bool:
    """Whether a certificate can stay: signed by the CA, with all names, and not about to end."""
    one = authority.Certificate(shown.certificate)
    ends_late = one.ends - datetime.now(UTC) > before_end
    return ends_late and one.is_signed_by(above.certificate) and one.subjects >= set(wanted)
