"""Shapes that the stand-in does not have: older groups, other ways to reserve memory, what is only sometimes told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache import transformations
from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.api import ParameterGroup
from ansible_collections.eks.redis.plugins.module_utils.exit import facts

MAXMEMORY = {
    "ParameterName": "maxmemory",
    "CacheNodeTypeSpecificValues": [{"CacheNodeType": "cache.r5.large", "Value": "1000"}],
}
GROUP = {
    "ReplicationGroupId": "shop",
    "ARN": "arn:aws:elasticache:us-east-1:123456789012:replicationgroup:shop",
    "Status": "available",
    "CacheNodeType": "cache.r5.large",
    "NodeGroups": [
        {"NodeGroupId": "0001", "NodeGroupMembers": [{"CacheClusterId": "shop-001", "CacheNodeId": "0001"}]}
    ],
}
NODE = {"Engine": "redis", "EngineVersion": "5.0.6"}


def values(**given: str) -> ParameterGroup:
    """With ``_`` for ``-``."""
    listed = [{"ParameterName": name.replace("_", "-"), "ParameterValue": value} for name, value in given.items()]
    return ParameterGroup("default.redis5.0", "redis5.0", listed, listed, [MAXMEMORY])


DEFAULT = values(reserved_memory_percent="25")


def told(parameters: ParameterGroup = DEFAULT, **more: Any) -> dict[str, Any]:
    return transformations.of_group({**GROUP, **more}, [NODE], parameters, [])


def test_the_least_that_aws_tells_is_enough() -> None:
    found = facts.group({**told(), "region": "us-east-1", "usage": {"days": 1, "hours": 0, "shards": {}}})
    assert (found.engine, found.cluster_mode, found.tls, found.port, found.replicas) == (
        "redis",
        "disabled",
        None,
        6379,
        0,
    )
    assert (found.snapshots.retention_days, found.snapshots.window, found.maintenance_window) == (0, "", "")


@pytest.mark.parametrize(
    ("more", "member", "expected"),
    [
        ({"ClusterEnabled": True}, "cluster_mode", "enabled"),
        ({"ClusterEnabled": True, "ClusterMode": "compatible"}, "cluster_mode", "compatible"),
        ({"TransitEncryptionEnabled": True}, "tls", "required"),
        ({"TransitEncryptionEnabled": False, "TransitEncryptionMode": "preferred"}, "tls", None),
        ({"AutomaticFailover": "enabling"}, "automatic_failover", True),
        ({"AutomaticFailover": "disabling"}, "automatic_failover", False),
        ({"ConfigurationEndpoint": {"Address": "x", "Port": 7000}}, "port", 7000),
        ({"EffectiveDurability": "sync"}, "durability", "sync"),
        ({"GlobalReplicationGroupInfo": {}}, "global_datastore", None),
        (
            {
                "GlobalReplicationGroupInfo": {
                    "GlobalReplicationGroupId": "w",
                    "GlobalReplicationGroupMemberRole": "SECONDARY",
                }
            },
            "global_datastore",
            {"id": "w", "role": "SECONDARY"},
        ),
        (
            {
                "LogDeliveryConfigurations": [
                    {
                        "LogType": "engine-log",
                        "DestinationType": "kinesis-firehose",
                        "DestinationDetails": {"KinesisFirehoseDetails": {"DeliveryStream": "redis"}},
                    }
                ]
            },
            "log_delivery",
            [{"type": "engine-log", "destination": "kinesis-firehose", "target": "redis"}],
        ),
    ],
)
def test_members(more: dict[str, Any], member: str, expected: Any) -> None:
    assert told(**more)[member] == expected


@pytest.mark.parametrize(
    ("given", "node_type", "memory"),
    [
        ({"reserved_memory_percent": "25"}, "cache.r5.large", (1000, 750)),
        ({"reserved_memory": "100"}, "cache.r5.large", (1000, 900)),
        ({"reserved_memory_percent": "50", "reserved_memory": "0"}, "cache.r5.large", (1000, 500)),
        ({"reserved_memory": "5000"}, "cache.r5.large", (1000, 0)),
        ({}, "cache.r5.large", (1000, 1000)),
        ({}, "cache.r99.large", (None, None)),
    ],
)
def test_memory(given: dict[str, str], node_type: str, memory: tuple[int | None, int | None]) -> None:
    found = told(values(**given), CacheNodeType=node_type)["memory"]
    assert (found["node_bytes"], found["usable_bytes"]) == memory


def test_what_has_its_default_again_did_not_change() -> None:
    own = [{"ParameterName": "timeout", "ParameterValue": value, "Source": "user"} for value in ("0", "300")]
    defaults = [{"ParameterName": "timeout", "ParameterValue": "0"}]
    for parameter, changed in zip(own, (0, 1), strict=True):
        found = told(ParameterGroup("own", "redis5.0", [parameter], defaults, []))["parameters"]["changed"]
        assert len(found) == changed
    assert found[0]["default"] == "0"


def test_a_serverless_cache_without_limits() -> None:
    cache = {
        "ServerlessCacheName": "carts",
        "ARN": "arn:x",
        "Status": "available",
        "Engine": "redis",
        "MajorEngineVersion": "7",
    }
    found = transformations.of_cache(cache, [])
    assert (found["version"], found["memory"]["usable_bytes"], found["port"]) == ("7", None, 6379)
    told = {**found, "region": "us-east-1", "usage": {"days": 1, "hours": 0, "shards": {}}}
    assert facts.group(told).sharded


def test_endpoints_are_those_of_clients_and_of_every_node() -> None:
    nodes = [{**NODE, "CacheNodes": [{"Endpoint": {"Address": f"shop-00{n}.x", "Port": 7000}}]} for n in (1, 2)]
    by_primary = {
        **GROUP,
        "NodeGroups": [{**GROUP["NodeGroups"][0], "PrimaryEndpoint": {"Address": "shop.x", "Port": 7000}}],
    }
    found = transformations.of_group(by_primary, nodes, DEFAULT, [])
    assert (found["endpoint"], found["nodes"]) == ("shop.x:7000", ["shop-001.x:7000", "shop-002.x:7000"])
    by_configuration = {**by_primary, "ConfigurationEndpoint": {"Address": "clustercfg.shop.x", "Port": 7000}}
    assert transformations.of_group(by_configuration, nodes, DEFAULT, [])["endpoint"] == "clustercfg.shop.x:7000"
    assert (told()["endpoint"], told()["nodes"]) == ("", [])
