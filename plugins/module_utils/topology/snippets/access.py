# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How applications reach an instance: where, by which way, and what they may write there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Endpoint, Layout

# every word that the texts may need: the way is one of the first three
WORDS = {
    "service": "one address, behind which the master is",
    "sentinel": "the sentinels say who the master is",
    "cluster": "any node says which node has what",
    "reader": "there are replicas to read from",
    "replicas": "and one address, behind which they are",
    "tls": "connections are encrypted, and the certificate is checked",
    "password": "Redis asks for a password",
    "user": "and for a user's name",
    "unruled": "what is known of its rules tells no keys that it may have",
    "environment": "something of this is taken from the environment",
}
# what endpoints lead to, in the words of `discovery`
_LEADS_TO = {"redis": "primary", "cluster": "primary"}
_SELECTOR = re.compile(r"\([^()]*\)")
# rules by which a user reads and writes all keys, or those with a beginning
_KEYS = re.compile(r"allkeys|(?:~|%RW~)(?P<beginning>[^*?\[\\]*)\*")


@dataclass(frozen=True)
class Access:
    """words: those of WORDS that are true.

    values: host, port, reader_host, reader_port, group ("" for none), prefix (of keys), asked (the variable with the
    password that sentinels ask for).
    """

    words: frozenset[str]
    values: dict[str, str]


def access(instance: Instance, plan: Layout) -> Access:
    """By the names that clients are given, where there are any; otherwise by the operator's Services."""
    given, inside = _given(instance, plan), _inside(plan)
    known = {**inside, **given}
    # who names the master and not the sentinels wants clients that need no sentinels
    asks = "sentinel" in known and not ("primary" in given and "sentinel" not in given)
    way = "cluster" if plan.mode == "cluster" else "sentinel" if asks else "service"
    first = known["sentinel" if way == "sentinel" else "primary"]
    # who may be outside of the cluster resolves no Service
    reader = (known if discovery.inside(first.host, instance.namespace) else given).get("reader")
    login, user = instance.authentication, instance.flavour.acl.enabled
    prefix = _prefix(instance)
    true = {
        way: True,
        "reader": reader is not None or way == "sentinel",
        "replicas": reader is not None,
        "tls": plan.tls,
        "password": login.enabled,
        "user": user,
        "unruled": user and prefix is None,
        "environment": plan.tls or login.enabled,
    }
    values = {
        "host": first.host,
        "port": str(first.port),
        "reader_host": reader.host if reader else "",
        "reader_port": str(reader.port) if reader else "",
        "group": plan.master_group,
        "prefix": prefix or "",
        # sentinels know no users: theirs is the instance's password, and that of a user is another
        "asked": "REDIS_SENTINEL_PASSWORD" if user else "REDIS_PASSWORD",
    }
    return Access(frozenset(word for word, holds in true.items() if holds), values)


def _inside(plan: Layout) -> dict[str, Endpoint]:
    """The operator's Services, by what they lead to. Endpoints outside stand behind them, under the same names."""
    found: dict[str, Endpoint] = {}
    for one in plan.endpoints:
        found.setdefault(_LEADS_TO.get(one.name, one.name), one)
    return found


def _given(instance: Instance, plan: Layout) -> dict[str, Endpoint]:
    """What the instance is called, whoever answers for the name, by what it leads to: the root comes first."""
    service, found = instance.flavour.service, dict[str, Endpoint]()
    for target, name in _names(instance, plan):
        host, _colon, port = name.partition(":")
        # at nodes the port is the cluster's choice
        if port or service.type != "NodePort" or discovery.inside(host, instance.namespace):
            found.setdefault(target, Endpoint(target, host, int(port or discovery.port(target))))
    return found


def _names(instance: Instance, plan: Layout) -> Iterator[tuple[str, str]]:
    """Every name, behind what it leads to."""
    replicas = instance.flavour.deployment.config.replica.count
    for name in discovery.NAMES:
        if host := getattr(instance.discovery, name):
            yield discovery.leads_to(name, plan.mode, replicas), host
    annotated = discovery.annotated(instance.flavour.service.annotations)
    yield from (("primary", host) for host in map(discovery.dialled, annotated) if host)


def _prefix(instance: Instance) -> str | None:
    """What the keys of the first user begin with, "" for any; None where its rules do not tell."""
    for user in instance.flavour.acl.users[:1]:
        _taken_back, _reset, rules = f" {_SELECTOR.sub(' ', user['rules'])} ".rpartition(" resetkeys ")
        for found in filter(None, map(_KEYS.fullmatch, rules.split())):
            return found["beginning"] or ""
    return None
