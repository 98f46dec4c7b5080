"""Replication groups: nothing is done to one while AWS works on it."""

from __future__ import annotations

from lab.aws.guards.registry import guard
from lab.aws.request import AwsRequest
from lab.aws.shapes import Fault


@guard("elasticache", "DeleteReplicationGroup", "ModifyReplicationGroup", "TestFailover")
def available(request: AwsRequest) -> None:
    groups = request.backend("elasticache").replication_groups
    group = groups.get(request.params["ReplicationGroupId"].lower())
    if group is not None and group.status != "available":
        text = f"Replication group {group.replication_group_id} is not in a valid state: {group.status}"
        raise Fault("InvalidReplicationGroupState", text)
