"""DescribeCacheClusters: moto does not know the nodes of a replication group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lab.aws import planes
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.elasticache_catalogue import ON, family, full
from lab.aws.supply.registry import supply

ALWAYS = {
    "CacheCluster": (
        "CacheClusterId",
        "CacheNodeType",
        "Engine",
        "CacheClusterStatus",
        "NumCacheNodes",
        "PreferredMaintenanceWindow",
        "CacheParameterGroup",
        "ARN",
    )
}
MAINTENANCE = "sun:05:00-sun:06:00"


@supply("elasticache", "DescribeCacheClusters", replaces=True, always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    wanted = request.params.get("CacheClusterId")
    alone = request.params.get("ShowCacheClustersNotInReplicationGroups", False)
    found = [] if alone else list(_members(request))
    found += list(_single(request))
    if wanted:
        found = [each for each in found if each["CacheClusterId"] == wanted]
        if not found:
            raise Fault("CacheClusterNotFound", f"CacheCluster not found: {wanted}")
    if not request.params.get("ShowCacheNodeInfo"):
        found = [{name: value for name, value in each.items() if name != "CacheNodes"} for each in found]
    clusters, more = page(found, request.params)
    return {"CacheClusters": clusters, **more}


def page(items: list[Any], params: dict[str, Any]) -> tuple[list[Any], dict[str, str]]:
    """The asked for page, and Marker if there are more."""
    start, size = params.get("Marker") or "0", params.get("MaxRecords", 100)
    if not start.isdigit():
        raise Fault("InvalidParameterValue", "The parameter Marker is not valid.")
    end = int(start) + size
    return items[int(start) : end], {"Marker": str(end)} if end < len(items) else {}


def _members(request: AwsRequest) -> Iterator[dict[str, Any]]:
    for group in request.backend("elasticache").replication_groups.values():
        version = full(group.engine, group.engine_version)
        default = f"default.{family(group.engine, version)}{ON if group.cluster_enabled else ''}"
        for shard in group.node_groups:
            for member in shard["node_group_members"]:
                name, zone = member["cache_cluster_id"], member["preferred_availability_zone"]
                where = planes.endpoint(request.backend("elasticache"), group.replication_group_id, name)
                yield {
                    **_node(request, name, zone, where),
                    "CacheNodeType": group.cache_node_type,
                    "Engine": group.engine,
                    "EngineVersion": version,
                    "CacheParameterGroup": _in_sync(group.cache_parameter_group_name or default),
                    "PreferredMaintenanceWindow": group.preferred_maintenance_window or MAINTENANCE,
                    "ReplicationGroupId": group.replication_group_id,
                    "SecurityGroups": [
                        {"SecurityGroupId": each, "Status": "active"} for each in group.security_group_ids or ()
                    ],
                    "TransitEncryptionEnabled": group.transit_encryption_enabled,
                    "AtRestEncryptionEnabled": group.at_rest_encryption_enabled,
                }


def _single(request: AwsRequest) -> Iterator[dict[str, Any]]:
    for cluster in request.backend("elasticache").cache_clusters.values():
        version = cluster.engine_version or ("1.6.22" if cluster.engine == "memcached" else full(cluster.engine, None))
        yield {
            **_node(request, cluster.cache_cluster_id, cluster.preferred_availability_zone or f"{request.region}a"),
            "CacheNodeType": cluster.cache_node_type,
            "Engine": cluster.engine,
            "EngineVersion": version,
            "CacheParameterGroup": _in_sync(cluster.cache_parameter_group_name or f"default.{cluster.engine}"),
            "PreferredMaintenanceWindow": cluster.preferred_maintenance_window or MAINTENANCE,
        }


def _node(request: AwsRequest, name: str, zone: str, where: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """where: further members of its CacheNode."""
    node = {"CacheNodeId": "0001", "CacheNodeStatus": "available", "CustomerAvailabilityZone": zone, **where}
    return {
        "CacheClusterId": name,
        "CacheClusterStatus": "available",
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": zone,
        "CacheNodes": [node],
        "ARN": request.arn("elasticache", f"cluster:{name}"),
    }


def _in_sync(name: str) -> dict[str, Any]:
    return {"CacheParameterGroupName": name, "ParameterApplyStatus": "in-sync", "CacheNodeIdsToReboot": []}
