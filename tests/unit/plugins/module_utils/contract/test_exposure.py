"""Who reaches an instance: what is said of Services, policies and names of nodes."""

from __future__ import annotations

from typing import Any

import pytest

from .ruled import CLUSTER, TOKEN, cluster, lines, read, sentinel

AUTH = {"authentication": {"enabled": True, "authToken": TOKEN}}
AWS = "service.beta.kubernetes.io/aws-load-balancer"
SCHEME, INTERNAL, TYPE, PROXY = (f"{AWS}-{key}" for key in ("scheme", "internal", "type", "proxy-protocol"))
RANGES_NOTE = "service.beta.kubernetes.io/load-balancer-source-ranges"
OPEN = {"service": {"type": "LoadBalancer", "annotations": {INTERNAL: "true"}}}
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


INSIDE = f'service.type: LoadBalancer may face the internet: service.annotations {INTERNAL}: "true" keeps it inside'
LIMITS = "service.loadBalancerSourceRanges limits whom it lets in"
ENCRYPTS = "transitEncryption.enabled keeps what is said there from others"
RANGES = {"loadBalancerSourceRanges": ["10.0.0.0/8"]}
ELSEWHERE = "too, which leads elsewhere; give it its own"
SENT_ON = (
    "discovery.endpoint: LoadBalancer leads to the sentinels, which send clients on to the pods' addresses, which they "
    "must reach too; discovery.primary leads to the master itself"
)


def balanced(annotations: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"service": {"type": "LoadBalancer", "annotations": annotations or {}, **more}}


def discovery(**names: str) -> dict[str, Any]:
    return {"discovery": names}


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
    # the internet
    (balanced(), AUTH, [f"{INSIDE}, {LIMITS}, {ENCRYPTS}"]),
    (balanced(), {**AUTH, **TLS}, [f"{INSIDE}, {LIMITS}"]),
    (balanced(**RANGES), AUTH, [f"{INSIDE}, {ENCRYPTS}"]),
    (balanced({RANGES_NOTE: "10.0.0.0/8"}), AUTH, [f"{INSIDE}, {ENCRYPTS}"]),
    (balanced(**RANGES), {**AUTH, **TLS}, []),
    (balanced(loadBalancerSourceRanges=["10.0.0.0/8", "0.0.0.0/0"]), {**AUTH, **TLS}, [f"{INSIDE}, {LIMITS}"]),
    (balanced(loadBalancerClass="service.k8s.aws/nlb"), AUTH, []),
    (balanced({TYPE: "external"}), AUTH, []),
    (balanced({TYPE: "external", INTERNAL: "false"}), {**AUTH, **TLS}, [f"{INSIDE}, {LIMITS}"]),
    # Kubernetes' own controller does not know of it
    (balanced({SCHEME: "internal"}), {**AUTH, **TLS}, [f"{INSIDE}, {LIMITS}"]),
    ({"service": {"annotations": {INTERNAL: "false"}}}, {}, []),
    # policies
    (
        {"networkPolicy": {"enabled": True, "allowedCidrs": ["10.0.0.0/8", "0.0.0.0/0"]}},
        {},
        ["networkPolicy.allowedCidrs[1]: 0.0.0.0/0 lets everybody in, pods of all namespaces too"],
    ),
    ({"networkPolicy": {"enabled": True, "allowedCidrs": ["fd00::/8"]}}, {}, []),
    (
        {**cluster(), "networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]}},
        {**CLUSTER, **NODES},
        ["discovery.nodes: is for clients outside the cluster, which networkPolicy.enabled blocks; see allowedCidrs"],
    ),
    ({**cluster(), **CIDRS}, {**CLUSTER, **NODES}, []),
    (
        {"networkPolicy": {**CIDRS["networkPolicy"], "operatorNamespace": "ops"}},
        {},
        ["networkPolicy.operatorNamespace: has no effect: the operator never connects to a single Redis"],
    ),
    ({**sentinel(), "networkPolicy": {**CIDRS["networkPolicy"], "operatorNamespace": "ops"}}, {}, []),
    # sentinels
    ({**sentinel(), **OPEN, **KEPT}, {**AUTH, **discovery(endpoint="r.example.com")}, [SENT_ON]),
    ({**sentinel(), **OPEN, **KEPT}, {**AUTH, **discovery(primary="r.example.com")}, []),
    (sentinel(), discovery(endpoint="r.example.com"), []),
    ({**OPEN}, {**AUTH, **discovery(endpoint="r.example.com")}, []),
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
    (balanced({INTERNAL: "true"}, loadBalancerClass="a/b", loadBalancerSourceRanges=["0.0.0.0/0"]), AUTH, []),
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


REFUSED: tuple[tuple[dict[str, Any], dict[str, Any], str], ...] = (
    (
        balanced({SCHEME: "intern"}),
        {},
        f"service.annotations.{SCHEME}: is 'intern'; allowed: internal or internet-facing",
    ),
    (balanced({INTERNAL: "flase"}), {}, f"service.annotations.{INTERNAL}: is 'flase'; allowed: true or false"),
    (balanced({TYPE: "nbl"}), {}, f"service.annotations.{TYPE}: is 'nbl'; allowed: nlb or external or nlb-ip"),
    (balanced({PROXY: "*"}), {}, f"service.annotations.{PROXY}: is given, and Redis cannot speak it"),
    (
        balanced({INTERNAL: "true", SCHEME: "internet-facing"}),
        {},
        f"service.annotations.{INTERNAL}: 'true' beside {SCHEME} 'internet-facing'; keep one of the two",
    ),
    (
        balanced({RANGES_NOTE: "0.0.0.0/0"}, **RANGES),
        {},
        f"service.loadBalancerSourceRanges: is given beside the annotation {RANGES_NOTE}; keep one of the two",
    ),
    (
        sentinel(),
        discovery(primary="r.example.com", reader="r.example.com:6379"),
        f"discovery.reader: 'r.example.com' is discovery.primary {ELSEWHERE}",
    ),
    (
        cluster(),
        {**CLUSTER, **discovery(endpoint="n.example.com", nodes="n.example.com")},
        f"discovery.nodes: 'n.example.com' is discovery.endpoint {ELSEWHERE}",
    ),
)


@pytest.mark.parametrize(("flavour", "root", "refused"), REFUSED)
def test_what_is_refused(flavour: dict[str, Any], root: dict[str, Any], refused: str) -> None:
    assert lines(read(flavour, root).errors) == [refused]


@pytest.mark.parametrize("flavour", [{}, {**cluster()}])
def test_one_name_for_what_is_one_service(flavour: dict[str, Any]) -> None:
    root = {**(CLUSTER if flavour else {}), **discovery(primary="r.example.com", reader="r.example.com")}
    assert lines(read(flavour, root).errors) == []
