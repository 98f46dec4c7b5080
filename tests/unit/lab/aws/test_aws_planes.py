"""Replication groups with nodes: what ElastiCache tells of them."""

from __future__ import annotations

import urllib.error

import pytest

from lab.elasticache import DataPlane

GROUP = {"ReplicationGroupId": "shop-prod", "ReplicationGroupDescription": "shop", "Engine": "redis"}


@pytest.fixture
def elasticache(account):
    return account.client("elasticache")


def described(elasticache):
    return elasticache.describe_replication_groups(ReplicationGroupId="shop-prod")["ReplicationGroups"][0]


def hosts(elasticache):
    clusters = elasticache.describe_cache_clusters(ShowCacheNodeInfo=True)["CacheClusters"]
    return {each["CacheClusterId"]: each["CacheNodes"][0]["Endpoint"] for each in clusters}


def test_endpoints_and_roles_are_those_of_the_nodes_as_they_are(account, elasticache, tmp_path):
    elasticache.create_replication_group(**GROUP, NumCacheClusters=3)
    with DataPlane(tmp_path, replicas=2) as running:
        account.plane("shop-prod", tmp_path)
        for become in (running.primary, running.failover):
            primary = become(0)
            shard = described(elasticache)["NodeGroups"][0]
            assert shard["PrimaryEndpoint"] == {"Address": primary.host, "Port": 6379}
            assert shard["ReaderEndpoint"]["Address"] in {node.host for node in running.nodes} - {primary.host}
            for node, member in zip(running.nodes, shard["NodeGroupMembers"], strict=True):
                assert member["ReadEndpoint"] == {"Address": node.host, "Port": 6379}
                assert member["CurrentRole"] == ("primary" if node == primary else "replica")
        assert hosts(elasticache) == {node.name: {"Address": node.host, "Port": 6379} for node in running.nodes}
        running.kill(primary)
        running.failover(0)
        assert described(elasticache)["NodeGroups"][0]["PrimaryEndpoint"]["Address"] != primary.host


def test_with_cluster_mode_there_is_one_endpoint(account, elasticache, tmp_path):
    elasticache.create_replication_group(**GROUP, NumNodeGroups=2, ReplicasPerNodeGroup=1)
    with DataPlane(tmp_path, shards=2, replicas=1) as running:
        account.plane("shop-prod", tmp_path)
        found = described(elasticache)
        assert found["ConfigurationEndpoint"] == {"Address": running.nodes[0].host, "Port": 6379}
        assert not any("PrimaryEndpoint" in shard for shard in found["NodeGroups"])
        assert [each["Address"] for each in hosts(elasticache).values()] == [node.host for node in running.nodes]


def test_a_group_whose_nodes_are_gone_is_gone(account, elasticache, tmp_path, refused):
    elasticache.create_replication_group(**GROUP)
    with DataPlane(tmp_path):
        account.plane("shop-prod", tmp_path)
    account.no_plane("shop-prod")
    code, _message = refused(elasticache.describe_replication_groups, ReplicationGroupId="shop-prod")
    assert code == "ReplicationGroupNotFoundFault"


@pytest.mark.parametrize("nodes", [None, 3])
def test_nodes_of_another_shape_are_refused(account, elasticache, tmp_path, nodes):
    if nodes:
        elasticache.create_replication_group(**GROUP, NumCacheClusters=nodes)
    with DataPlane(tmp_path), pytest.raises(urllib.error.HTTPError, match="400"):
        account.plane("shop-prod", tmp_path)
