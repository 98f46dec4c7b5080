"""TestFailover, which moto lacks: a replica of a group with nodes takes over."""

from __future__ import annotations

from typing import Any

from lab.aws import planes, shapes
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault
from lab.aws.supply.registry import supply
from lab.model import LabError

ALWAYS = {"ReplicationGroup": ("ReplicationGroupId", "Status", "NodeGroups", "ARN")}


@supply("elasticache", "TestFailover", always=ALWAYS)
def test_failover(request: AwsRequest) -> dict[str, Any]:
    elasticache, params = request.backend("elasticache"), request.params
    group = elasticache.replication_groups.get(params["ReplicationGroupId"].lower())
    if group is None:
        raise Fault("ReplicationGroupNotFoundFault", f"Replication group {params['ReplicationGroupId']} not found.")
    shards = [shard["node_group_id"] for shard in group.node_groups]
    if params["NodeGroupId"] not in shards:
        raise Fault("NodeGroupNotFoundFault", f"Node group {params['NodeGroupId']} not found.")
    if group.automatic_failover != "enabled":
        raise Fault("InvalidReplicationGroupState", "Automatic failover is not enabled.")
    running = planes.of(elasticache, group.replication_group_id)
    if running:
        try:
            running.failover(shards.index(params["NodeGroupId"]))
        except LabError as error:
            raise Fault("TestFailoverNotAvailableFault", str(error)) from None
    found = elasticache.describe_replication_groups(group.replication_group_id)[0]
    assert request.model and request.model.output_shape
    shape = request.model.output_shape.members["ReplicationGroup"]
    return {"ReplicationGroup": shapes.plain(shape, found)}
