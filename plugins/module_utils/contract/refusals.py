# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across fields that refuse a flavour."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.acl_rules import ACL_REFUSALS
from ansible_collections.eks.redis.plugins.module_utils.contract.authentication_rules import AUTHENTICATION_REFUSALS
from ansible_collections.eks.redis.plugins.module_utils.contract.backup_rules import BACKUP_REFUSALS
from ansible_collections.eks.redis.plugins.module_utils.contract.defaults import resource_pairs
from ansible_collections.eks.redis.plugins.module_utils.contract.directive_rules import DIRECTIVE_REFUSALS, release
from ansible_collections.eks.redis.plugins.module_utils.contract.exposure_rules import EXPOSURE_REFUSALS
from ansible_collections.eks.redis.plugins.module_utils.contract.problem import shown
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule
from ansible_collections.eks.redis.plugins.module_utils.contract.transit_rules import TRANSIT_REFUSALS

_MODE = "deployment.mode"
_COUNT = "deployment.config.replica.count"
_SENTINEL = "deployment.config.sentinel"
# Sentinels get resolve-hostnames, cluster nodes cluster-announce-hostname (operator sheet §3.2, §4.3)
_OLDEST = {"sentinel": (6, 2), "cluster": (7, 0)}


def _cluster_mode(facts: Facts) -> Iterator[Finding]:
    if facts[_MODE] == "cluster" and not facts["clusterModeEnabled"]:
        yield _MODE, "cluster needs clusterModeEnabled: true in the root"
    if facts[_MODE] != "cluster" and facts["clusterModeEnabled"]:
        yield "clusterModeEnabled", f"true needs deployment.mode cluster; it is {facts[_MODE]}"


def _too_old(facts: Facts) -> Iterator[Finding]:
    oldest = _OLDEST.get(facts[_MODE])
    if oldest and release(facts["version"]) < oldest:
        needed = ".".join(map(str, oldest))
        reason = "the operator configures what older ones do not know, and they would not start"
        yield (
            "version",
            f"{facts['version']!r} is too old for mode {facts[_MODE]}; allowed: {needed} or newer: {reason}",
        )


def _sentinel_enabled(facts: Facts) -> Iterator[Finding]:
    if facts[f"{_SENTINEL}.enabled"] != (facts[_MODE] == "sentinel"):
        yield f"{_SENTINEL}.enabled", f"{shown(facts[f'{_SENTINEL}.enabled'])} disagrees with {_MODE}: {facts[_MODE]}"


def _sentinel_needs_replica(facts: Facts) -> Iterator[Finding]:
    if facts[_MODE] == "sentinel" and facts[_COUNT] < 1:
        yield _COUNT, "0 replicas leave nothing to fail over to; allowed in mode sentinel: 1 to 5 replicas"


def _quorum(facts: Facts) -> Iterator[Finding]:
    quorum, replicas = facts[f"{_SENTINEL}.quorum"], facts[f"{_SENTINEL}.replicas"]
    if quorum > replicas:
        yield f"{_SENTINEL}.quorum", f"{quorum} is more than there are sentinels; allowed: at most {replicas}"


def _limits(facts: Facts) -> Iterator[Finding]:
    for request, limit in resource_pairs():
        if amount(facts[limit]) < amount(facts[request]):
            yield limit, f"{shown(facts[limit])} is below the request; allowed: at least {facts[request]}"


def _service_monitor(facts: Facts) -> Iterator[Finding]:
    if facts["metrics.serviceMonitor.enabled"] and not facts["metrics.enabled"]:
        yield "metrics.serviceMonitor.enabled", "true needs metrics.enabled: true"


def _discovery(facts: Facts) -> Iterator[Finding]:
    endpoint, primary, reader = (facts[f"discovery.{name}"] for name in ("endpoint", "primary", "reader"))
    if endpoint and (primary or reader):
        yield "discovery.endpoint", "is given beside primary and reader; keep endpoint, or primary and reader"
    elif reader and not primary:
        yield "discovery.primary", "is missing; discovery.reader needs it"


def _budget(facts: Facts) -> Iterator[Finding]:
    least = facts["podDisruptionBudget.minAvailable"]
    # a single pod gets no budget at all
    if facts["podDisruptionBudget.enabled"] and least >= facts.pods > 1:
        yield (
            "podDisruptionBudget.minAvailable",
            f"{least} of {facts.pods} pods would block every node drain; allowed: 1 to {facts.pods - 1}",
        )


def _on_delete(facts: Facts) -> Iterator[Finding]:
    if facts["updateStrategy.type"] == "OnDelete":
        reason = "the operator stops working on an instance until all of its pods are of the new revision"
        yield "updateStrategy.type", f"OnDelete does not work: {reason}; allowed: RollingUpdate"


def _root_user(facts: Facts) -> Iterator[Finding]:
    if facts["securityContext.runAsNonRoot"] and facts["securityContext.runAsUser"] == 0:
        yield "securityContext.runAsUser", "0 is root; allowed with runAsNonRoot: true: 1 and up"


def _tolerations(facts: Facts) -> Iterator[Finding]:
    # the API server's rules; the operator would hide its refusal in its log
    for index, each in enumerate(facts["tolerations"]):
        path = f"tolerations[{index}]"
        if each.get("operator") == "Exists" and each.get("value"):
            yield f"{path}.value", "is not allowed with operator Exists"
        if not each.get("key") and each.get("operator") != "Exists":
            yield f"{path}.key", "is missing; allowed without a key: operator Exists"
        if "tolerationSeconds" in each and each.get("effect") != "NoExecute":
            yield f"{path}.tolerationSeconds", "needs effect NoExecute"


def _twice(facts: Facts) -> Iterator[Finding]:
    # the API server's rules too: these lists are maps to it
    for path, keys in (("topologySpreadConstraints", ("topologyKey", "whenUnsatisfiable")), ("imagePullSecrets", ())):
        seen = []
        for index, each in enumerate(facts[path]):
            one = [each[key] for key in keys] if keys else [each]
            if one in seen:
                yield f"{path}[{index}]", f"has the {' and '.join(keys) or 'name'} of another one; keep one of the two"
            seen.append(one)


REFUSALS: tuple[Rule, ...] = (
    Rule((_MODE, "clusterModeEnabled"), _cluster_mode),
    Rule((_MODE, "version"), _too_old),
    Rule((_MODE, f"{_SENTINEL}.enabled"), _sentinel_enabled),
    Rule((_MODE, _COUNT), _sentinel_needs_replica),
    Rule((f"{_SENTINEL}.quorum", f"{_SENTINEL}.replicas"), _quorum),
    Rule(tuple(path for pair in resource_pairs() for path in pair), _limits),
    Rule(("metrics.enabled", "metrics.serviceMonitor.enabled"), _service_monitor),
    *AUTHENTICATION_REFUSALS,
    Rule(("discovery",), _discovery),
    Rule(("podDisruptionBudget", "deployment"), _budget),
    Rule(("updateStrategy.type",), _on_delete),
    Rule(("securityContext",), _root_user),
    *TRANSIT_REFUSALS,
    *ACL_REFUSALS,
    *EXPOSURE_REFUSALS,
    Rule(("tolerations",), _tolerations),
    Rule(("topologySpreadConstraints", "imagePullSecrets"), _twice),
    *BACKUP_REFUSALS,
    *DIRECTIVE_REFUSALS,
)
