"""Whom the NetworkPolicies would lock out, and load balancers that cannot become another's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.engine import kinds
from ansible_collections.eks.redis.plugins.module_utils.engine.operators import read
from ansible_collections.eks.redis.plugins.module_utils.engine.preflight_network import (
    clients,
    load_balancers,
    policies,
)
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout
from ansible_collections.eks.redis.plugins.module_utils.topology.render import manifests

from .test_operators import deployment

POLICED = {"enabled": True, "allowedNamespaces": ["web"]}
LABELLED = {"name": "redis-operator"}
OPERATOR = "operator ops/redis-operator (quay.io/opstree/redis-operator:v0.23.0)"
ELSEWHERE = (
    f"networkPolicy.operatorNamespace: 'redis-operator', where {OPERATOR} is not, so that it would not be let in; "
    "set it to ops"
)
UNLABELLED = f"networkPolicy.enabled: {OPERATOR} would not be let in, as its pods lack the label name=redis-operator"


def case(
    check: Any,
    flavour: dict[str, Any],
    *,
    mode: str = "sentinel",
    labels: dict[str, str] | None = LABELLED,
    watched: str = "",
    made_by: str | None = None,
    was: str = "LoadBalancer",
) -> list[str]:
    """What is found. made_by: the class of the load balancer that is there, None where none is."""
    root = {"clusterModeEnabled": mode == "cluster"}
    made = resolve({"deployment": {"mode": mode}, **flavour}, root, name="cache", namespace="apps").instance
    assert made is not None
    operator = deployment(WATCH_NAMESPACE=watched)
    operator["spec"]["template"]["metadata"] = {"labels": labels}
    spec = {"type": was, **({"loadBalancerClass": made_by} if made_by else {})}
    lives = {
        kinds.reference_of(one): {**one, "spec": spec} if made_by is not None and one["kind"] == "Service" else None
        for one in manifests(made)
    }
    seen = SimpleNamespace(operators=[read(operator)])
    api = SimpleNamespace(get=lambda _kind, name: {"metadata": {"name": name}} if name in ("web", "shop") else None)
    given: Any = SimpleNamespace(instance=made, layout=layout(made), seen=seen, lives=lives, api=api)
    return [one.text for one in check(given)]


@pytest.mark.parametrize("mode", ["sentinel", "cluster"])
@pytest.mark.parametrize(
    ("policy", "labels", "watched", "found"),
    [
        (POLICED, LABELLED, "", [ELSEWHERE]),
        (POLICED, LABELLED, "apps", [ELSEWHERE]),
        (POLICED, LABELLED, "shop", []),
        ({**POLICED, "operatorNamespace": "ops"}, LABELLED, "", []),
        ({**POLICED, "operatorNamespace": "ops"}, {"name": "redis-operator", "app": "x"}, "", []),
        ({**POLICED, "operatorNamespace": "ops"}, {"app": "x"}, "", [UNLABELLED]),
        ({**POLICED, "operatorNamespace": "ops"}, None, "", [UNLABELLED]),
        ({}, LABELLED, "", []),
    ],
)
def test_the_operator_is_let_in(mode: str, policy: Any, labels: Any, watched: str, found: list[str]) -> None:
    assert case(policies, {"networkPolicy": policy}, mode=mode, labels=labels, watched=watched) == found


def test_a_single_redis_is_reached_by_no_operator() -> None:
    assert case(policies, {"networkPolicy": POLICED}, mode="standalone") == []


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        ({"enabled": True, "allowedNamespaces": ["web", "shop"]}, []),
        # its own is there, or this run makes it
        ({"enabled": True, "allowedNamespaces": ["apps", "web"]}, []),
        ({"enabled": True, "allowedNamespaces": ["wbe", "web", "hop"]}, ["wbe", "hop"]),
        ({"enabled": False, "allowedNamespaces": ["wbe"]}, []),
        ({}, []),
    ],
)
def test_a_namespace_that_is_let_in_and_is_not_there(policy: Any, missing: list[str]) -> None:
    field = "networkPolicy.allowedNamespaces"
    found = [f"{field}: there is no namespace {name}: nothing connects from it" for name in missing]
    assert case(clients, {"networkPolicy": policy}) == found


CLASS = "service.k8s.aws/nlb"


@pytest.mark.parametrize(
    ("wanted", "made_by", "found"),
    [
        (CLASS, None, []),
        (CLASS, CLASS, []),
        # the AWS Load Balancer Controller gives its class to those who name none
        ("", CLASS, []),
        (
            CLASS,
            "",
            [
                f"service.loadBalancerClass: '{CLASS}', and Service apps/cache-client was made with '', which "
                "Kubernetes does not change: deploy once with service.type ClusterIP"
            ],
        ),
    ],
)
def test_the_class_of_a_load_balancer_stays(wanted: str, made_by: str | None, found: list[str]) -> None:
    service = {"type": "LoadBalancer", "loadBalancerClass": wanted}
    assert case(load_balancers, {"service": service}, made_by=made_by) == found


def test_what_was_no_load_balancer_gets_any_class() -> None:
    made = {"service": {"type": "LoadBalancer", "loadBalancerClass": CLASS}}
    assert case(load_balancers, made, made_by="", was="NodePort") == []
