"""The DNS names that clients are told: which ones a Service answers to, and which one leads somewhere else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.contract.discovery import annotated, inside

from .ruled import CLUSTER, cluster, lines, read, sentinel

REPLICATED = {"replicaCount": 2}
OPEN = {"service": {"type": "LoadBalancer"}}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("cache", ("cache", "apps")),
        ("cache.apps", ("cache", "apps")),
        ("cache.apps.svc:6379", ("cache", "apps")),
        ("cache.shop.svc.cluster.local", ("cache", "shop")),
        ("cache.shop", None),
        ("cache.example.com", None),
        ("svc.example.com:6379", None),
    ],
)
def test_whose_name_it_is(host: str, found: tuple[str, str] | None) -> None:
    assert inside(host, "apps") == found


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("external-dns.alpha.kubernetes.io/hostname", "a.example.com", ["a.example.com"]),
        ("external-dns.kubernetes.io/hostname", "b.example.com., A.Example.com", ["b.example.com", "a.example.com"]),
        ("external-dns.alpha.kubernetes.io/internal-hostname", "*.example.com", ["*.example.com"]),
        ("external-dns.kubernetes.io/internal-hostname", "a.example.com,,a.example.com.", ["a.example.com"]),
        ("external-dns.alpha.kubernetes.io/hostname", "{{.Name}}.example.com,-x,b\u00fc.example.com, ", []),
        ("external-dns.alpha.kubernetes.io/ttl", "60", []),
        ("example.com/hostname", "a.example.com", []),
    ],
)
def test_names_by_annotations(key: str, value: str, found: list[str]) -> None:
    assert annotated({key: value}) == found


# flavour, discovery, the Services that it should lead to instead
WRONG: tuple[tuple[dict[str, Any], dict[str, str], dict[str, str]], ...] = (
    ({}, {"endpoint": "cache-master.apps.svc"}, {"endpoint": "cache"}),
    ({}, {"endpoint": "cache-client"}, {"endpoint": "cache"}),
    ({}, {"endpoint": "cache.shop.svc"}, {"endpoint": "cache"}),
    (REPLICATED, {"endpoint": "cache.apps.svc.cluster.local"}, {"endpoint": "cache-master"}),
    (
        REPLICATED,
        {"primary": "cache-replica", "reader": "cache-master"},
        {"primary": "cache-master", "reader": "cache-replica"},
    ),
    (sentinel(), {"endpoint": "cache-master.apps.svc"}, {"endpoint": "cache-sentinel"}),
    (sentinel(), {"primary": "cache-sentinel.apps.svc"}, {"primary": "cache-master"}),
    (cluster(), {"endpoint": "cache.apps.svc"}, {"endpoint": "cache-leader"}),
)


@pytest.mark.parametrize(("flavour", "names", "better"), WRONG)
def test_the_wrong_service(flavour: dict[str, Any], names: dict[str, str], better: dict[str, str]) -> None:
    root = {"discovery": names, **(CLUSTER if flavour == cluster() else {})}
    assert [line for line in lines(read(flavour, root).warnings) if line.startswith("discovery")] == [
        f"discovery.{name}: {names[name]!r} is not what it should lead to, the Service {service}.apps.svc"
        for name, service in better.items()
    ]


@pytest.mark.parametrize(
    ("flavour", "name", "given", "right"),
    [
        (sentinel(), "endpoint", "sentinel.example.com:6379", 26379),
        (sentinel(), "primary", "cache-master.apps.svc:26379", 6379),
        ({}, "endpoint", "redis.example.com:6380", 6379),
    ],
)
def test_the_wrong_port(flavour: dict[str, Any], name: str, given: str, right: int) -> None:
    port = given.rpartition(":")[2]
    assert lines(read(flavour, {"discovery": {name: given}}).warnings) == [
        f"discovery.{name}: {given!r} names port {port}; what it leads to has {right}"
    ]


@pytest.mark.parametrize(
    ("flavour", "names"),
    [
        ({}, {"endpoint": "cache"}),
        ({}, {"endpoint": "cache-headless.apps.svc:6379"}),
        ({}, {"primary": "cache.apps", "reader": "cache.apps"}),
        (sentinel(), {"endpoint": "cache-sentinel.apps.svc.cluster.local:26379"}),
        (sentinel(), {"primary": "cache-master.apps.svc", "reader": "cache-replica.apps.svc"}),
        (cluster(), {"endpoint": "cache-leader.apps.svc"}),
        (cluster(), {"endpoint": "cache-follower-headless.apps.svc"}),
        ({}, {"endpoint": "redis.example.com"}),
    ],
)
def test_the_right_name(flavour: dict[str, Any], names: dict[str, str]) -> None:
    assert lines(read(flavour, {"discovery": names, **(CLUSTER if flavour == cluster() else {})}).warnings) == []


def test_our_own_service_counts_where_there_is_one() -> None:
    warnings = lines(read(OPEN, {"discovery": {"endpoint": "cache-client.apps.svc"}}).warnings)
    assert not any(line.startswith("discovery") for line in warnings)
