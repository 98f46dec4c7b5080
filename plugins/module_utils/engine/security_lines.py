# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one instance is guarded, as lines for people: of the data of ``security_facts``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.engine.words import some

Facts = Mapping[str, Any]

_SIGNERS = {
    "own": "signed by the instance's own CA",
    "cert-manager": "signed by {issuer} of cert-manager",
    "given": "made by its owner",
    None: "who signs it is not known",
}
_SHOWN = {
    True: "all pods show it",
    False: "the keeper has not seen it with all pods",
    None: "what pods show is not known",
}
_SOURCES = {
    "own": "made with the instance",
    "given": "made by its owner",
    "external-secrets": "kept by External Secrets",
    "secrets-store": "kept by the Secrets Store driver",
    None: "where it comes from is not known",
}
_SENTINELS = {True: "; the sentinels ask for it too", False: "; the sentinels ask for none", None: ""}
# when a check of the pods holds, and when it does not
_CHECKS = {
    "non_root": ("not root", "root not refused"),
    "read_only_root": ("read-only", "writable root file system"),
    "no_capabilities": ("no capabilities", "capabilities"),
    "no_escalation": ("no escalation", "privilege escalation"),
    "not_privileged": ("", "privileged"),
    "seccomp": ("seccomp", "no seccomp"),
}
# whom NetworkPolicies let in, when it is one and when there are several
_LET_IN = {
    "namespaces": ("namespace", "namespaces"),
    "networks": ("network", "networks"),
    "others": ("pods named in NetworkPolicy", "pods named in NetworkPolicies"),
}
_TOKEN = {True: "a Kubernetes token", False: "no Kubernetes token"}


def lines(facts: Facts) -> Iterator[str]:
    """One paragraph for each subject."""
    yield f"at rest: {'; '.join(map(_volumes, facts['at_rest'])) or 'no volumes'}"
    yield f"in transit: {_transit(facts['in_transit'])}"
    yield f"log-in: {_login(facts['authentication'])}"
    yield f"users: {_users(facts['users'])}"
    yield f"network: {_network(facts['network'])}"
    yield f"pods: {_pods(facts['pods'])}"


def _volumes(one: Facts) -> str:
    key = f"with {one['key']}" if one["key"] else "with the account's key for EBS"
    how = {
        True: f"encrypted {key}",
        False: "no encryption asked for",
        None: "whether encrypted is not known",
    }
    return f"{one['volumes']} x {one['storage_class']}, {how[one['encrypted']]}"


def _transit(given: Facts) -> str:
    if not given["tls"]:
        return "not encrypted"
    one = given["certificate"]
    signer = _SIGNERS[one["signer"]].format(issuer=one["issuer"] or "an issuer")
    left = one["days_left"]
    when = "its end is not known" if left is None else f"ends {one['ends']} ({some(left, 'day')} left)"
    if left is not None and left < 0:
        when = f"has ended {one['ends']}"
    return f"TLS only; certificate in Secret {one['secret']}, {signer}; {when}; {_SHOWN[one['shown']]}"


def _login(given: Facts) -> str:
    if not given["password"]:
        return "no password"
    return f"password in Secret {given['secret']}, {_SOURCES[given['source']]}{_SENTINELS[given['sentinels']]}"


def _users(users: Sequence[Facts] | None) -> str:
    return "not known" if users is None else ", ".join(map(_user, users))


def _user(one: Facts) -> str:
    notes = [
        *(["off"] if not one["on"] else []),
        *(["everything"] if one["everything"] else []),
        *(["no password"] if not one["password"] else []),
    ]
    return f"{one['name']} ({', '.join(notes)})" if notes else str(one["name"])


def _network(given: Facts) -> str:
    nodes = [f"nodes have names outside: {', '.join(given['nodes'])}"] if given["nodes"] else []
    ways = "; ".join([*map(_exposed, given["exposed"]), *nodes]) or "inside the cluster only"
    return f"{ways}; {_policies(given)}"


def _exposed(one: Facts) -> str:
    scheme = f" {one['scheme']}" if one["scheme"] else ""
    hosts = f" at {', '.join(one['hosts'])}" if one["hosts"] else ""
    ranges = f", from {', '.join(one['source_ranges'])}" if one["source_ranges"] else ""
    return f"Service {one['name']} {one['type']}{scheme}{hosts}{ranges}"


def _policies(given: Facts) -> str:
    if given["policies"] is None:
        return "NetworkPolicies may not be read"
    if not given["policies"]:
        return "every pod may connect"
    if given["everybody"]:
        return f"everybody may connect, by {_named('NetworkPolicy', 'NetworkPolicies', names=given['everybody'])}"
    letting = [_named(*nouns, names=given[key]) for key, nouns in _LET_IN.items() if given[key]]
    return f"of others only {' and '.join(letting)} may connect" if letting else "nobody else may connect"


def _named(one: str, several: str, *, names: Sequence[str]) -> str:
    """``namespace web``, ``namespaces api, web``."""
    return f"{one if len(names) == 1 else several} {', '.join(names)}"


def _pods(found: Facts) -> str:
    if found["token"] is None:
        return "there are none"
    users = f"user {', '.join(map(str, found['users']))}" if found["users"] else "user of the image"
    checks = [text for key, texts in _CHECKS.items() if (text := texts[not found[key]])]
    level = "" if found["level"] is None else f"; the namespace enforces {found['level'] or 'nothing'}"
    return f"{', '.join([users, *checks, _TOKEN[found['token']]])}{level}"
