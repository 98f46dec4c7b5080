# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that warn of what a mode does not have, does not do, or does in another way than somebody may expect."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.modes import BY_MODE, group
from ansible_collections.eks.redis.plugins.module_utils.contract.quantity import amount
from ansible_collections.eks.redis.plugins.module_utils.contract.rules import Facts, Finding, Rule

_MODE = "deployment.mode"
_CONFIG = "deployment.config"
_REPLICA = f"{_CONFIG}.replica.resources."
_SENTINEL = f"{_CONFIG}.sentinel"
# what the operator adds to the instance's name for the Services that a DNS name may lead to, the best one first
_SERVICES = {
    "sentinel": ("-sentinel", "-sentinel-headless"),
    "reader": ("-replica",),
    "single": ("", "-headless"),
    "master": ("-master",),
    "cluster": ("-leader", "-leader-headless", "-follower", "-follower-headless"),
}


def _other_mode(facts: Facts) -> Iterator[Finding]:
    seen = set()
    for path in sorted(facts.given - {f"{_SENTINEL}.enabled"}):
        row = group(path)
        if row and row not in seen and facts.mode not in BY_MODE[row]:
            seen.add(row)
            yield path, f"has no effect in mode {facts.mode}; it belongs to mode {' and '.join(BY_MODE[row])}"


def _no_failover(facts: Facts) -> Iterator[Finding]:
    if facts.mode == "standalone" and facts.replicas:
        yield f"{_CONFIG}.replica.count", "replicas in mode standalone do not fail over; mode sentinel does"
    if facts.mode == "cluster" and not facts.replicas:
        yield f"{_CONFIG}.replicasPerShard", "0: nobody takes over a shard; while its pod is away, its keys are too"


def _unequal_roles(facts: Facts) -> Iterator[Finding]:
    for path in facts.below(_REPLICA):
        master = f"master.resources.{path.removeprefix(_REPLICA)}"
        if not facts.replicas:
            yield path, "has no effect: there are no replicas"
        elif amount(facts[path]) != amount(facts[master]):
            larger = max(facts[path], facts[master], key=amount)
            swap = "a failover swaps the roles, not the pods: a master can come to run with either"
            what = swap if facts.mode == "cluster" else f"one StatefulSet holds all roles: every pod gets {larger}"
            yield path, f"{facts[path]} is not {master}, {facts[master]}; {what}"


def _empty_master(facts: Facts) -> Iterator[Finding]:
    if not facts["persistence.enabled"] and facts.replicas:
        reason = "a master that restarts before it is failed over comes back empty, and its replicas empty themselves"
        yield "persistence.enabled", f"false with replicas: {reason}"


def _quorum(facts: Facts) -> Iterator[Finding]:
    path = f"{_SENTINEL}.quorum"
    quorum, sentinels = facts[path], facts[f"{_SENTINEL}.replicas"]
    if facts.mode != "sentinel":
        return
    if quorum < sentinels // 2 + 1:
        yield path, f"{quorum} is below a majority of the sentinels ({sentinels // 2 + 1})"
    if quorum == sentinels:
        yield path, f"{quorum} is all of the sentinels: nobody fails over while one of them is away"


def _timing(facts: Facts) -> Iterator[Finding]:
    timeout, silence = (facts[f"{_SENTINEL}.{name}"] for name in ("failoverTimeout", "downAfterMilliseconds"))
    if facts.mode == "sentinel" and timeout < silence:
        reason = "a failover is given up as too slow in less time than a silent master gets"
        yield f"{_SENTINEL}.failoverTimeout", f"{timeout} is less than downAfterMilliseconds, {silence}: {reason}"


def _discovery(facts: Facts) -> Iterator[Finding]:
    for path in facts.below("discovery."):
        target = discovery.leads_to(path.partition(".")[2], facts.mode, facts.replicas)
        host, _colon, port = facts[path].partition(":")
        found = discovery.inside(host, facts["namespace"]) if host else None
        good = [(f"{facts['name']}{suffix}", facts["namespace"]) for suffix in _services(facts, target)]
        if found and found not in good:
            service, namespace = good[0]
            yield path, f"{host!r} is not what it should lead to, the Service {service}.{namespace}.svc"
        if port and int(port) != discovery.port(target):
            yield path, f"{facts[path]!r} names port {port}; what it leads to has {discovery.port(target)}"


def _services(facts: Facts, target: str) -> tuple[str, ...]:
    if target != "primary":
        return _SERVICES[target]
    alone = "single" if facts.mode == "standalone" and not facts.replicas else "master"
    # our own Service, where there is one
    own = ("-client",) if facts["service.type"] != "ClusterIP" or facts["service.annotations"] else ()
    return (*_SERVICES["cluster" if facts.mode == "cluster" else alone], *own)


MODE_ADVICE: tuple[Rule, ...] = (
    Rule((_MODE,), _other_mode),
    Rule((_MODE, f"{_CONFIG}.replica.count", f"{_CONFIG}.replicasPerShard"), _no_failover),
    Rule(("deployment", "master"), _unequal_roles),
    Rule(("deployment", "persistence.enabled"), _empty_master),
    Rule((_MODE, f"{_CONFIG}.replica.count", "discovery", "service"), _discovery),
    Rule((_SENTINEL,), _quorum),
    Rule((_SENTINEL,), _timing),
)
