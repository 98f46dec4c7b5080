# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for who reaches an instance: Services, policies, names outside of the cluster, the pods' own identity."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_TYPE = "service.type"
_NODES = "discovery.nodes"
_POLICY = "networkPolicy"


def _two_accounts(facts: Facts) -> Iterator[Finding]:
    if facts["createServiceAccount"] and facts["serviceAccount"] != "default":
        yield "createServiceAccount", f"true beside serviceAccount {facts['serviceAccount']!r}; keep one of the two"


def _exposed(facts: Facts) -> Iterator[Finding]:
    kind = facts[_TYPE]
    if kind == "ClusterIP":
        return
    if not facts["authentication.enabled"]:
        yield _TYPE, f"{kind} without authentication.enabled: whoever reaches it can read and write"
    if facts[f"{_POLICY}.enabled"] and not facts[f"{_POLICY}.allowedCidrs"]:
        yield _TYPE, f"{kind} traffic from outside the cluster is blocked by {_POLICY}.enabled; see allowedCidrs"


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


EXPOSURE_REFUSALS: tuple[Rule, ...] = (Rule(("createServiceAccount", "serviceAccount"), _two_accounts),)
EXPOSURE_ADVICE: tuple[Rule, ...] = (
    Rule(("service", "authentication", _POLICY), _exposed),
    Rule(("deployment.mode", "service", "keeper.enabled"), _late),
    Rule((_POLICY,), _nobody_allowed),
    Rule(("service",), _no_balancer),
    Rule(("deployment", "service.reader"), _no_replicas),
    Rule(("deployment.mode", "service", "discovery", "transitEncryption"), _one_address),
)
