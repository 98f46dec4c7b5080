# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How applications reach an instance: where, and by which way."""

from __future__ import annotations

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
    "tls": "connections are encrypted, and the certificate is checked",
    "password": "Redis asks for a password",
    "user": "and for a user's name",
    "named": "nodes of the cluster have names, which the certificate holds",
    "environment": "something of this is taken from the environment",
}
# what endpoints lead to, in the words of `discovery`
_LEADS_TO = {"redis": "primary", "cluster": "primary"}


@dataclass(frozen=True)
class Access:
    """words: those of WORDS that are true. values: host, port, reader_host, reader_port, group ("" for none)."""

    words: frozenset[str]
    values: dict[str, str]


def access(instance: Instance, plan: Layout) -> Access:
    """By the names that the root gives to clients, where it gives any; otherwise by the operator's Services."""
    given = {one.name: one for one in _given(instance, plan)}
    known = {**_inside(plan), **given}
    # who names the master and not the sentinels wants clients that need no sentinels
    asks = "sentinel" in known and not ("primary" in given and "sentinel" not in given)
    way = "cluster" if plan.mode == "cluster" else "sentinel" if asks else "service"
    first = known["sentinel" if way == "sentinel" else "primary"]
    reader = known.get("reader")
    login = instance.authentication
    true = {
        way: True,
        "reader": reader is not None,
        "tls": plan.tls,
        "password": login.enabled,
        "user": instance.flavour.acl.enabled,
        "named": instance.discovery.nodes != "",
        "environment": plan.tls or login.enabled,
    }
    values = {
        "host": first.host,
        "port": str(first.port),
        "reader_host": reader.host if reader else "",
        "reader_port": str(reader.port) if reader else "",
        "group": plan.master_group,
    }
    return Access(frozenset(word for word, holds in true.items() if holds), values)


def _inside(plan: Layout) -> dict[str, Endpoint]:
    """The operator's Services, by what they lead to. Endpoints outside stand behind them, under the same names."""
    found: dict[str, Endpoint] = {}
    for one in plan.endpoints:
        found.setdefault(_LEADS_TO.get(one.name, one.name), one)
    return found


def _given(instance: Instance, plan: Layout) -> Iterator[Endpoint]:
    """What the root calls the instance, whoever answers for the name; `name` is what it leads to."""
    replicas = instance.flavour.deployment.config.replica.count
    for name in discovery.NAMES:
        host, _colon, port = getattr(instance.discovery, name).partition(":")
        if host:
            target = discovery.leads_to(name, plan.mode, replicas)
            yield Endpoint(target, host, int(port or discovery.port(target)))
