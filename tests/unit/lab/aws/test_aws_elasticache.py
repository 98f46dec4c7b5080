"""ElastiCache as the stand-in has it: what is supplied to moto, and what is mended of moto's."""

from __future__ import annotations

import pytest
from botocore.loaders import create_loader

from lab.aws.supply.elasticache_catalogue import MAXMEMORY, PARAMETERS

GROUP = {"ReplicationGroupId": "shop", "ReplicationGroupDescription": "shop", "Engine": "redis"}
OWN = {"CacheParameterGroupName": "own"}


@pytest.fixture
def elasticache(account):
    return account.client("elasticache")


@pytest.fixture(scope="module")
def real_parameter():
    """A parameter as botocore shows it, of a real answer."""
    examples = create_loader().load_service_model("elasticache", "examples-1")["examples"]
    return examples["DescribeCacheParameters"][0]["output"]["Parameters"][0]


def group(elasticache, **more):
    return elasticache.create_replication_group(**GROUP, **more)["ReplicationGroup"]


@pytest.mark.parametrize(
    ("given", "nodes", "mode"),
    [
        ({}, [1], "disabled"),
        ({"NumCacheClusters": 3}, [3], "disabled"),
        ({"NumNodeGroups": 3, "ReplicasPerNodeGroup": 2}, [3, 3, 3], "enabled"),
        ({"NumNodeGroups": 1, "CacheParameterGroupName": "default.redis7.cluster.on"}, [1], "enabled"),
        ({"NumNodeGroups": 1, "ClusterMode": "compatible"}, [1], "compatible"),
    ],
)
def test_a_group_has_the_nodes_that_were_asked_for(elasticache, given, nodes, mode):
    made = group(elasticache, **given)
    assert [len(shard["NodeGroupMembers"]) for shard in made["NodeGroups"]] == nodes
    assert len(made["MemberClusters"]) == sum(nodes)
    assert made["ClusterMode"] == mode
    assert {node["CacheNodeId"] for shard in made["NodeGroups"] for node in shard["NodeGroupMembers"]} == {"0001"}


@pytest.mark.parametrize("shards", [2, 3, 7])
def test_slots_cover_all(elasticache, shards):
    ranges = [shard["Slots"].split("-") for shard in group(elasticache, NumNodeGroups=shards)["NodeGroups"]]
    assert ranges[0][0] == "0" and ranges[-1][1] == "16383"
    assert all(int(first[1]) + 1 == int(second[0]) for first, second in zip(ranges, ranges[1:], strict=False))


def test_slots_that_were_asked_for(elasticache):
    asked = [{"NodeGroupId": "0001", "Slots": "0-99"}, {"NodeGroupId": "0002", "Slots": "100-16383"}]
    made = group(elasticache, NumNodeGroups=2, NodeGroupConfiguration=asked)
    assert [shard["Slots"] for shard in made["NodeGroups"]] == ["0-99", "100-16383"]


def test_a_node_knows_what_its_group_does_not_tell(elasticache, refused):
    group(elasticache, NumCacheClusters=2, EngineVersion="7.0", SecurityGroupIds=["sg-1"])
    (node,) = elasticache.describe_cache_clusters(CacheClusterId="shop-002", ShowCacheNodeInfo=True)["CacheClusters"]
    assert (node["ReplicationGroupId"], node["EngineVersion"]) == ("shop", "7.0.7")
    assert node["CacheParameterGroup"]["CacheParameterGroupName"] == "default.redis7"
    assert node["CacheNodes"][0]["CustomerAvailabilityZone"] == "us-east-1b"
    every = elasticache.describe_cache_clusters()["CacheClusters"]
    assert [each["CacheClusterId"] for each in every] == ["shop-001", "shop-002"]
    assert all("CacheNodes" not in each for each in every)
    assert elasticache.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)["CacheClusters"] == []
    assert refused(elasticache.describe_cache_clusters, CacheClusterId="none")[0] == "CacheClusterNotFound"


def test_parameters_of_a_group_of_ones_own(elasticache, refused, real_parameter):
    made = elasticache.create_cache_parameter_group(**OWN, CacheParameterGroupFamily="redis7", Description="own")
    assert made["CacheParameterGroup"]["CacheParameterGroupFamily"] == "redis7"
    asked = [{"ParameterName": "timeout", "ParameterValue": "300"}]
    elasticache.modify_cache_parameter_group(**OWN, ParameterNameValues=asked)
    (changed,) = elasticache.describe_cache_parameters(**OWN, Source="user")["Parameters"]
    assert (changed["ParameterName"], changed["ParameterValue"], changed["ChangeType"]) == (
        "timeout",
        "300",
        "immediate",
    )
    assert set(changed) == set(real_parameter)
    every = elasticache.describe_cache_parameters(**OWN)
    assert len(every["Parameters"]) == len(PARAMETERS)
    (specific,) = every["CacheNodeTypeSpecificParameters"]
    assert {each["CacheNodeType"]: int(each["Value"]) for each in specific["CacheNodeTypeSpecificValues"]} == MAXMEMORY
    (code, _message) = refused(
        elasticache.create_cache_parameter_group, **OWN, CacheParameterGroupFamily="redis7", Description="again"
    )
    assert code == "CacheParameterGroupAlreadyExists"


@pytest.mark.parametrize(
    ("name", "parameter", "code"),
    [
        ("none", "timeout", "CacheParameterGroupNotFound"),
        ("default.redis7", "timeout", "InvalidParameterValue"),
        ("own", "maxclients", "InvalidParameterValue"),
        ("own", "colour", "InvalidParameterValue"),
    ],
)
def test_what_cannot_be_changed(elasticache, refused, name, parameter, code):
    elasticache.create_cache_parameter_group(**OWN, CacheParameterGroupFamily="valkey8", Description="own")
    asked = [{"ParameterName": parameter, "ParameterValue": "1"}]
    call = elasticache.modify_cache_parameter_group
    assert refused(call, CacheParameterGroupName=name, ParameterNameValues=asked)[0] == code


def test_default_groups_are_there(elasticache, refused):
    found = elasticache.describe_cache_parameter_groups()["CacheParameterGroups"]
    assert {"default.redis7", "default.redis7.cluster.on"} <= {each["CacheParameterGroupName"] for each in found}
    of_cluster = elasticache.describe_cache_parameters(CacheParameterGroupName="default.redis7.cluster.on")
    values = {each["ParameterName"]: each["ParameterValue"] for each in of_cluster["Parameters"]}
    assert values["cluster-enabled"] == "yes"
    asked = {"CacheParameterGroupFamily": "redis1", "CacheParameterGroupName": "x", "Description": "x"}
    assert refused(elasticache.create_cache_parameter_group, **asked)[0] == "InvalidParameterValue"


def test_parameters_come_in_pages(elasticache):
    first = elasticache.describe_cache_parameters(CacheParameterGroupName="default.redis7", MaxRecords=20)
    second = elasticache.describe_cache_parameters(CacheParameterGroupName="default.redis7", Marker=first["Marker"])
    assert len(first["Parameters"]) == 20 and len(first["Parameters"] + second["Parameters"]) == len(PARAMETERS)
    assert second["CacheNodeTypeSpecificParameters"] == [] and "Marker" not in second


def test_a_serverless_cache(elasticache, refused):
    made = elasticache.create_serverless_cache(ServerlessCacheName="Carts", Engine="valkey")["ServerlessCache"]
    assert (made["ServerlessCacheName"], made["FullEngineVersion"], made["Status"]) == ("carts", "8.0.1", "available")
    found = elasticache.describe_serverless_caches(ServerlessCacheName="carts")["ServerlessCaches"]
    assert found == elasticache.describe_serverless_caches()["ServerlessCaches"] == [made]
    assert (
        refused(elasticache.describe_serverless_caches, ServerlessCacheName="none")[0] == "ServerlessCacheNotFoundFault"
    )
    again = refused(elasticache.create_serverless_cache, ServerlessCacheName="carts", Engine="redis")
    assert again[0] == "ServerlessCacheAlreadyExistsFault"


def test_user_groups(elasticache, refused):
    asked = {"Engine": "redis", "AccessString": "on ~* +@read", "AuthenticationMode": {"Type": "iam"}}
    elasticache.create_user(UserId="app", UserName="app", **asked)
    create = elasticache.create_user_group
    assert refused(create, UserGroupId="g", Engine="redis", UserIds=["app"])[0] == "DefaultUserRequired"
    assert refused(create, UserGroupId="g", Engine="redis", UserIds=["none"])[0] == "UserNotFound"
    made = create(UserGroupId="g", Engine="redis", UserIds=["default", "app"])
    assert made["UserIds"] == ["default", "app"]
    assert elasticache.describe_user_groups(UserGroupId="g")["UserGroups"][0]["UserIds"] == ["default", "app"]
    assert refused(create, UserGroupId="g", Engine="redis", UserIds=["default"])[0] == "UserGroupAlreadyExists"
    assert refused(elasticache.describe_user_groups, UserGroupId="none")[0] == "UserGroupNotFound"
