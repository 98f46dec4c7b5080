"""Who reaches an instance: what is said of Services, policies and names of nodes."""

from __future__ import annotations

from typing import Any

import pytest

from .ruled import CLUSTER, TOKEN, cluster, lines, read, sentinel

AUTH = {"authentication": {"enabled": True, "authToken": TOKEN}}
OPEN = {"service": {"type": "LoadBalancer"}}
NODES = {"discovery": {"nodes": "nodes.example.com"}}
TLS = {"transitEncryption": {"enabled": True}}
CIDRS = {"networkPolicy": {"enabled": True, "allowedCidrs": ["10.0.0.0/8"]}}
KEPT = {"keeper": {"enabled": True}}
BLOCKED = "traffic from outside the cluster is blocked by networkPolicy.enabled; see allowedCidrs"
NOBODY = "networkPolicy.allowedNamespaces: is empty: no client can connect; list the namespaces that may"
LATE = (
    "service.type: LoadBalancer follows a failover late: the operator looks for a new master every 30 s; with "
    "keeper.enabled: true at once"
)


def redirected(told: str, kind: str = "LoadBalancer") -> str:
    return (
        f"service.type: {kind} gives a cluster one address: clients are redirected to every node, by {told}, which "
        "they must reach too; discovery.nodes gives each node a name outside of Kubernetes"
    )


def no_balancer(field: str, kind: str = "ClusterIP") -> str:
    return f"service.{field}: has no effect with service.type {kind}; it belongs to LoadBalancer"


SAID: tuple[tuple[dict[str, Any], dict[str, Any], list[str]], ...] = (
    (OPEN, AUTH, []),
    (
        {"service": {"type": "NodePort"}},
        {},
        ["service.type: NodePort without authentication.enabled: whoever reaches it can read and write"],
    ),
    (
        {**OPEN, "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]}},
        AUTH,
        [f"service.type: LoadBalancer {BLOCKED}"],
    ),
    ({**OPEN, "networkPolicy": {"enabled": True}}, AUTH, [f"service.type: LoadBalancer {BLOCKED}", NOBODY]),
    ({**OPEN, **CIDRS}, AUTH, []),
    (CIDRS, {}, []),
    (
        {"networkPolicy": {"allowedCidrs": ["10.0.0.0/8"]}},
        {},
        ["networkPolicy.allowedCidrs: has no effect while networkPolicy.enabled is false"],
    ),
    # a failover
    ({**sentinel(), **OPEN}, AUTH, [LATE]),
    ({**sentinel(), **OPEN, **KEPT}, AUTH, []),
    ({**sentinel(), **OPEN}, {**AUTH, **TLS}, []),
    ({**sentinel(), "service": {"reader": True}}, {}, []),
    (
        {"keeper": {"resources": {"limits": {"cpu": 1}}}},
        {},
        ["keeper.resources.limits.cpu: has no effect while keeper.enabled is false"],
    ),
    # load balancers
    (
        {"service": {"loadBalancerClass": "a/b", "loadBalancerSourceRanges": ["10.0.0.0/8"]}},
        {},
        [no_balancer("loadBalancerClass"), no_balancer("loadBalancerSourceRanges")],
    ),
    (
        {"service": {"type": "NodePort", "loadBalancerClass": "a/b"}},
        AUTH,
        [no_balancer("loadBalancerClass", "NodePort")],
    ),
    ({"service": {"loadBalancerClass": "", "loadBalancerSourceRanges": []}}, {}, []),
    ({"service": {**OPEN["service"], "loadBalancerClass": "a/b", "loadBalancerSourceRanges": ["0.0.0.0/0"]}}, AUTH, []),
    # replicas
    (
        {"service": {"reader": True}},
        {},
        ["service.reader: has no effect: there are no replicas"],
    ),
    (
        {**cluster(), "service": {"reader": True}},
        CLUSTER,
        ["service.reader: has no effect in mode cluster; it belongs to mode standalone and sentinel"],
    ),
    # nodes of a cluster
    ({**cluster(), **OPEN}, {**CLUSTER, **AUTH}, [redirected("the pods' addresses")]),
    (
        {**cluster(), "service": {"type": "NodePort"}},
        {**CLUSTER, **AUTH, **TLS},
        [redirected("names that only this Kubernetes resolves", "NodePort")],
    ),
    ({**cluster(), **OPEN}, {**CLUSTER, **AUTH, **NODES}, []),
    (cluster(), {**CLUSTER, **NODES}, []),
    ({}, NODES, ["discovery.nodes: has no effect in mode standalone; it belongs to mode cluster"]),
    (sentinel(), NODES, ["discovery.nodes: has no effect in mode sentinel; it belongs to mode cluster"]),
    ({"createServiceAccount": True}, {}, []),
    ({"createServiceAccount": True, "serviceAccount": "default"}, {}, []),
)


@pytest.mark.parametrize(("flavour", "root", "told"), SAID)
def test_what_is_said(flavour: dict[str, Any], root: dict[str, Any], told: list[str]) -> None:
    resolution = read(flavour, root)
    assert lines(resolution.errors) == []
    assert lines(resolution.warnings) == told
