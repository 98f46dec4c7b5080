"""Module replication_group_info: what cannot be assessed is said in one line, with what to do."""

from __future__ import annotations

import re

import pytest
from caches import GROUP, replication_group
from conftest import Account, Run

from ansible_collections.eks.redis.plugins.modules import replication_group_info


def refused(run: Run, name: str = GROUP, **more: object) -> str:
    found = run(replication_group_info, replication_group_id=name, **more)
    assert found["failed"]
    assert "\n" not in found["msg"]
    return str(found["msg"])


def test_an_unknown_name_is_told_those_that_there_are(run: Run, account: Account) -> None:
    replication_group(account, "shop-prod")
    account.client("elasticache").create_serverless_cache(ServerlessCacheName="carts", Engine="redis")
    where = (
        f"no replication group and no serverless cache {{}} in region us-east-1 of account {account.number}; there: "
    )
    assert refused(run, "shop-prd") == where.format("shop-prd") + "carts, shop-prod; did you mean shop-prod?"
    assert refused(run, "zzz") == where.format("zzz") + "carts, shop-prod; check the region and the credentials"


def test_another_region_has_none(run: Run, account: Account) -> None:
    replication_group(account)
    assert refused(run, region="eu-west-1") == (
        f"no replication group and no serverless cache {GROUP} in region eu-west-1 of account {account.number}; "
        "there is none at all; check the region and the credentials"
    )
    assert refused(run, region="us-esat-1") == (
        "region 'us-esat-1' is no name of an AWS region; did you mean us-east-1?"
    )


@pytest.mark.parametrize(
    "name", ["", "shop_prod", "1shop", "shop--prod", "arn:aws:elasticache:us-east-1:1:replicationgroup:shop"]
)
def test_a_name_that_none_has(run: Run, account: Account, name: str) -> None:
    assert refused(run, name).startswith(f"replication_group_id '{name}': nothing at ElastiCache has such a name; give")
    assert account.calls() == []


def test_a_node_leads_to_its_group(run: Run, account: Account) -> None:
    replication_group(account)
    node = f"{GROUP}-001"
    assert refused(run, node) == f"{node} is a node of replication group {GROUP}: give replication_group_id {GROUP}"


def test_memcached_is_no_source(run: Run, account: Account) -> None:
    account.client("elasticache").create_cache_cluster(
        CacheClusterId="pages", Engine="memcached", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
    )
    assert refused(run, "pages") == (
        "cache cluster pages is Memcached: its data cannot be moved to Redis, applications fill a new cache"
    )


def test_a_single_node_needs_a_group(run: Run, account: Account) -> None:
    account.client("elasticache").create_cache_cluster(
        CacheClusterId="alone", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro"
    )
    assert refused(run, "alone").startswith("alone is a single node without a replication group; make one of it")


def test_a_group_that_goes_is_no_source(run: Run, account: Account) -> None:
    replication_group(account)
    account.client("elasticache").delete_replication_group(ReplicationGroupId=GROUP)
    assert refused(run) == f"replication group {GROUP} is deleting: there is nothing to move from"


@pytest.mark.parametrize("days", [0, 456])
def test_days_that_cloudwatch_does_not_keep(run: Run, account: Account, days: int) -> None:
    assert refused(run, days=days) == f"days {days}: it must be 1 to 455"
    assert account.calls() == []


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("elasticache", "DescribeReplicationGroups", "elasticache:DescribeReplicationGroups"),
        ("elasticache", "DescribeCacheClusters", "elasticache:DescribeCacheClusters"),
        ("elasticache", "DescribeCacheParameters", "elasticache:DescribeCacheParameters"),
        ("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData"),
    ],
)
def test_a_missing_permission_is_named(run: Run, account: Account, service: str, operation: str, action: str) -> None:
    replication_group(account)
    account.fail(service, operation, "AccessDenied", times=1)
    message = refused(run)
    assert message.startswith(f"{action} on ")
    assert re.search(rf'a policy with this statement grants it: {{"Effect": "Allow", "Action": "{action}"', message)
