"""Caches at ElastiCache for tests: with parameters, users, and what CloudWatch has of their nodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from conftest import Account

GROUP = "shop-prod"
TOKEN = "correct-horse-battery"
SECURITY_GROUP = "sg-0a1b2c3d4e5f60001"
# as ElastiCache tells them each minute
USED: Mapping[str, float] = MappingProxyType(
    {
        "BytesUsedForCache": 3.2e9,
        "CurrItems": 1_200_000,
        "SetTypeCmds": 48_000,
        "GetTypeCmds": 240_000,
        "NetworkBytesIn": 6e7,
        "NetworkBytesOut": 6e8,
        "CurrConnections": 130,
        "EngineCPUUtilization": 21,
        "Evictions": 0,
    }
)
# what a second of each is, for those that count over the minute
FIGURES = {
    "bytes": 3.2e9,
    "items": 1_200_000,
    "writes": 800,
    "reads": 4_000,
    "network_in": 1e6,
    "network_out": 1e7,
    "connections": 130,
    "engine_cpu": 21,
    "evictions": 0,
}


def parameter_group(account: Account, name: str, family: str = "redis7", **values: str) -> str:
    """values: with ``_`` for ``-``."""
    elasticache = account.client("elasticache")
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName=name, CacheParameterGroupFamily=family, Description=name
    )
    changes = [
        {"ParameterName": parameter.replace("_", "-"), "ParameterValue": value} for parameter, value in values.items()
    ]
    elasticache.modify_cache_parameter_group(CacheParameterGroupName=name, ParameterNameValues=changes)
    return name


def replication_group(account: Account, name: str = GROUP, **more: Any) -> dict[str, Any]:
    """One shard with two replicas, unless told otherwise."""
    given = {
        "NumCacheClusters": 3,
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": True,
        "CacheNodeType": "cache.r6g.large",
        "Engine": "redis",
        "EngineVersion": "7.1",
        "SnapshotRetentionLimit": 7,
        "SnapshotWindow": "03:00-05:00",
        "PreferredMaintenanceWindow": "sun:23:00-mon:01:30",
        "SecurityGroupIds": [SECURITY_GROUP],
    }
    asked = {key: value for key, value in {**given, **more}.items() if value is not None}
    made = account.client("elasticache").create_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription=name, **asked
    )
    return dict(made["ReplicationGroup"])


def sharded(account: Account, name: str = GROUP, shards: int = 3, **more: Any) -> dict[str, Any]:
    """A replica each."""
    asked = {"NumCacheClusters": None, "NumNodeGroups": shards, "ReplicasPerNodeGroup": 1}
    return replication_group(account, name, **{**asked, **more})


def users(account: Account, group: str = "shop-users", default: str = "off ~* -@all") -> str:
    """A user group of the user default, who may do little, and of app, who reads."""
    elasticache = account.client("elasticache")
    for user, name, access in (("shop-default", "default", default), ("shop-app", "app", "on ~app:* +@read")):
        elasticache.create_user(
            UserId=user,
            UserName=name,
            Engine="redis",
            AccessString=access,
            AuthenticationMode={"Type": "password", "Passwords": [TOKEN]},
        )
    elasticache.create_user_group(UserGroupId=group, Engine="redis", UserIds=["shop-default", "shop-app"])
    return group


def used(
    account: Account,
    dimensions: Mapping[str, str],
    values: Mapping[str, float] = USED,
    hours: int = 30,
    factor: float = 1,
) -> None:
    """Puts a value of each hour into CloudWatch; the newest is whole, the others are half of it."""
    now = datetime.now(UTC)
    data = [
        {
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": each} for key, each in dimensions.items()],
            "Timestamp": now - timedelta(hours=hour),
            "Value": value * factor * (1 if hour == 1 else 0.5),
        }
        for name, value in values.items()
        for hour in range(1, hours + 1)
    ]
    cloudwatch = account.client("cloudwatch")
    for at in range(0, len(data), 500):
        cloudwatch.put_metric_data(Namespace="AWS/ElastiCache", MetricData=data[at : at + 500])


def node(name: str) -> dict[str, str]:
    """Its dimensions in CloudWatch."""
    return {"CacheClusterId": name, "CacheNodeId": "0001"}
