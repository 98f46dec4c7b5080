from __future__ import annotations

import pytest

from ansible_collections.eks.redis.plugins.module_utils.engine.client_values import client
from ansible_collections.eks.redis.plugins.module_utils.topology.snippets.programs import snippets

from .guarded import PASSWORD, rendered, resolved
from .views import CLUSTER, REPLICATED, SENTINEL, SINGLE

SAFE = {
    "authentication": {"enabled": True, "generate": True},
    "transitEncryption": {"enabled": True},
}


@pytest.mark.parametrize(
    ("flavour", "root"),
    [
        *((flavour, root) for flavour in (SINGLE, REPLICATED, SENTINEL, CLUSTER) for root in ({}, PASSWORD, SAFE)),
        ({**SENTINEL, "acl": {"enabled": True}}, SAFE),
        ({"service": {"type": "LoadBalancer"}}, {**PASSWORD, "discovery": {"endpoint": "redis.example.com"}}),
        (SENTINEL, {"discovery": {"endpoint": "sentinel.example.com"}}),
        (SENTINEL, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (REPLICATED, {"discovery": {"primary": "primary.example.com", "reader": "reader.example.com"}}),
        (CLUSTER, {**SAFE, "discovery": {"endpoint": "cache.example.com", "nodes": "nodes.example.com"}}),
    ],
)
def test_the_same_program_as_of_the_flavour(flavour, root) -> None:
    seen, _objects = rendered(flavour, root)
    found = client(seen)
    assert snippets(resolved(found["flavour"], found["root"])) == snippets(resolved(flavour, root))


def test_no_more_than_is_needed() -> None:
    assert client(rendered()[0]) == {
        "flavour": {"deployment": {"mode": "standalone", "config": {"replica": {"count": 0}}}},
        "root": {"clusterModeEnabled": False, "discovery": {}},
    }
