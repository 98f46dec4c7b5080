"""The NetworkPolicies let in what must come in, in every mode, and nothing else (operator sheet §2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .made import SHAPES, shaped_objects

REPLICATION = {
    "podSelector": {"matchLabels": {"app": "cache", "redis_setup_type": "replication", "role": "replication"}}
}
SENTINELS = {
    "podSelector": {"matchLabels": {"app": "cache-sentinel", "redis_setup_type": "sentinel", "role": "sentinel"}}
}
CLUSTER = {"podSelector": {"matchLabels": {"cluster": "cache", "redis_setup_type": "cluster"}}}
STANDALONE = {"podSelector": {"matchLabels": {"app": "cache", "redis_setup_type": "standalone", "role": "standalone"}}}
BACKUPS, KEEPERS, MIGRATIONS, RESTORES = (
    {"podSelector": {"matchLabels": {"app.kubernetes.io/instance": "cache", "app.kubernetes.io/component": component}}}
    for component in ("backup", "keeper", "migration", "restore")
)
JOB_PODS = {
    "podSelector": {
        "matchLabels": {"app.kubernetes.io/instance": "cache"},
        "matchExpressions": [
            {
                "key": "app.kubernetes.io/component",
                "operator": "In",
                "values": ["backup", "backup-exporter", "keeper", "migration", "restore", "restore-test"],
            }
        ],
    }
}
POLICED = {"networkPolicy": {"enabled": True, "allowedNamespaces": ["web"]}, "metrics": {"enabled": True}}


def namespace(name: str) -> dict[str, Any]:
    return {
        "namespaceSelector": {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": [name]}]
        }
    }


OPERATOR = {**namespace("redis-operator"), "podSelector": {"matchLabels": {"name": "redis-operator"}}}
JOBS = [(BACKUPS, 6379), (RESTORES, 6379), (MIGRATIONS, 6379)]
# mode -> policy -> whom it is for, and the pairs of who may come in and to which port
FLOWS: dict[str, dict[str, tuple[dict[str, Any], list[tuple[dict[str, Any], int]]]]] = {
    "standalone": {"cache": (STANDALONE, [(namespace("web"), 6379), *JOBS, (namespace("monitoring"), 9121)])},
    "replicated": {
        "cache": (
            REPLICATION,
            [
                (namespace("web"), 6379),
                (REPLICATION, 6379),
                (OPERATOR, 6379),
                *JOBS,
                (namespace("monitoring"), 9121),
            ],
        )
    },
    "sentinel": {
        "cache": (
            REPLICATION,
            [
                (namespace("web"), 6379),
                (REPLICATION, 6379),
                (SENTINELS, 6379),
                (OPERATOR, 6379),
                *JOBS,
                (namespace("monitoring"), 9121),
            ],
        ),
        "cache-sentinel": (
            SENTINELS,
            [
                (namespace("web"), 26379),
                (SENTINELS, 26379),
                (REPLICATION, 26379),
                (OPERATOR, 26379),
                (BACKUPS, 26379),
                (RESTORES, 26379),
                (namespace("monitoring"), 9121),
            ],
        ),
    },
    "cluster": {
        "cache": (
            CLUSTER,
            [
                (namespace("web"), 6379),
                (CLUSTER, 6379),
                (OPERATOR, 6379),
                (CLUSTER, 16379),
                *JOBS,
                (namespace("monitoring"), 9121),
            ],
        )
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_flows(shape: str) -> None:
    policies = {
        each["metadata"]["name"]: each["spec"]
        for each in shaped_objects(shape, POLICED).values()
        if each["kind"] == "NetworkPolicy"
    }
    assert {
        name: (
            {"podSelector": spec["podSelector"]},
            [(peer, port["port"]) for rule in spec["ingress"] for peer in rule["from"] for port in rule["ports"]],
        )
        for name, spec in policies.items()
    } == {
        **FLOWS[shape],
        # a loader is reached by who loads from it
        "cache-job-pods": (
            JOB_PODS,
            [
                (FLOWS[shape]["cache"][0], 6379),
                (RESTORES, 6379),
                (namespace("monitoring"), 9122),
            ],
        ),
    }
    assert all(spec["policyTypes"] == ["Ingress"] for spec in policies.values())


def ports(spec: dict[str, Any], peer: dict[str, Any]) -> list[int]:
    """To which the peer may come in."""
    return [port["port"] for rule in spec["ingress"] if peer in rule["from"] for port in rule["ports"]]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_keeper_reaches_redis_and_the_sentinels(shape: str) -> None:
    for kept, reached in ((False, []), (True, [6379])):
        found = shaped_objects(shape, {**POLICED, "keeper": {"enabled": kept}})
        assert ports(found["NetworkPolicy cache"]["spec"], KEEPERS) == reached
        if shape == "sentinel":
            assert len(ports(found["NetworkPolicy cache-sentinel"]["spec"], KEEPERS)) == len(reached)


NETWORK = {"ipBlock": {"cidr": "10.0.0.0/16"}}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("namespaces", [[], ["web"]])
def test_networks_reach_what_clients_reach(shape: str, namespaces: list[str]) -> None:
    policed = {"enabled": True, "allowedNamespaces": namespaces, "allowedCidrs": ["10.0.0.0/16"]}
    found = shaped_objects(shape, {"networkPolicy": policed, "metrics": {"enabled": True}})
    assert ports(found["NetworkPolicy cache"]["spec"], NETWORK) == [6379]
    assert bool(ports(found["NetworkPolicy cache"]["spec"], namespace("web"))) == bool(namespaces)
    assert ports(found["NetworkPolicy cache-job-pods"]["spec"], NETWORK) == []
    if shape == "sentinel":
        assert ports(found["NetworkPolicy cache-sentinel"]["spec"], NETWORK) == [26379]


@pytest.mark.parametrize("shape", SHAPES)
def test_without_it_there_is_none(shape: str) -> None:
    assert not [name for name in shaped_objects(shape) if name.startswith("NetworkPolicy")]
