"""What a DNS name outside of the cluster makes: a Service that leads where it should, and an endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract import discovery
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import Endpoint, layout

from .made import SHAPES, merged, shaped, shaped_objects

ALPHA = "external-dns.alpha.kubernetes.io"
BOTH = {"discovery": {"primary": "w.example.com", "reader": "r.example.com"}}
SENTINELS = {"discovery": {"endpoint": "s.example.com"}}


def services(shape: str, flavour: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    return {
        each["metadata"]["name"]: each
        for each in shaped_objects(shape, flavour, root).values()
        if each["kind"] == "Service"
    }


@pytest.mark.parametrize("shape", ["replicated", "sentinel"])
def test_reads_go_to_the_replicas(shape: str) -> None:
    made = services(shape, {}, BOTH)
    roles = {name: service["spec"]["selector"]["redis-role"] for name, service in made.items()}
    assert roles == {"cache-client": "master", "cache-reader": "slave"}
    assert all(service["spec"]["ports"][0]["port"] == 6379 for service in made.values())


def test_sentinels_have_a_service_and_a_port_of_their_own() -> None:
    (service,) = services("sentinel", {}, SENTINELS).values()
    assert service["spec"]["selector"] == {"app": "cache-sentinel", "redis_setup_type": "sentinel", "role": "sentinel"}
    assert service["spec"]["ports"] == [{"name": "redis-client", "port": 26379, "targetPort": 26379, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("kind", "key"), [("ClusterIP", "internal-hostname"), ("NodePort", "hostname"), ("LoadBalancer", "hostname")]
)
def test_the_type_of_the_service_decides_the_annotation(kind: str, key: str) -> None:
    service = services("standalone", {"service": {"type": kind}}, {"discovery": {"endpoint": "r.example.com:6379"}})
    assert service["cache-client"]["metadata"]["annotations"] == {
        f"{ALPHA}/{key}": "r.example.com",
        f"external-dns.kubernetes.io/{key}": "r.example.com",
    }


def test_the_users_annotations_win_where_they_always_were() -> None:
    given = {f"{ALPHA}/internal-hostname": "mine.example.com", "a": "b"}
    made = services("sentinel", {"service": {"annotations": given}}, BOTH)
    notes = {name: service["metadata"]["annotations"] for name, service in made.items()}
    assert {name: note["a"] for name, note in notes.items()} == {"cache-client": "b", "cache-reader": "b"}
    assert notes["cache-client"][f"{ALPHA}/internal-hostname"] == "mine.example.com"
    assert notes["cache-reader"][f"{ALPHA}/internal-hostname"] == "r.example.com"


def test_what_one_service_alone_can_have_is_of_that_to_who_takes_writes() -> None:
    aws = "service.beta.kubernetes.io/aws-load-balancer"
    given = {f"{ALPHA}/hostname": "mine.example.com", f"{aws}-name": "cache", f"{aws}-type": "nlb"}
    found = services("sentinel", {"service": {"type": "LoadBalancer", "reader": True, "annotations": given}}, {})
    notes = {name: service["metadata"]["annotations"] for name, service in found.items()}
    assert notes == {"cache-client": given, "cache-reader": {f"{aws}-type": "nlb"}}


def test_a_name_of_the_users_own_goes_before_that_of_discovery() -> None:
    given = {f"{ALPHA}/hostname": "mine.example.com"}
    root = {"discovery": {"primary": "w.example.com"}}
    found = services("sentinel", {"service": {"type": "NodePort", "annotations": given}}, root)
    assert found["cache-client"]["metadata"]["annotations"] == given


@pytest.mark.parametrize("shape", SHAPES)
def test_a_name_of_a_service_makes_none(shape: str) -> None:
    host = layout(shaped(shape, {})).endpoints[0].host
    assert services(shape, {}, {"discovery": {"endpoint": host}}) == {}


def test_outside_endpoints() -> None:
    inside = layout(shaped("sentinel", {})).endpoints
    found = layout(shaped("sentinel", {}, BOTH))
    assert found.endpoints == (*inside, Endpoint("primary", "w.example.com"), Endpoint("reader", "r.example.com"))
    assert found.services[-2:] == ("cache-client", "cache-reader")
    assert layout(shaped("sentinel", {}, SENTINELS)).endpoints[-1] == Endpoint("sentinel", "s.example.com", 26379)
    assert layout(shaped("cluster", {}, SENTINELS)).endpoints[-1] == Endpoint("cluster", "s.example.com")
    # its port is the cluster's choice
    assert layout(shaped("sentinel", {"service": {"type": "NodePort"}}, BOTH)).endpoints == inside


@pytest.mark.parametrize("shape", SHAPES)
def test_the_contract_knows_the_services_of_the_layout(shape: str) -> None:
    plan = layout(shaped(shape, {}))
    flavour, root = SHAPES[shape]
    replicas = plan.redis[0].replicas - 1
    for name in discovery.NAMES:
        target = discovery.leads_to(name, plan.mode, replicas)
        right = next((one for one in plan.endpoints if one.name == target), plan.endpoints[0])
        told = {"primary": plan.endpoints[0].host} if name == "reader" else {}
        names = {"discovery": {**told, name: f"{right.host}:{right.port}"}}
        warnings = resolve(flavour, merged(root, names), name="cache", namespace="apps").warnings
        assert f"discovery.{name}" not in [problem.path for problem in warnings]


@pytest.mark.parametrize("shape", SHAPES)
def test_nodes_of_a_cluster_have_names_and_nobody_else(shape: str) -> None:
    made = services(shape, {}, {"discovery": {"nodes": "nodes.example.com"}})
    assert list(made) == (["cache-nodes"] if shape == "cluster" else [])
    if shape == "cluster":
        service = made["cache-nodes"]
        # of a headless one external-dns makes a name for each pod, which only these keys ask for
        assert service["metadata"]["annotations"] == {
            f"{ALPHA}/hostname": "nodes.example.com",
            "external-dns.kubernetes.io/hostname": "nodes.example.com",
        }
        assert service["spec"] == {
            "type": "ClusterIP",
            "clusterIP": "None",
            "publishNotReadyAddresses": True,
            "selector": {"cluster": "cache", "redis_setup_type": "cluster"},
            "ports": [{"name": "redis-client", "port": 6379, "targetPort": 6379, "protocol": "TCP"}],
        }


@pytest.mark.parametrize("shape", SHAPES)
def test_a_service_for_reads_only_where_there_are_replicas(shape: str) -> None:
    made = services(shape, {"service": {"reader": True}}, {})
    assert list(made) == (["cache-client", "cache-reader"] if shape in ("replicated", "sentinel") else [])


BALANCER = {"loadBalancerClass": "service.k8s.aws/nlb", "loadBalancerSourceRanges": ["10.0.0.0/8"]}


@pytest.mark.parametrize("kind", ["ClusterIP", "NodePort", "LoadBalancer"])
def test_what_only_a_load_balancer_knows(kind: str) -> None:
    given = {"service": {"type": kind, "annotations": {"a": "b"}, "reader": True, **BALANCER}}
    for service in services("sentinel", given, {}).values():
        shown = {key: value for key, value in service["spec"].items() if key in BALANCER}
        assert shown == (BALANCER if kind == "LoadBalancer" else {})
