"""The Service by which applications find the cache first, and the instance after the switch."""

from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.datapath.migrating import Address
from ansible_collections.eks.redis.plugins.module_utils.topology import door
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from .made import SHAPES, shaped, shaped_objects

PORTS = [{"name": "redis-client", "port": 6379, "protocol": "TCP"}]
IPV4, IPV6, NAME = Address("10.0.0.1", 6379), Address("fd00::1", 6379), Address("shop.cache.amazonaws.com", 6379)


def test_a_name_is_followed_by_dns() -> None:
    made = door.named("apps", "shop", NAME)
    assert made["spec"] == {"type": "ExternalName", "externalName": NAME.host, "ports": PORTS}


def test_applications_keep_their_port_whatever_that_of_the_instance_is() -> None:
    made = door.selecting("apps", "shop", 6380, {"app": "cache"}, 6379)
    assert made["spec"]["ports"] == [{"name": "redis-client", "port": 6380, "protocol": "TCP", "targetPort": 6379}]
    assert made["spec"]["selector"] == {"app": "cache"}
    assert door.pinned("apps", "shop", 6380)["spec"]["ports"][0]["port"] == 6380
    (port,) = door.endpoints("apps", "shop", door.INSTANCE, [IPV4])["ports"]
    # by its name the port of the Service is found in the slice
    assert port == {"name": made["spec"]["ports"][0]["name"], "port": 6379, "protocol": "TCP"}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_service_of_the_instance_has_a_name_that_is_free(shape: str) -> None:
    names = {"primary": "w.example.com", "reader": "r.example.com", "nodes": "nodes.example.com"}
    for discovery in (names, {"endpoint": "e.example.com"}):
        made = shaped_objects(
            shape, {"service": {"reader": True}, "metrics": {"enabled": True}}, {"discovery": discovery}
        )
        services = {one["metadata"]["name"] for one in made.values() if one["kind"] == "Service"}
        assert services and services <= door.taken("cache")


@pytest.mark.parametrize(("address", "family"), [(IPV4, "IPv4"), (IPV6, "IPv6")])
def test_the_slice_belongs_to_the_service_and_to_no_controller(address: Address, family: str) -> None:
    made = door.endpoints("apps", "shop", door.CACHE, [address])
    meta = made["metadata"]
    assert (meta["name"], made["addressType"]) == ("shop-exit", family)
    assert meta["labels"]["kubernetes.io/service-name"] == "shop"
    assert meta["labels"]["endpointslice.kubernetes.io/managed-by"] == "eks.redis"
    assert meta["annotations"] == {"eks.redis/leads-to": "cache"}
    assert made["endpoints"] == [{"addresses": [address.host], "conditions": {"ready": True}}]


def test_it_is_of_no_instance() -> None:
    for made in (
        door.named("apps", "shop", NAME),
        door.pinned("apps", "shop", 1),
        door.endpoints("a", "b", "", [IPV4]),
    ):
        assert "app.kubernetes.io/instance" not in made["metadata"]["labels"]
        assert made["metadata"]["labels"]["app.kubernetes.io/component"] == "client-service"


@pytest.mark.parametrize("shape", SHAPES)
def test_no_service_of_an_instance_can_be_meant(shape: str) -> None:
    flavour = {
        "service": {"type": "LoadBalancer"},
        "metrics": {"enabled": True},
        "backup": {"enabled": True, "s3Bucket": "backups"},
    }
    rendered = {one["metadata"]["name"] for one in shaped_objects(shape, flavour).values() if one["kind"] == "Service"}
    plan = layout(shaped(shape, flavour))
    headless = {f"{one.statefulset}-headless" for one in plan.workloads}
    assert {*rendered, *plan.services, *headless} <= door.taken("cache")
    assert "shop" not in door.taken("cache")


@pytest.mark.parametrize(
    ("addresses", "problem"),
    [
        ([IPV4], None),
        ([NAME], None),
        ([IPV4, Address("10.0.0.2", 6379)], None),
        ([NAME, IPV4], "a Service leads to one DNS name, or to IP addresses: name the endpoint alone"),
        (
            [NAME, Address("other", 6379)],
            "a Service leads to one DNS name, or to IP addresses: name the endpoint alone",
        ),
        ([IPV4, Address("10.0.0.2", 6380)], "a Service leads to one port: all addresses must have the same"),
        ([IPV4, IPV6], "a Service leads to IPv4 or to IPv6 addresses, not to both"),
    ],
)
def test_what_a_service_cannot_lead_to(addresses: list[Address], problem: str | None) -> None:
    assert door.problems(addresses) == ([problem] if problem else [])
