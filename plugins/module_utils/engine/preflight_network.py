# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold before the ways to an instance change: who would be locked out, and what cannot become another."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.engine.preflight import Case, Finding
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import as_selector
from ansible_collections.eks.redis.plugins.module_utils.topology.network import OPERATOR_LABELS


def policies(case: Case) -> Iterator[Finding]:
    """whether the NetworkPolicies let the operator in, which must reach Redis to bring it up and to keep it so"""
    policy = case.instance.flavour.network_policy
    if not policy.enabled or case.layout.redis[0].kind == "Redis":  # to which it never connects
        return
    for one in case.seen.operators:
        if not one.covers(case.instance.namespace):
            continue
        if one.namespace != policy.operator_namespace:
            yield Finding(
                f"networkPolicy.operatorNamespace: {policy.operator_namespace!r}, where {one} is not, so that it would "
                f"not be let in; set it to {one.namespace}"
            )
        labels = one.deployment["spec"]["template"].get("metadata", {}).get("labels") or {}
        lacking = {key: value for key, value in OPERATOR_LABELS.items() if labels.get(key) != value}
        if lacking:
            yield Finding(
                f"networkPolicy.enabled: {one} would not be let in, as its pods lack the label {as_selector(lacking)}"
            )


def clients(case: Case) -> Iterator[Finding]:
    """the namespaces that are let in"""
    policy, own = case.instance.flavour.network_policy, case.instance.namespace
    for name in policy.allowed_namespaces if policy.enabled else ():
        if name != own and not case.api.get("Namespace", name):
            yield Finding(
                f"networkPolicy.allowedNamespaces: there is no namespace {name}: nothing connects from it", fatal=False
            )


def load_balancers(case: Case) -> Iterator[Finding]:
    """load balancers"""
    where, wanted = case.instance.namespace, case.instance.flavour.service.load_balancer_class
    for live in case.lives.values():
        if not wanted or not live or live["kind"] != "Service" or live["spec"].get("type") != "LoadBalancer":
            continue
        made_by = live["spec"].get("loadBalancerClass", "")
        if made_by != wanted:
            yield Finding(
                f"service.loadBalancerClass: {wanted!r}, and Service {where}/{live['metadata']['name']} "
                f"was made with {made_by!r}, which Kubernetes does not change: deploy once with service.type ClusterIP"
            )
