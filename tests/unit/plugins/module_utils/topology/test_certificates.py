"""The names that a certificate holds in each mode, and the request to cert-manager."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.topology.certificates import called, is_own, subjects
from ansible_collections.eks.redis.plugins.module_utils.topology.layout import layout

from .made import PASSWORD, SHAPES, TLS, instance, merged, shaped, shaped_objects
from .traps import every_shape

ISSUED = merged(TLS, {"transitEncryption": {"issuer": {"name": "ours", "kind": "ClusterIssuer"}}})
NODES = {"discovery": {"nodes": "nodes.example.com"}}
SERVICES = {
    "standalone": ["cache"],
    "replicated": ["cache-master", "cache-replica"],
    "sentinel": ["cache-master", "cache-replica", "cache-sentinel"],
    "cluster": ["cache-follower", "cache-leader"],
}
HEADLESS = {
    "standalone": ["cache-headless"],
    "replicated": ["cache-headless"],
    "sentinel": ["cache-headless", "cache-sentinel-headless"],
    "cluster": ["cache-follower-headless", "cache-leader-headless"],
}
LOCAL = ["localhost", "127.0.0.1"]


def held(shape: str, flavour: dict[str, Any] | None = None, root: dict[str, Any] | None = None) -> tuple[str, ...]:
    made = shaped(shape, flavour or {}, merged(TLS, root or {}))
    return subjects(made, layout(made))


def spelled(service: str) -> list[str]:
    """All names that a Service has in Kubernetes."""
    return [service, *(f"{service}.apps{more}" for more in ("", ".svc", ".svc.cluster.local"))]


@every_shape
def test_all_names_in_kubernetes(shape: str) -> None:
    services = [name for service in SERVICES[shape] for name in spelled(service)]
    pods = [f"*.{service}.apps.svc{more}" for service in HEADLESS[shape] for more in ("", ".cluster.local")]
    assert held(shape) == tuple(sorted([*services, *pods, *LOCAL]))


@every_shape
def test_every_host_that_is_told_is_held(shape: str) -> None:
    flavour = {"service": {"type": "LoadBalancer", "reader": True}}
    root = merged({"discovery": {"primary": "w.example.com:6379", "reader": "r.example.com"}}, PASSWORD)
    names = held(shape, flavour, root)
    for endpoint in layout(shaped(shape, flavour, merged(TLS, root))).endpoints:
        assert endpoint.host in names
    assert {"w.example.com", "r.example.com", "cache-client.apps.svc"} <= set(names)
    assert ("cache-reader" in names) == (shape in ("replicated", "sentinel"))


@every_shape
@pytest.mark.parametrize(
    ("flavour", "discovery", "told"),
    [
        # whatever Service it leads to
        ({}, {"endpoint": "door.shop.svc"}, {"door.shop.svc"}),
        ({}, {"endpoint": "door:6379"}, {"door"}),
        ({}, {"primary": "door.apps", "reader": "door.apps.svc"}, {"door.apps", "door.apps.svc"}),
        ({"service": {"type": "NodePort"}}, {"primary": "w.example.com"}, {"w.example.com"}),
        (
            {
                "service": {
                    "annotations": {"external-dns.alpha.kubernetes.io/hostname": "A.example.com.,*.b.example.com"}
                }
            },
            {},
            {"a.example.com", "*.b.example.com"},
        ),
        ({"service": {"annotations": {"example.com/hostname": "a.example.com"}}}, {}, set()),
    ],
)
def test_hosts_that_clients_are_told_are_held_as_they_are(
    shape: str, flavour: dict[str, Any], discovery: dict[str, str], told: set[str]
) -> None:
    names = held(shape, flavour, {"discovery": discovery})
    # of the rest only the Services of ours that come with it are new
    assert set(names) - set(held(shape)) - {name for name in names if name.startswith("cache-")} == told


@every_shape
@pytest.mark.parametrize("root", [{}, NODES, {"discovery": {"endpoint": "door"}}])
def test_what_clients_call_is_held(shape: str, root: dict[str, Any]) -> None:
    made = shaped(shape, {}, merged(TLS, root))
    names = held(shape, {}, root)
    for name in called(made, layout(made)):
        assert name in names or f"*.{name.partition('.')[2]}" in names


def test_what_nodes_send_clients_on_to() -> None:
    made = shaped("cluster", {"deployment": {"config": {"numShards": 3, "replicasPerShard": 1}}}, TLS)
    leaders, followers = (f"cache-{role}-headless.apps.svc.cluster.local" for role in ("leader", "follower"))
    assert called(made, layout(made)) == {
        "cache-leader.apps.svc": "cache-leader.apps.svc",
        **{f"cache-leader-{number}.{leaders}": f"*.{leaders}" for number in range(3)},
        **{f"cache-follower-{number}.{followers}": f"*.{followers}" for number in range(3)},
    }


def test_without_replicas_a_clusters_followers_have_no_service() -> None:
    names = held("cluster", {"deployment": {"config": {"replicasPerShard": 0}}})
    assert "cache-follower" not in names
    assert "*.cache-follower-headless.apps.svc" in names


@every_shape
def test_names_of_nodes(shape: str) -> None:
    assert ("*.nodes.example.com" in held(shape, {}, NODES)) == (shape == "cluster")


def test_names_of_ones_own_are_held_once() -> None:
    given = {"transitEncryption": {"names": ["*.shop.example.com", "10.1.2.3", "localhost", "cache"]}}
    assert set(held("standalone", {}, given)) == {*held("standalone"), "*.shop.example.com", "10.1.2.3"}
    assert len(set(held("standalone", {}, given))) == len(held("standalone", {}, given))


def test_only_a_cluster_that_grows_keeps_its_certificate() -> None:
    """Names of pods are held by patterns: a pod that comes later needs no new one."""
    assert held("cluster", {"deployment": {"config": {"numShards": 9}}}) == held("cluster")
    assert held("replicated", {"replicaCount": 5}) == held("replicated")


@pytest.mark.parametrize(
    ("given", "own"),
    [
        ({"enabled": True}, True),
        ({"enabled": False}, False),
        ({"enabled": True, "existingSecret": "mine"}, False),
        ({"enabled": True, "issuer": {"name": "ours"}}, False),
    ],
)
def test_whose_it_is(given: dict[str, Any], own: bool) -> None:
    assert is_own(instance({}, {"transitEncryption": given})) is own


@every_shape
def test_the_request(shape: str) -> None:
    given = {"transitEncryption": {"names": ["10.1.2.3"], "days": 90}}
    certificate = shaped_objects(shape, {}, merged(ISSUED, given))["Certificate cache-tls"]
    spec = certificate["spec"]
    assert certificate["apiVersion"] == "cert-manager.io/v1"
    assert certificate["metadata"]["namespace"] == "apps"
    assert spec["secretName"] == "cache-tls"
    assert (spec["duration"], spec["renewBefore"]) == ("2160h0m0s", "720h0m0s")
    assert spec["ipAddresses"] == ["10.1.2.3", "127.0.0.1"]
    assert sorted([*spec["dnsNames"], *spec["ipAddresses"]]) == list(held(shape, {}, given))
    assert spec["issuerRef"] == {"name": "ours", "kind": "ClusterIssuer", "group": "cert-manager.io"}
    assert spec["usages"] == ["digital signature", "server auth", "client auth"]


@every_shape
@pytest.mark.parametrize("given", [{"enabled": True}, {"enabled": True, "existingSecret": "mine"}, {"enabled": False}])
def test_without_an_issuer_nothing_is_requested(shape: str, given: dict[str, Any]) -> None:
    found = shaped_objects(shape, {}, {"transitEncryption": given})
    assert not [name for name in found if name.startswith(("Certificate ", "Secret "))]


def test_an_issuer_is_not_asked_while_it_is_switched_off() -> None:
    off = merged(ISSUED, {"transitEncryption": {"enabled": False}})
    assert "Certificate cache-tls" not in shaped_objects("standalone", {}, off)


def test_shapes_are_all_here() -> None:
    assert list(SERVICES) == list(HEADLESS) == list(SHAPES)
