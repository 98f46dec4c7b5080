# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one instance is guarded, as data. Pure. None stands for what nobody could tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.security_network import network
from ansible_collections.eks.redis.plugins.module_utils.engine.security_pods import pods
from ansible_collections.eks.redis.plugins.module_utils.engine.status_view import Object, View
from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import issuer
from ansible_collections.eks.redis.plugins.module_utils.topology.storage_class import DRIVER

# what makes the Secret of a password, where the ConfigMap names such an object
_STORES = {"ExternalSecret": "external-secrets", "SecretProviderClass": "secrets-store"}
# whether a Secret has our labels -> who made it
_OWNERS = {True: "own", False: "given", None: None}
_EVERYTHING = ["~*", "+@all"]
# words of ACL LIST that say nothing of what a user may do
_LOGIN = ("on", "off", "nopass", "resetpass", "sanitize-payload", "skip-sanitize-payload")


@dataclass(frozen=True)
class Shown:
    """The certificate in the Secret. annotations: of the Secret; cert-manager writes there who signs."""

    begins: datetime
    ends: datetime
    annotations: Mapping[str, str]


@dataclass(frozen=True)
class Around:
    """What stands around an instance, None where it may not be read.

    when: of the reading. classes: StorageClasses by name. policies: NetworkPolicies of its namespace, of whomever.
    keepers: its own Deployment. objects: what was made for it, ``ExternalSecret apps/cache-auth``. users: lines of ACL
    LIST without digests. ours: of Secrets that could be read, by name, whether they have our labels.
    """

    when: datetime
    classes: Mapping[str, Object] | None = None
    policies: Sequence[Object] | None = None
    keepers: Sequence[Object] | None = None
    objects: tuple[str, ...] | None = None
    namespace: Object | None = None
    certificate: Shown | None = None
    users: tuple[str, ...] | None = None
    ours: Mapping[str, bool] = field(default_factory=dict)


def security(view: View, around: Around) -> dict[str, Any]:
    """As the module's RETURN documents it, without the open points, which follow from it."""
    return {
        "at_rest": at_rest(view, around.classes),
        "in_transit": {
            "tls": "TLS" in view.head["spec"],
            "certificate": _certificate(view, around) if "TLS" in view.head["spec"] else None,
        },
        "keeper": keeper(around.keepers),
        "authentication": authentication(view, around),
        "users": None if around.users is None else [_user(line) for line in around.users],
        "network": network(view.services, around.policies, view.seen.name, _redis_pods(view)),
        "pods": pods(view.seen.pods, around.namespace),
    }


def secrets(view: View) -> tuple[str, ...]:
    """Names of those that tell more: the certificate's, and the password's where the user may have named it so."""
    tls, password = view.head["spec"].get("TLS"), view.head["spec"]["kubernetesConfig"].get("redisSecret")
    made = password and password["name"] == _password(view.seen.name)
    return (*([tls["secret"]["secretName"]] if tls else []), *([password["name"]] if made else []))


def _password(instance: str) -> str:
    """The Secret of a password that is not the user's; a user may have named one of theirs so."""
    return f"{instance}-auth"


def _redis_pods(view: View) -> list[Object]:
    return [pod for workload in view.plan.redis for pod in view.seen.pods_of(workload)]


def at_rest(view: View, classes: Mapping[str, Object] | None) -> list[dict[str, Any]]:
    """The volumes by their StorageClass; [] without any."""
    counted = Counter(claim["spec"].get("storageClassName") for claim in view.seen.claims.values())
    return [
        {"storage_class": name, "volumes": number, **_encryption((classes or {}).get(name or ""))}
        for name, number in sorted(counted.items(), key=lambda one: one[0] or "")
    ]


def _encryption(live: Object | None) -> dict[str, Any]:
    """encrypted: None where the class does not say, or is not there any more, or is of another driver than EBS'."""
    parameters = (live or {}).get("parameters") or {}
    known = live is not None and live.get("provisioner") == DRIVER
    said = str(parameters.get("encrypted", "")).lower()
    return {
        "encrypted": {"true": True, "false": False}.get(said) if known else None,
        "key": (parameters.get("kmsKeyId") or None) if known else None,
        "provisioner": live.get("provisioner") if live else None,
    }


def _certificate(view: View, around: Around) -> dict[str, Any]:
    """signer: own (a CA of the instance's), cert-manager, given, None. issuer: of cert-manager, ``Issuer company``."""
    secret, shown = view.head["spec"]["TLS"]["secret"]["secretName"], around.certificate
    signed = issuer(shown.annotations if shown else {})
    requested = any(one.startswith("Certificate ") for one in around.objects or ())
    ours = around.ours.get(secret) if secret == f"{view.seen.name}-tls" else False
    told = keeper(around.keepers)
    return {
        "secret": secret,
        "signer": "cert-manager" if signed or requested else _OWNERS[ours],
        "issuer": " ".join(reversed(signed)) if signed else None,
        "begins": _moment(shown.begins) if shown else None,
        "ends": _moment(shown.ends) if shown else None,
        "days_left": (shown.ends - around.when).days if shown else None,
        # the keeper compares it with what every pod shows
        "shown": told["ready"] == told["desired"] if told else None,
    }


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def keeper(deployments: Sequence[Object] | None) -> dict[str, Any] | None:
    """How many of its pods are ready; None where there is none, or nobody may know."""
    for one in deployments or ():
        wanted = one["spec"].get("replicas", 1)
        return {
            "name": one["metadata"]["name"],
            "desired": wanted,
            "ready": (one.get("status") or {}).get("readyReplicas", 0),
        }
    return None


def authentication(view: View, around: Around) -> dict[str, Any]:
    """source: own, given, external-secrets, secrets-store or None; sentinels: None where there are none."""
    secret = view.head["spec"]["kubernetesConfig"].get("redisSecret")
    sentinels = view.resources.get("RedisSentinel")
    return {
        "password": bool(secret),
        "secret": secret["name"] if secret else None,
        "source": _source(view.seen.name, secret["name"], around) if secret else None,
        "sentinels": "redisSecret" in sentinels["spec"]["kubernetesConfig"] if sentinels else None,
        "acl": "acl" in view.head["spec"],
    }


def _source(instance: str, secret: str, around: Around) -> str | None:
    if secret != _password(instance):
        return "given"
    if around.objects is None:
        return None
    made = {one.partition(" ")[0] for one in around.objects}
    return next((source for kind, source in _STORES.items() if kind in made), _OWNERS[around.ours.get(secret)])


def _user(line: str) -> dict[str, Any]:
    """One line of ACL LIST: ``user app on #… ~app:* &* -@all +get``."""
    _word, name, *words = line.split()
    rules = [word for word in words if word not in _LOGIN and not word.startswith("#")]
    return {
        "name": name,
        "on": "on" in words,
        "password": "nopass" not in words,
        "everything": [word for word in rules if not word.startswith("&") and word != "allchannels"] == _EVERYTHING,
        "rules": " ".join(rules),
    }


def users_without(users: Sequence[Mapping[str, Any]], what: str) -> Iterator[str]:
    """Names of those who can log in and have not got it, such as a ``password``."""
    return (one["name"] for one in users if one["on"] and not one[what])
