from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.security_network import network

from .guarded import PASSWORD, guarded
from .views import CLUSTER, SENTINEL, SINGLE

PREFIX = "service.beta.kubernetes.io"
LET_IN: dict = {"namespaces": [], "networks": [], "everybody": [], "others": []}
SCHEME, INTERNAL, TYPE = (f"{PREFIX}/aws-load-balancer-{key}" for key in ("scheme", "internal", "type"))


def balanced(annotations=None, **spec) -> dict:
    return {
        "metadata": {"name": "cache-client", **({"annotations": annotations} if annotations else {})},
        "spec": {"type": "LoadBalancer", **spec},
    }


def exposed(service) -> dict:
    (found,) = network([service], [], "cache", [])["exposed"]
    return found


@pytest.mark.parametrize("flavour", [SINGLE, SENTINEL, CLUSTER])
def test_services_inside_are_not_exposed(flavour) -> None:
    assert guarded(flavour)["network"] == {"exposed": [], "nodes": [], "policies": [], **LET_IN}


@pytest.mark.parametrize(
    ("annotations", "spec", "scheme"),
    [
        # Kubernetes' own controller does not know it
        ({SCHEME: "internal"}, {}, "internet-facing"),
        ({TYPE: "nlb", SCHEME: "internal"}, {}, "internet-facing"),
        ({TYPE: "external", SCHEME: "internal", INTERNAL: "false"}, {}, "internal"),
        ({SCHEME: "internet-facing"}, {"loadBalancerClass": "service.k8s.aws/nlb"}, "internet-facing"),
        ({}, {"loadBalancerClass": "service.k8s.aws/nlb"}, "internal"),
        ({}, {"loadBalancerClass": "eks.amazonaws.com/nlb"}, "internal"),
        ({TYPE: "external"}, {}, "internal"),
        ({TYPE: "external", INTERNAL: "false"}, {}, "internet-facing"),
        ({INTERNAL: "false"}, {"loadBalancerClass": "service.k8s.aws/nlb"}, "internet-facing"),
        ({TYPE: "nlb"}, {}, "internet-facing"),
        ({TYPE: "nlb", INTERNAL: "true"}, {}, "internal"),
        ({INTERNAL: "yes"}, {}, "internal"),
        ({INTERNAL: "True"}, {}, "internal"),
        ({INTERNAL: "false"}, {}, "internet-facing"),
        ({}, {}, "internet-facing"),
    ],
)
def test_the_scheme_is_what_the_controller_makes_of_it(annotations, spec, scheme) -> None:
    assert exposed(balanced(annotations, **spec))["scheme"] == scheme


@pytest.mark.parametrize(
    ("annotations", "spec", "ranges"),
    [
        ({}, {}, []),
        ({}, {"loadBalancerSourceRanges": ["10.1.0.0/16", "10.0.0.0/16"]}, ["10.0.0.0/16", "10.1.0.0/16"]),
        ({f"{PREFIX}/load-balancer-source-ranges": "10.0.0.0/16, 10.1.0.0/16"}, {}, ["10.0.0.0/16", "10.1.0.0/16"]),
        # which is everybody
        ({}, {"loadBalancerSourceRanges": ["0.0.0.0/0"]}, []),
        ({}, {"loadBalancerSourceRanges": ["10.0.0.0/8", "0.0.0.0/0"]}, []),
        ({f"{PREFIX}/load-balancer-source-ranges": "10.0.0.0/16,::/0"}, {}, []),
    ],
)
def test_source_ranges(annotations, spec, ranges) -> None:
    assert exposed(balanced(annotations, **spec))["source_ranges"] == ranges


def test_addresses() -> None:
    service = balanced()
    service["status"] = {"loadBalancer": {"ingress": [{"hostname": "a.elb.example"}, {"ip": "10.0.0.9"}]}}
    assert exposed(service)["hosts"] == ["a.elb.example", "10.0.0.9"]


@pytest.mark.parametrize(("kind", "scheme"), [("LoadBalancer", "internet-facing"), ("NodePort", None)])
def test_the_service_of_a_flavour(kind, scheme) -> None:
    (found,) = guarded({"service": {"type": kind}}, PASSWORD)["network"]["exposed"]
    assert found == {"name": "cache-client", "type": kind, "scheme": scheme, "hosts": [], "source_ranges": []}


def test_nodes_of_a_cluster_have_names_outside() -> None:
    root = {"discovery": {"nodes": "nodes.cache.example.com"}}
    found = guarded(CLUSTER, root)["network"]
    assert (found["exposed"], found["nodes"]) == ([], ["nodes.cache.example.com"])


POLICY = {"enabled": True, "allowedNamespaces": ["web", "api"], "allowedCidrs": ["10.1.0.0/16", "10.0.0.0/16"]}


@pytest.mark.parametrize("mode", ["standalone", "sentinel", "cluster"])
def test_whom_the_policies_of_a_flavour_let_in(mode) -> None:
    flavour = {"deployment": {"mode": mode}, "networkPolicy": POLICY, "metrics": {"enabled": True}}
    found = guarded(flavour)["network"]
    # neither the operator nor Prometheus is a client
    assert (found["namespaces"], found["networks"]) == (["api", "web"], ["10.0.0.0/16", "10.1.0.0/16"])
    assert "cache" in found["policies"]


def test_policies_that_let_nobody_in_and_such_as_may_not_be_read() -> None:
    found = guarded({"networkPolicy": {"enabled": True}})["network"]
    assert found == {"exposed": [], "nodes": [], "policies": ["cache", "cache-job-pods"], **LET_IN}
    assert guarded(policies=None)["network"] == {"exposed": [], "nodes": [], "policies": None, **LET_IN}


def test_a_policy_of_a_flavour_that_lets_everybody_in() -> None:
    found = guarded({"networkPolicy": {"enabled": True, "allowedCidrs": ["0.0.0.0/0"]}})["network"]
    assert (found["networks"], found["everybody"], found["others"]) == (["0.0.0.0/0"], ["cache"], [])
