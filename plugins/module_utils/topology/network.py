# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The NetworkPolicies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.contract.instance import Instance
from ansible_collections.eks.redis.plugins.module_utils.topology import backup_exporter, names
from ansible_collections.eks.redis.plugins.module_utils.topology.labels import (
    BACKUP,
    BACKUP_EXPORTER,
    KEEPER,
    MIGRATION,
    RESTORE,
    RESTORE_TEST,
    job_selector,
    metadata,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import REDIS_PORT, SENTINEL_PORT, Layout

Labels = Mapping[str, str]

_BUS_PORT = REDIS_PORT + 10000
_EXPORTER_PORT = 9121
# of the operator's pods, by its chart (operator sheet §5)
OPERATOR_LABELS: Labels = {"name": "redis-operator"}


def policies(instance: Instance, plan: Layout) -> list[dict[str, Any]]:
    """Nothing comes in but what the flavour lists, what the pods say to each other, the operator and Prometheus.

    The flows are those of the operator sheet, §2.5; probes come from the node and need no rule.
    """
    if not instance.flavour.network_policy.enabled:
        return []
    jobs = [_pods(job_selector(instance.name, component)) for component in (BACKUP, RESTORE)]
    migration = _pods(job_selector(instance.name, MIGRATION))  # which asks no sentinel
    operator = _operator(instance.flavour.network_policy.operator_namespace)
    if instance.flavour.keeper.enabled:
        jobs.append(_pods(job_selector(instance.name, KEEPER)))
    redis = [
        *_clients(instance, REDIS_PORT),
        *_peers(plan, operator),
        _rule([*jobs, migration], REDIS_PORT),
        *_prometheus(instance, _EXPORTER_PORT),
    ]
    result = [_policy(instance, instance.name, {"matchLabels": dict(plan.members)}, redis)]
    if plan.sentinels:
        selector = plan.sentinels.selector
        rules = [
            *_clients(instance, SENTINEL_PORT),
            # Redis pods ask them who is master: before they start, and when the engine has the instance prove itself
            _rule([_pods(selector), _pods(plan.members), operator, *jobs], SENTINEL_PORT),
            *_prometheus(instance, _EXPORTER_PORT),
        ]
        result.append(_policy(instance, plan.sentinels.statefulset, {"matchLabels": dict(selector)}, rules))
    return [*result, _of_jobs(instance, plan)]


def _of_jobs(instance: Instance, plan: Layout) -> dict[str, Any]:
    """What a restore loads into is asked by its own job, and copied from by Redis; the rest is nobody's business."""
    name = {"app.kubernetes.io/instance": instance.name}
    kinds = {"key": "app.kubernetes.io/component", "operator": "In"}
    selector = {
        "matchLabels": name,
        "matchExpressions": [{**kinds, "values": [BACKUP, BACKUP_EXPORTER, KEEPER, MIGRATION, RESTORE, RESTORE_TEST]}],
    }
    loaders = _rule([_pods(plan.members), _pods(job_selector(instance.name, RESTORE))], REDIS_PORT)
    rules = [loaders, *_prometheus(instance, backup_exporter.PORT)]
    return _policy(instance, names.job_pods(instance.name), selector, rules)


def _peers(plan: Layout, operator: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Who but clients talks to Redis. The operator never connects to one of kind Redis, which also has no peers."""
    if plan.redis[0].kind == "Redis":
        return
    peers = [_pods(plan.members), *([_pods(plan.sentinels.selector)] if plan.sentinels else []), operator]
    yield _rule(peers, REDIS_PORT)
    if plan.mode == "cluster":
        yield _rule([_pods(plan.members)], _BUS_PORT)


def _clients(instance: Instance, port: int) -> Iterator[dict[str, Any]]:
    policy = instance.flavour.network_policy
    namespaces = [_namespaces(policy.allowed_namespaces)] if policy.allowed_namespaces else []
    networks = [{"ipBlock": {"cidr": cidr}} for cidr in policy.allowed_cidrs]
    if namespaces or networks:
        yield _rule([*namespaces, *networks], port)


def _prometheus(instance: Instance, port: int) -> Iterator[dict[str, Any]]:
    metrics = instance.flavour.metrics
    if metrics.enabled:
        yield _rule([_namespaces([metrics.service_monitor.namespace])], port)


def _policy(instance: Instance, name: str, selector: dict[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(instance, name, "network-policy"),
        "spec": {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": rules},
    }


def _rule(peers: list[dict[str, Any]], port: int) -> dict[str, Any]:
    return {"from": peers, "ports": [{"protocol": "TCP", "port": port}]}


def _pods(selector: Labels) -> dict[str, Any]:
    """Pods of the instance's own namespace."""
    return {"podSelector": {"matchLabels": dict(selector)}}


def _operator(namespace: str) -> dict[str, Any]:
    """Its pods in its own namespace: elsewhere anybody could give a pod their label."""
    return {**_namespaces([namespace]), "podSelector": {"matchLabels": dict(OPERATOR_LABELS)}}


def _namespaces(names: Iterable[str]) -> dict[str, Any]:
    """All pods of these namespaces; the label is one that Kubernetes itself sets."""
    wanted = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": sorted(set(names))}
    return {"namespaceSelector": {"matchExpressions": [wanted]}}
