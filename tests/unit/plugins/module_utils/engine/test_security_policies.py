"""Whom live policies let in; those of a flavour are in test_security_network.py."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_policies import let_in

OURS = {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/managed-by": "eks.redis"}
NAME = "kubernetes.io/metadata.name"
PORTS = [{"name": "redis", "containerPort": 6379}, {"name": "metrics", "containerPort": 9121}, {"containerPort": 6379}]
REDIS = {"ports": [{"protocol": "TCP", "port": 6379}]}
NOBODY: dict = {"namespaces": [], "networks": [], "everybody": [], "others": []}
WEB = {"namespaceSelector": {"matchLabels": {NAME: "web"}}}
SOME = {"podSelector": {"matchLabels": {"app": "web"}}}


def pod(name: str, **labels: str) -> dict:
    return {"metadata": {"name": name, "labels": labels}, "spec": {"containers": [{"ports": PORTS}, {}]}}


PODS = [pod("cache-0", app="cache", role="master"), pod("cache-1", app="cache", role="slave")]


def policy(*rules: dict, name: str = "theirs", labels: dict | None = None, **spec) -> dict:
    meta = {"name": name, "namespace": "apps", "labels": labels or {}}
    return {"metadata": meta, "spec": {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [*rules], **spec}}


def ours(*rules: dict) -> dict:
    return policy(*rules, name="cache", labels=OURS)


def found(*policies: dict, pods=None) -> dict:
    """What is not empty."""
    told = let_in(policies, "cache", PODS if pods is None else pods)
    return {key: value for key, value in told.items() if value}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, {"everybody": ["cache"]}),
        (REDIS, {"everybody": ["cache"]}),
        ({"from": [], "ports": []}, {"everybody": ["cache"]}),
        ({"from": [{"namespaceSelector": {}}]}, {"everybody": ["cache"]}),
        ({"from": [{"namespaceSelector": {}, "podSelector": {}}]}, {"everybody": ["cache"]}),
        ({"from": [{"namespaceSelector": {"matchLabels": {}}}]}, {"everybody": ["cache"]}),
        ({"from": [{"ipBlock": {"cidr": "::/0"}}]}, {"everybody": ["cache"], "networks": ["::/0"]}),
        ({"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}, {"networks": ["10.0.0.0/8"]}),
        # those of the policy's own namespace
        ({"from": [{"podSelector": {}}]}, {"namespaces": ["apps"]}),
        ({"from": [WEB]}, {"namespaces": ["web"]}),
        (
            {
                "from": [
                    {"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": ["b", "a"]}]}}
                ]
            },
            {"namespaces": ["a", "b"]},
        ),
        # by more than names: which these are is not known
        ({"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}, {"others": ["cache"]}),
        ({"from": [{"namespaceSelector": {"matchLabels": {NAME: "web", "team": "a"}}}]}, {"others": ["cache"]}),
        (
            {
                "from": [
                    {"namespaceSelector": {"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["a"]}]}}
                ]
            },
            {"others": ["cache"]},
        ),
        # its own pods and jobs, and the operator
        ({"from": [SOME, {**SOME, "namespaceSelector": {}}]}, {}),
    ],
)
def test_peers(rule, told) -> None:
    assert found(ours(rule)) == {"policies": ["cache"], **told}


@pytest.mark.parametrize(
    ("port", "is_redis"),
    [
        ({"port": 6379}, True),
        ({"port": 6379, "protocol": "TCP"}, True),
        ({"port": 6379, "protocol": "UDP"}, False),
        ({"port": 26379}, False),
        ({"port": 1, "endPort": 65535}, True),
        ({"port": 6380, "endPort": 65535}, False),
        ({"port": 1, "endPort": 6378}, False),
        ({"protocol": "TCP"}, True),
        ({"protocol": "SCTP"}, False),
        ({"port": "redis"}, True),
        ({"port": "metrics"}, False),
    ],
)
def test_ports(port, is_redis) -> None:
    assert found(ours({"ports": [port], "from": [WEB]})).get("namespaces") == (["web"] if is_redis else None)
    assert found(ours({"ports": [{"port": 9121}, port], "from": [WEB]})).get("namespaces") == (
        ["web"] if is_redis else None
    )


@pytest.mark.parametrize(
    ("spec", "holds"),
    [
        ({}, "all"),
        ({"podSelector": {"matchLabels": {"app": "cache"}}}, "all"),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "Exists"}]}}, "all"),
        ({"podSelector": {"matchExpressions": [{"key": "role", "operator": "In", "values": ["master"]}]}}, "one"),
        ({"podSelector": {"matchExpressions": [{"key": "role", "operator": "NotIn", "values": ["master"]}]}}, "one"),
        ({"podSelector": {"matchLabels": {"app": "other"}}}, "none"),
        ({"podSelector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}, "none"),
        # it says nothing of who may connect
        ({"policyTypes": ["Egress"]}, "none"),
    ],
)
def test_policies_of_others_count_for_the_pods_that_they_hold_for(spec, holds) -> None:
    told = found(policy({"from": [WEB]}, **spec))
    # the pods that none holds for are open to all
    assert told.get("policies") == (["theirs"] if holds == "all" else None)
    assert told.get("namespaces") == (["web"] if holds != "none" else None)


@pytest.mark.parametrize("peer", [SOME, {**SOME, **WEB}, {"namespaceSelector": {"matchLabels": {"team": "a"}}}])
def test_pods_that_others_let_in(peer) -> None:
    assert found(ours(), policy({"from": [peer]})) == {"policies": ["cache", "theirs"], "others": ["theirs"]}


def test_others_let_everybody_in_beside_ours() -> None:
    found_beside = found(ours({"from": [WEB]}), policy({}))
    assert found_beside == {"policies": ["cache", "theirs"], "namespaces": ["web"], "everybody": ["theirs"]}


def test_without_pods_only_its_own_are_known() -> None:
    assert found(ours(), policy({}), pods=[]) == {"policies": ["cache"]}
    assert let_in([], "cache", PODS) == {"policies": [], **NOBODY}
