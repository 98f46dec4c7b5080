"""Module replication_group_info: every fact is read from where AWS tells it."""

from __future__ import annotations

from typing import Any

import pytest
from caches import (
    FIGURES,
    GROUP,
    SECURITY_GROUP,
    TOKEN,
    USED,
    node,
    parameter_group,
    replication_group,
    sharded,
    used,
    users,
)
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.filter.from_elasticache import from_elasticache
from ansible_collections.eks.redis.plugins.module_utils.contract.resolve import resolve
from ansible_collections.eks.redis.plugins.modules import replication_group_info

SMALL = {"BytesUsedForCache": 1e9, "CurrItems": 1000}


def assess(run: Run, name: str = GROUP, **more: Any) -> dict[str, Any]:
    found = run(replication_group_info, replication_group_id=name, **{"days": 2, **more})
    assert "msg" not in found, found
    assert found["changed"] is False
    return found


def test_every_fact_of_a_group(run: Run, account: Account) -> None:
    parameter_group(account, "shop", maxmemory_policy="allkeys-lru", timeout="0", reserved_memory_percent="10")
    logs = {
        "LogType": "slow-log",
        "DestinationType": "cloudwatch-logs",
        "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": "/redis/shop"}},
        "LogFormat": "json",
    }
    made = replication_group(
        account,
        CacheParameterGroupName="shop",
        TransitEncryptionEnabled=True,
        TransitEncryptionMode="preferred",
        AuthToken=TOKEN,
        AtRestEncryptionEnabled=True,
        KmsKeyId="arn:aws:kms:us-east-1:123456789012:key/1",
        Port=7000,
        LogDeliveryConfigurations=[logs],
    )
    found = assess(run)["group"]
    described = account.client("elasticache").describe_replication_groups(ReplicationGroupId=GROUP)
    primary = described["ReplicationGroups"][0]["NodeGroups"][0]["PrimaryEndpoint"]
    assert found["parameters"].pop("values")["timeout"] == "0"
    assert found.pop("usage") == {"days": 2, "hours": 0, "shards": {"0001": dict.fromkeys([*FIGURES, "json"], _NONE)}}
    assert found == {
        "id": GROUP,
        "arn": made["ARN"],
        "region": account.region,
        "status": "available",
        "serverless": False,
        "engine": "redis",
        "version": "7.1.0",
        "node_type": "cache.r6g.large",
        "cluster_mode": "disabled",
        "shards": [{"id": "0001", "slots": None, "replicas": 2, "zones": ["us-east-1a", "us-east-1b"]}],
        "automatic_failover": True,
        "multi_az": True,
        "port": 7000,
        "endpoint": f"{primary['Address']}:7000",
        # the stand-in has none without a data plane
        "nodes": [],
        "tls": "preferred",
        "auth_token": True,
        "user_groups": [],
        "users": [],
        "at_rest": True,
        "kms_key": "arn:aws:kms:us-east-1:123456789012:key/1",
        # timeout was given its default, so that it does not differ
        "parameters": {
            "group": "shop",
            "family": "redis7",
            "changed": [
                {
                    "name": "maxmemory-policy",
                    "value": "allkeys-lru",
                    "default": "volatile-lru",
                    "type": "string",
                    "takes_effect": "immediate",
                },
                {
                    "name": "reserved-memory-percent",
                    "value": "10",
                    "default": "25",
                    "type": "integer",
                    "takes_effect": "immediate",
                },
            ],
        },
        "memory": {"node_bytes": 14037181030, "usable_bytes": 14037181030 - 1403718103},
        "snapshots": {"retention_days": 7, "window": "03:00-05:00"},
        "maintenance_window": "sun:23:00-mon:01:30",
        "data_tiering": False,
        "durability": None,
        "global_datastore": None,
        "log_delivery": [{"type": "slow-log", "destination": "cloudwatch-logs", "target": "/redis/shop"}],
        "security_groups": [SECURITY_GROUP],
    }


_NONE = {"maximum": None, "average": None}


def test_size_and_traffic_are_those_of_the_busiest_node(run: Run, account: Account) -> None:
    replication_group(account)
    for number, factor in (("001", 0.5), ("002", 1), ("003", 0.1)):
        used(account, node(f"{GROUP}-{number}"), factor=factor)
    found = assess(run)["group"]["usage"]
    assert (found["days"], found["hours"]) == (2, 30)
    told = found["shards"]["0001"]
    assert {name: told[name]["maximum"] for name in FIGURES} == pytest.approx(FIGURES)
    # one hour of 30 is whole, the others are half
    assert told["writes"]["average"] == pytest.approx(800 * 31 / 60)
    assert told["json"] == _NONE


def test_each_shard_has_its_own(run: Run, account: Account) -> None:
    sharded(account, EngineVersion="7.0")
    for shard in (1, 2):
        used(account, node(f"{GROUP}-000{shard}-001"), SMALL, factor=shard)
    found = assess(run)
    shards = found["group"]["shards"]
    assert [each["slots"] for each in shards] == ["0-5460", "5461-10921", "10922-16383"]
    told = found["group"]["usage"]["shards"]
    assert [told[each["id"]]["bytes"]["maximum"] for each in shards] == [1e9, 2e9, None]
    assert (found["group"]["cluster_mode"], found["group"]["version"]) == ("enabled", "7.0.7")
    assert found["group"]["parameters"]["group"] == "default.redis7.cluster.on"
    assert found["group"]["parameters"]["changed"] == []
    flavour = from_elasticache(found)["flavour"]
    assert flavour["deployment"]["config"] == {"numShards": 3, "replicasPerShard": 1}


def test_many_nodes_take_several_calls(run: Run, account: Account) -> None:
    sharded(account, shards=13)
    used(account, node(f"{GROUP}-0013-002"), SMALL, hours=1)
    found = assess(run, days=1)["group"]["usage"]["shards"]
    assert found["0013"]["bytes"]["maximum"] == 1e9
    calls = [call["operation"] for call in account.calls() if call["service"] == "cloudwatch"]
    assert calls.count("GetMetricData") == 2  # 26 nodes with 20 queries each, 500 in a call


def test_data_on_disks_is_added_to_that_in_memory(run: Run, account: Account) -> None:
    replication_group(account, CacheNodeType="cache.r6gd.xlarge", DataTieringEnabled=True, NumCacheClusters=1)
    for tier, factor in (("Memory", 1), ("SSD", 4)):
        used(account, {**node(f"{GROUP}-001"), "Tier": tier}, SMALL, factor=factor)
    used(account, node(f"{GROUP}-001"), {"SetTypeCmds": 600})
    found = assess(run)
    told = found["group"]["usage"]["shards"]["0001"]
    assert (told["bytes"]["maximum"], told["items"]["maximum"], told["writes"]["maximum"]) == (5e9, 5000, 10)
    assert found["group"]["data_tiering"] is True
    assert found["ways"]["snapshot"]["blocked"] == ["AWS does not export snapshots of groups with data tiering"]


def test_users_of_a_user_group(run: Run, account: Account) -> None:
    replication_group(account, TransitEncryptionEnabled=True, UserGroupIds=[users(account)])
    found = assess(run)
    assert found["group"]["user_groups"] == ["shop-users"]
    assert found["group"]["users"] == [
        {"id": "shop-default", "name": "default", "access": "off ~* -@all", "authentication": "password"},
        {"id": "shop-app", "name": "app", "access": "on ~app:* +@read", "authentication": "password"},
    ]
    assert any("nobody gets in as: app" in line for line in found["breaks"])


@pytest.mark.parametrize("dimension", ["clusterId", "ServerlessCacheName"])
def test_a_serverless_cache_by_whatever_dimension_it_has(run: Run, account: Account, dimension: str) -> None:
    limits = {"DataStorage": {"Maximum": 100, "Unit": "GB"}}
    account.client("elasticache").create_serverless_cache(
        ServerlessCacheName="Carts",
        Engine="valkey",
        CacheUsageLimits=limits,
        SnapshotRetentionLimit=3,
        DailySnapshotTime="09:00",
        UserGroupId=users(account),
    )
    used(account, {dimension: "carts"}, {**SMALL, "BytesUsedForCache": 40e9})
    used(account, {dimension: "other"}, {**SMALL, "BytesUsedForCache": 90e9})
    found = assess(run, "Carts")
    group = found["group"]
    assert (group["id"], group["engine"], group["version"]) == ("carts", "valkey", "8.0.1")
    assert (group["tls"], group["at_rest"], group["parameters"]) == ("required", True, None)
    assert group["memory"] == {"node_bytes": None, "usable_bytes": 100 * 2**30}
    assert group["snapshots"] == {"retention_days": 3, "window": "09:00"}
    assert group["usage"]["shards"]["all"]["bytes"]["maximum"] == 40e9
    assert found["recommended"] == "snapshot"
    assert any("has no parameter group" in line for line in found["ways"]["live"]["blocked"])


@pytest.mark.parametrize("kind", ["one", "sharded", "serverless"])
def test_what_is_found_becomes_a_flavour_that_passes(run: Run, account: Account, kind: str) -> None:
    if kind == "serverless":
        account.client("elasticache").create_serverless_cache(ServerlessCacheName=GROUP, Engine="redis")
    else:
        (sharded if kind == "sharded" else replication_group)(account)
    derived = from_elasticache(assess(run), bucket="backups", secret="redis-token")
    assert resolve(derived["flavour"], derived["root"], name="shop", namespace="shop").errors == ()


def test_nothing_is_changed(run: Run, account: Account) -> None:
    replication_group(account, UserGroupIds=[users(account)])
    used(account, node(f"{GROUP}-001"), USED, hours=1)
    before = account.writes()
    assert assess(run) == assess(run, check=True)
    assert account.writes() == before
