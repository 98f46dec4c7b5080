# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across fields that warn: what has no effect, and what is likely a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract.acl_rules import ACL_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.authentication_rules import AUTHENTICATION_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.backup_rules import BACKUP_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.budget import least_available
from ansible_collections.eks.redis.plugins.module_utils.contract.directive_rules import DIRECTIVE_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.exposure_rules import EXPOSURE_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.fields import FIELDS
from ansible_collections.eks.redis.plugins.module_utils.contract.mode_advice import MODE_ADVICE
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule
from ansible_collections.eks.redis.plugins.module_utils.contract.transit_rules import TRANSIT_ADVICE

_SENTINEL = "deployment.config.sentinel"
_TOKEN = "authentication.authToken"
_BUDGET = "podDisruptionBudget"
# Redis, the shell of a probe and the operator's init container, which gets the same limit
_LEAST_MEMORY = "32Mi"
_PROMETHEUS = "metrics.serviceMonitor.namespace"
_GROUPS = tuple(field.path.removesuffix("enabled") for field in FIELDS if field.path.endswith(".enabled"))


def _switched_off(facts: Facts) -> Iterator[Finding]:
    """Somebody who wrote "enabled: false" knows; somebody who wrote no "enabled" at all may have forgotten it."""
    # the NetworkPolicy lets Prometheus in, however it finds the exporters
    elsewhere = {_PROMETHEUS} if facts["metrics.enabled"] and facts["networkPolicy.enabled"] else set()
    for group in _GROUPS:
        switch = f"{group}enabled"
        # what is off inside tells it of itself
        inner = tuple(
            other for other in _GROUPS if other.startswith(group) and other != group and not facts[f"{other}enabled"]
        )
        given = [
            path for path in facts.below(group) if path not in elsewhere and not (inner and path.startswith(inner))
        ]
        if given and not facts[switch] and switch not in facts.given and group != f"{_SENTINEL}.":
            yield given[0], f"has no effect while {switch} is false"


def _single_pod(facts: Facts) -> Iterator[Finding]:
    if facts.pods > 1:
        return
    if facts["antiAffinity"] == "required":
        yield "antiAffinity", "has no effect: there is a single Redis pod"
    if facts["topologySpreadConstraints"]:
        yield "topologySpreadConstraints", "has no effect: there is a single Redis pod"
    if facts[f"{_BUDGET}.enabled"] and facts.below(f"{_BUDGET}."):
        yield facts.below(f"{_BUDGET}.")[0], "has no effect: a budget for a single Redis pod would block every drain"


def _raised_budget(facts: Facts) -> Iterator[Finding]:
    path = f"{_BUDGET}.minAvailable"
    if path in facts.given and facts[f"{_BUDGET}.enabled"]:
        least = least_available(facts[path], facts.mode, facts.pods, facts.replicas)
        if least > facts[path]:
            yield path, f"{facts[path]} would let a shard lose all of its pods at once; the budget keeps {least}"


def _max_unavailable(facts: Facts) -> Iterator[Finding]:
    path = "updateStrategy.rollingUpdate.maxUnavailable"
    if facts[path] > 1:
        yield path, f"{facts[path]} has no effect: pods are replaced one by one"


def _token(facts: Facts) -> Iterator[Finding]:
    token = facts[_TOKEN]
    if "${" in token or "{{" in token:
        yield _TOKEN, "<hidden> looks like a placeholder that nothing has filled in"
    elif token and len(token) < 16:
        yield _TOKEN, "<hidden> is short; 16 characters or more are hard to guess"


def _persistence(facts: Facts) -> Iterator[Finding]:
    rdb, aof = facts["persistence.rdb.enabled"], facts["persistence.aof.enabled"]
    if facts["persistence.enabled"] and not rdb and not aof:
        yield "persistence.enabled", "true, but nothing is written: persistence.rdb and persistence.aof are both off"
    if not facts["persistence.enabled"]:
        for path in ("persistence.rdb.enabled", "persistence.aof.enabled"):
            if path in facts.given and facts[path]:
                yield path, "has no effect while persistence.enabled is false"


def _room(facts: Facts) -> Iterator[Finding]:
    memory = max(facts.memory_limits, key=amount)
    if facts["persistence.enabled"] and amount(facts["persistence.size"]) < amount(memory):
        size = facts["persistence.size"]
        yield "persistence.size", f"{size} is less than the memory limit {memory}: a full dataset does not fit"


def _little_memory(facts: Facts) -> Iterator[Finding]:
    for path in facts.below("master.", "deployment.config."):
        if path.endswith(".limits.memory") and amount(facts[path]) < amount(_LEAST_MEMORY):
            yield path, f"{facts[path]} is less than {_LEAST_MEMORY}: a pod that does nothing may be killed for it"


def _maybe_root(facts: Facts) -> Iterator[Finding]:
    path = "securityContext.runAsNonRoot"
    if not facts[path]:
        yield path, "false: a namespace that enforces Pod Security restricted refuses such pods"


def _moving_images(facts: Facts) -> Iterator[Finding]:
    for path in ("image", "sentinelImage", "metrics.image", "backup.image"):
        name = facts[path].rpartition("/")[2]
        if path in facts.given and "@" not in name and (":" not in name or name.endswith(":latest")):
            yield path, f"{facts[path]!r} has no fixed tag: pods may run different releases"
    if "image" not in facts.given and facts["version"].count(".") < 2:
        yield "version", f"{facts['version']!r} has no patch number; image tags do, such as v7.0.15"


ADVICE: tuple[Rule, ...] = (
    *MODE_ADVICE,
    Rule(tuple(f"{group}enabled" for group in _GROUPS), _switched_off),
    Rule(("deployment", "antiAffinity", "topologySpreadConstraints", _BUDGET), _single_pod),
    Rule(("deployment", _BUDGET), _raised_budget),
    Rule(("updateStrategy",), _max_unavailable),
    Rule((_TOKEN,), _token),
    *AUTHENTICATION_ADVICE,
    Rule(("persistence",), _persistence),
    Rule(("persistence", "master", "deployment"), _room),
    Rule(("master", "deployment"), _little_memory),
    Rule(("image", "sentinelImage", "metrics", "backup.image", "version"), _moving_images),
    Rule(("securityContext.runAsNonRoot",), _maybe_root),
    *BACKUP_ADVICE,
    *EXPOSURE_ADVICE,
    *TRANSIT_ADVICE,
    *ACL_ADVICE,
    *DIRECTIVE_ADVICE,
)
