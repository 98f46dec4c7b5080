from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.client_values import client
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.programs import snippets

from .guarded import PASSWORD, rendered, resolved
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE

EVERY = (SINGLE, REPLICATED, SENTINEL, CLUSTER)
NAMED = {
    "type": "LoadBalancer",
    "annotations": {"external-dns.alpha.kubernetes.io/hostname": "Redis.example.com."},
}
SAFE = {
    "authentication": {"enabled": True, "generate": True},
    "transitEncryption": {"enabled": True},
}


@pytest.mark.parametrize(
    ("flavour", "root"),
    [
        *((flavour, root) for flavour in EVERY for root in ({}, PASSWORD, SAFE)),
        ({**SENTINEL, "acl": {"enabled": True}}, SAFE),
        ({"service": {"type": "LoadBalancer"}}, {**PASSWORD, "discovery": {"endpoint": "redis.example.com"}}),
        *(({**flavour, "service": NAMED}, root) for flavour in EVERY for root in ({}, SAFE)),
        ({**SENTINEL, "service": {**NAMED, "reader": True}}, {}),
        ({**SENTINEL, "service": NAMED}, {"discovery": {"endpoint": "sentinel.example.com"}}),
        ({**SENTINEL, "service": {"reader": True}}, {"discovery": {"primary": "primary.example.com"}}),
        ({**REPLICATED, "service": {"reader": True}}, {"discovery": {"endpoint": "primary.example.com"}}),
        (SENTINEL, {"discovery": {"endpoint": "sentinel.example.com"}}),
        (SENTINEL, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (REPLICATED, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (SINGLE, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (CLUSTER, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (CLUSTER, {**SAFE, "discovery": {"endpoint": "cache.example.com", "nodes": "nodes.example.com"}}),
    ],
)
def test_the_same_program_as_of_the_flavour(flavour, root) -> None:
    seen, _objects = rendered(flavour, root)
    found = client(seen)
    assert snippets(resolved(found["flavour"], found["root"])) == snippets(resolved(flavour, root))


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("redis.example.com", {"primary": "redis.example.com:6379"}),
        ("Redis.Example.com.", {"primary": "redis.example.com:6379"}),
        ("*.example.com,redis.example.com", {"primary": "redis.example.com:6379"}),
        ("*.example.com", {}),
        ("_x.example.com, ,", {}),
    ],
)
def test_names_as_external_dns_takes_them(written, found) -> None:
    annotations = {"external-dns.alpha.kubernetes.io/hostname": written}
    seen, _objects = rendered({"service": {"type": "LoadBalancer", "annotations": annotations}})
    assert client(seen)["root"]["discovery"] == found


def test_the_port_that_the_cluster_has_chosen() -> None:
    seen, _objects = rendered({"service": {"type": "NodePort"}}, {"discovery": {"endpoint": "redis.example.com"}})
    for service in seen.services:
        service["spec"]["ports"][0]["nodePort"] = 30001
    assert client(seen)["root"]["discovery"] == {"primary": "redis.example.com:30001"}


def test_readers_without_a_master_have_no_name_in_a_root() -> None:
    """The master's is one that Kubernetes answers for, which no annotation tells."""
    root = {"discovery": {"primary": "door.apps.svc", "reader": "reader.example.com"}}
    assert client(rendered(REPLICATED, root)[0])["root"]["discovery"] == {}


def test_no_more_than_is_needed() -> None:
    assert client(rendered()[0]) == {
        "flavour": {"deployment": {"mode": "standalone", "config": {"replica": {"count": 0}}}},
        "root": {"clusterModeEnabled": False, "discovery": {}},
    }
