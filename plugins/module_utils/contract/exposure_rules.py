# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for who reaches an instance: Services, policies, names outside of the cluster, the pods' own identity."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract import balancers, discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_TYPE = "service.type"
_NOTES = "service.annotations"
_RANGES = "service.loadBalancerSourceRanges"
_NODES = "discovery.nodes"
_POLICY = "networkPolicy"
_INSIDE = {"true": balancers.INSIDE, "false": balancers.OUTSIDE}


def _two_accounts(facts: Facts) -> Iterator[Finding]:
    if facts["createServiceAccount"] and facts["serviceAccount"] != "default":
        yield "createServiceAccount", f"true beside serviceAccount {facts['serviceAccount']!r}; keep one of the two"


def _annotations(facts: Facts) -> Iterator[Finding]:
    """What no controller understands, or would undo."""
    notes = facts[_NOTES]
    for key, known in balancers.KNOWN.items():
        if key in notes and notes[key] not in known:
            allowed = " or ".join(known)
            reason = f"is {notes[key]!r}; allowed: {allowed}" if known else "is given, and Redis cannot speak it"
            yield f"{_NOTES}.{key}", reason
    scheme, inside = notes.get(balancers.SCHEME), _INSIDE.get(notes.get(balancers.INTERNAL, ""))
    if scheme and inside and scheme != inside:
        yield (
            f"{_NOTES}.{balancers.INTERNAL}",
            f"{notes[balancers.INTERNAL]!r} beside {balancers.SCHEME} {scheme!r}; keep one of the two",
        )
    if facts[_RANGES] and notes.get(balancers.RANGES):
        yield _RANGES, f"is given beside the annotation {balancers.RANGES}; keep one of the two"


def _one_name(facts: Facts) -> Iterator[Finding]:
    """A DNS name makes one record, of one Service."""
    found: dict[str, tuple[str, str]] = {}
    for name in (*discovery.NAMES, "nodes"):
        host = facts[f"discovery.{name}"].partition(":")[0]
        if host and not discovery.inside(host, facts["namespace"]):
            target = "nodes" if name == "nodes" else discovery.leads_to(name, facts.mode, facts.replicas)
            other, leads_to = found.setdefault(host, (name, target))
            if leads_to != target:
                yield f"discovery.{name}", f"{host!r} is discovery.{other} too, which leads elsewhere; give it its own"


def _shuts_out(facts: Facts) -> bool:
    """Whether the NetworkPolicies let nobody in from outside of the cluster."""
    return bool(facts[f"{_POLICY}.enabled"] and not facts[f"{_POLICY}.allowedCidrs"])


def _exposed(facts: Facts) -> Iterator[Finding]:
    kind = facts[_TYPE]
    if kind == "ClusterIP":
        return
    if not facts["authentication.enabled"]:
        yield _TYPE, f"{kind} without authentication.enabled: whoever reaches it can read and write"
    if _shuts_out(facts):
        yield _TYPE, f"{kind} traffic from outside the cluster is blocked by {_POLICY}.enabled; see allowedCidrs"


def _from_the_internet(facts: Facts) -> Iterator[Finding]:
    """Which of the controllers makes the load balancer may not be known; one of them goes outside by default."""
    notes, encrypted = facts[_NOTES], facts["transitEncryption.enabled"]
    outside = balancers.scheme(facts["service.loadBalancerClass"], notes) == balancers.OUTSIDE
    limited = balancers.ranges(facts[_RANGES], notes)
    if facts[_TYPE] == "LoadBalancer" and outside and not (limited and encrypted):
        ways = (
            f'{_NOTES} {balancers.INTERNAL}: "true" keeps it inside',
            *([] if limited else [f"{_RANGES} limits whom it lets in"]),
            *([] if encrypted else ["transitEncryption.enabled keeps what is said there from others"]),
        )
        yield _TYPE, f"LoadBalancer may face the internet: {', '.join(ways)}"


def _nodes_blocked(facts: Facts) -> Iterator[Finding]:
    if facts.mode == "cluster" and facts[_NODES] and _shuts_out(facts) and facts[_TYPE] == "ClusterIP":
        yield _NODES, f"is for clients outside the cluster, which {_POLICY}.enabled blocks; see allowedCidrs"


def _no_operator(facts: Facts) -> Iterator[Finding]:
    path = f"{_POLICY}.operatorNamespace"
    if path in facts.given and facts[f"{_POLICY}.enabled"] and facts.mode == "standalone" and not facts.replicas:
        yield path, "has no effect: the operator never connects to a single Redis"


def _everybody(facts: Facts) -> Iterator[Finding]:
    for index, network in enumerate(facts[f"{_POLICY}.allowedCidrs"]):
        if facts[f"{_POLICY}.enabled"] and balancers.is_everybody(network):
            yield f"{_POLICY}.allowedCidrs[{index}]", f"{network} lets everybody in, pods of all namespaces too"


def _late(facts: Facts) -> Iterator[Finding]:
    if facts.mode == "sentinel" and facts[_TYPE] != "ClusterIP" and not facts["keeper.enabled"]:
        reason = "the operator looks for a new master every 30 s"
        yield _TYPE, f"{facts[_TYPE]} follows a failover late: {reason}; with keeper.enabled: true at once"


def _nobody_allowed(facts: Facts) -> Iterator[Finding]:
    policy = {name: facts[f"{_POLICY}.{name}"] for name in ("enabled", "allowedNamespaces", "allowedCidrs")}
    if policy["enabled"] and not policy["allowedNamespaces"] and not policy["allowedCidrs"]:
        yield f"{_POLICY}.allowedNamespaces", "is empty: no client can connect; list the namespaces that may"


def _no_balancer(facts: Facts) -> Iterator[Finding]:
    if facts[_TYPE] != "LoadBalancer":
        for path in facts.below("service.loadBalancer"):
            if facts[path]:
                yield path, f"has no effect with {_TYPE} {facts[_TYPE]}; it belongs to LoadBalancer"


def _no_replicas(facts: Facts) -> Iterator[Finding]:
    if facts["service.reader"] and facts.mode != "cluster" and not facts.replicas:
        yield "service.reader", "has no effect: there are no replicas"


def _one_address(facts: Facts) -> Iterator[Finding]:
    kind = facts[_TYPE]
    if facts.mode != "cluster" or kind == "ClusterIP" or facts[_NODES]:
        return
    told = "names that only this Kubernetes resolves" if facts["transitEncryption.enabled"] else "the pods' addresses"
    reason = f"clients are redirected to every node, by {told}, which they must reach too"
    yield _TYPE, f"{kind} gives a cluster one address: {reason}; {_NODES} gives each node a name outside of Kubernetes"


def _sent_on(facts: Facts) -> Iterator[Finding]:
    kind, host = facts[_TYPE], facts["discovery.endpoint"]
    if facts.mode != "sentinel" or kind == "ClusterIP" or not host or discovery.inside(host, facts["namespace"]):
        return
    yield (
        "discovery.endpoint",
        f"{kind} leads to the sentinels, which send clients on to the pods' addresses, which they must reach too; "
        "discovery.primary leads to the master itself",
    )


EXPOSURE_REFUSALS: tuple[Rule, ...] = (
    Rule(("createServiceAccount", "serviceAccount"), _two_accounts),
    Rule(("service",), _annotations),
    Rule(("deployment", "discovery"), _one_name),
)
EXPOSURE_ADVICE: tuple[Rule, ...] = (
    Rule(("service", "authentication", _POLICY), _exposed),
    Rule(("service", "transitEncryption.enabled"), _from_the_internet),
    Rule(("deployment.mode", "service", "keeper.enabled"), _late),
    Rule(("deployment.mode", "service.type", _NODES, _POLICY), _nodes_blocked),
    Rule((_POLICY,), _everybody),
    Rule(("deployment", _POLICY), _no_operator),
    Rule((_POLICY,), _nobody_allowed),
    Rule(("service",), _no_balancer),
    Rule(("deployment", "service.reader"), _no_replicas),
    Rule(("deployment.mode", "service", "discovery", "transitEncryption"), _one_address),
    Rule(("deployment.mode", "service.type", "discovery"), _sent_on),
)
