# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom NetworkPolicies let in to Redis, as data. Pure.

They add up: what one lets in, no other keeps out; and a pod that none holds for is open to all (Kubernetes, concepts,
"Network Policies").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.balancers import is_everybody
from ansible_collections.eks.redis.plugins.module_utils.engine.snapshot import is_of
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT

Object = dict[str, Any]
Selector = Mapping[str, Any]

_NAME = "kubernetes.io/metadata.name"
# the keys of the answer, and what whoever is let in is counted as
_NAMESPACES, _NETWORKS, _EVERYBODY, _OTHERS = _KEYS = ("namespaces", "networks", "everybody", "others")
# operator of a selector's term -> whether a label's value, None without it, is as the term says
_TERMS: Mapping[str, Callable[[str | None, Collection[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _values: value is not None,
    "DoesNotExist": lambda value, _values: value is None,
}


def let_in(policies: Sequence[Object], instance: str, pods: Sequence[Object]) -> dict[str, list[str]]:
    """policies: of the instance's namespace. pods: those of its Redis.

    policies: names of its own, and of those of others that hold for all of its pods. namespaces, networks: whom these
    let in, and whom others do that hold for one of its pods. everybody: names of all that let in everybody. others:
    names of all that let in pods which are not all of a namespace.
    """
    own, foreign = ([one for one in policies if is_of(one, instance) is ours] for ours in (True, False))
    closing = [*own, *(one for one in foreign if pods and all(_holds(one, pod) for pod in pods))]
    ports = _names_of_port(pods)
    found = {
        *(who for one in own for who in _whom(one, ports, own=True)),
        *(who for one in foreign if any(_holds(one, pod) for pod in pods) for who in _whom(one, ports, own=False)),
    }
    return {
        "policies": sorted(one["metadata"]["name"] for one in closing),
        **{key: sorted(who for what, who in found if what == key) for key in _KEYS},
    }


def _holds(policy: Object, pod: Object) -> bool:
    """Whether it says who may connect to the pod."""
    spec, labels = policy["spec"], pod["metadata"].get("labels") or {}
    return "Ingress" in (spec.get("policyTypes") or ("Ingress",)) and _selects(spec.get("podSelector") or {}, labels)


def _selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """An empty selector selects everything."""
    terms = selector.get("matchExpressions") or ()
    return (selector.get("matchLabels") or {}).items() <= labels.items() and all(
        _TERMS[term["operator"]](labels.get(term["key"]), term.get("values") or ()) for term in terms
    )


def _names_of_port(pods: Sequence[Object]) -> set[str]:
    """By which a policy may mean the port of Redis."""
    containers = (one for pod in pods for one in pod["spec"].get("containers") or ())
    ports = [port for one in containers for port in one.get("ports") or ()]
    return {port["name"] for port in ports if port["containerPort"] == REDIS_PORT and "name" in port}


def _whom(policy: Object, names: Collection[str], *, own: bool) -> Iterator[tuple[str, str]]:
    """Key of the answer, and what stands there. names: of the port of Redis. own: the policy is the instance's own."""
    meta = policy["metadata"]
    for rule in policy["spec"].get("ingress") or ():
        if any(_is_redis(port, names) for port in rule.get("ports") or ({},)):
            if not rule.get("from"):
                yield _EVERYBODY, meta["name"]
            for peer in rule.get("from") or ():
                if "ipBlock" in peer:
                    yield from _network(meta["name"], peer["ipBlock"]["cidr"])
                elif not any((peer.get("podSelector") or {}).values()):
                    yield from _namespaces(meta, peer.get("namespaceSelector"))
                # such pods of the instance's own policy are its pods, those of its jobs, and the operator
                elif not own:
                    yield _OTHERS, meta["name"]


def _is_redis(port: Mapping[str, Any], names: Collection[str]) -> bool:
    """A port without a number stands for all."""
    first = port.get("port")
    if port.get("protocol", "TCP") != "TCP":
        return False
    if first is None or isinstance(first, str):
        return first is None or first in names
    return bool(first <= REDIS_PORT <= port.get("endPort", first))


def _network(policy: str, network: str) -> Iterator[tuple[str, str]]:
    yield _NETWORKS, network
    if is_everybody(network):
        yield _EVERYBODY, policy


def _namespaces(policy: Mapping[str, Any], selector: Selector | None) -> Iterator[tuple[str, str]]:
    """All pods of some namespaces. policy: its metadata. selector: None for the policy's own namespace."""
    if selector is None:
        yield _NAMESPACES, policy["namespace"]
    elif not any(selector.values()):
        yield _EVERYBODY, policy["name"]
    elif (names := _names(selector)) is None:
        yield _OTHERS, policy["name"]
    else:
        yield from ((_NAMESPACES, name) for name in names)


def _names(selector: Selector) -> set[str] | None:
    """Of the namespaces that it selects; None where it does so by more than their names."""
    labels, terms = selector.get("matchLabels") or {}, selector.get("matchExpressions") or ()
    wanted = [
        *({value} for key, value in labels.items() if key == _NAME),
        *(set(term["values"]) for term in terms if term["key"] == _NAME and term["operator"] == "In"),
    ]
    return set.intersection(*wanted) if len(wanted) == len(labels) + len(terms) else None
