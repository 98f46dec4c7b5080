"""Snapshots of replication groups: moto's are there at once, hold nothing and cannot be exported."""

from __future__ import annotations

import datetime
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply import elasticache_exports as exports
from lab.aws.supply.elasticache_catalogue import family, full
from lab.aws.supply.elasticache_nodes import page
from lab.aws.supply.elasticache_taken import AVAILABLE, FAILED, Taken, data, outcome, require_name, tag
from lab.aws.supply.registry import supply

ALWAYS = {
    "Snapshot": ("SnapshotName", "ReplicationGroupId", "SnapshotStatus", "SnapshotSource", "Engine", "ARN"),
    "NodeSnapshot": ("CacheClusterId", "NodeGroupId", "CacheSize"),
}
A_DAY = 20  # ElastiCache User Guide, "Backup constraints": manual ones, of a node, in 24 hours
SNAPSHOTTING = "snapshotting"


def snapshots() -> dict[str, Taken]:
    return {}


def _all(request: AwsRequest) -> dict[str, Taken]:
    return kept(request.backend("elasticache"), snapshots)


def _find(request: AwsRequest, name: str) -> Taken:
    found = _all(request).get(name.lower())
    if found is None:
        raise Fault("SnapshotNotFoundFault", f"Snapshot {name} not found")
    return found


@supply("elasticache", "CreateSnapshot", always=ALWAYS, replaces=True)
def create(request: AwsRequest) -> dict[str, Any]:
    elasticache, params = request.backend("elasticache"), request.params
    name, chosen = params["SnapshotName"].lower(), outcome(elasticache)
    require_name(name, "SnapshotName")
    if "ReplicationGroupId" not in params:
        raise Fault("InvalidParameterValue", "The laboratory takes snapshots of replication groups only.")
    group = elasticache.replication_groups.get(params["ReplicationGroupId"].lower())
    if group is None:
        raise Fault("ReplicationGroupNotFoundFault", f"Replication group {params['ReplicationGroupId']} not found.")
    if name in _all(request):
        raise Fault("SnapshotAlreadyExistsFault", f"Snapshot {name} already exists")
    if group.status != AVAILABLE:
        raise Fault("InvalidReplicationGroupState", f"Replication group {group.replication_group_id} is not available.")
    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    own = [each for each in _all(request).values() if each.source == group.replication_group_id]
    if sum(each.created > since and not each.automatic for each in own) >= A_DAY:
        text = "The request cannot be processed because it would exceed the maximum number of snapshots."
        raise Fault("SnapshotQuotaExceededFault", text)
    rdbs = data(elasticache, group.replication_group_id, len(group.node_groups))
    made = Taken(name, group.replication_group_id, _static(request, group, name), rdbs, "creating", chosen.polls)
    made.then = FAILED if chosen.fails else AVAILABLE
    made.finish = lambda: setattr(group, "status", AVAILABLE)
    group.status = SNAPSHOTTING
    _all(request)[name] = made
    tag(request, made.document["ARN"])
    return {"Snapshot": _document(made, detailed=True)}


@supply("elasticache", "DescribeSnapshots", always=ALWAYS, replaces=True)
def describe(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    found = [_find(request, params["SnapshotName"])] if "SnapshotName" in params else list(_all(request).values())
    if "ReplicationGroupId" in params:
        found = [each for each in found if each.source == params["ReplicationGroupId"].lower()]
    if "SnapshotSource" in params:
        automatic = params["SnapshotSource"] == "system"
        found = [each for each in found if each.automatic == automatic]
    for each in found:
        each.look()
    left = [each for each in found if each.name in _all(request)]
    if "SnapshotName" in params and not left:
        raise Fault("SnapshotNotFoundFault", f"Snapshot {params['SnapshotName']} not found")
    detailed = bool(params.get("ShowNodeGroupConfig"))
    told, more = page([_document(each, detailed) for each in left], params)
    return {"Snapshots": told, **more}


@supply("elasticache", "CopySnapshot", always=ALWAYS)
def copy(request: AwsRequest) -> dict[str, Any]:
    params = request.params
    source, target = _find(request, params["SourceSnapshotName"]), params["TargetSnapshotName"].lower()
    require_name(target, "TargetSnapshotName")
    if "TargetBucket" not in params:
        return _copied(request, source, target)
    if source.document["DataTiering"] == "enabled":
        raise Fault("InvalidParameterValue", "Exporting is not supported for clusters using data tiering.")
    keys = [f"{target}-{shard:04}.rdb" for shard in range(1, len(source.rdbs) + 1)]
    of = exports.require(request, params["TargetBucket"], keys)
    _require_available(source)
    exports.begin(request, source, of, keys)
    return {"Snapshot": _document(source, detailed=False)}


@supply("elasticache", "DeleteSnapshot", always=ALWAYS, replaces=True)
def delete(request: AwsRequest) -> dict[str, Any]:
    found = _find(request, request.params["SnapshotName"])
    if found.status != FAILED:
        _require_available(found)
    known = _all(request)
    found.begin("deleting", outcome(request.backend("elasticache")).polls, lambda: known.pop(found.name, None))
    return {"Snapshot": _document(found, detailed=False)}


def _copied(request: AwsRequest, source: Taken, target: str) -> dict[str, Any]:
    if target in _all(request):
        raise Fault("SnapshotAlreadyExistsFault", f"Snapshot {target} already exists")
    _require_available(source)
    document = {**source.document, "SnapshotName": target, "ARN": request.arn("elasticache", f"snapshot:{target}")}
    polls = outcome(request.backend("elasticache")).polls
    _all(request)[target] = Taken(target, source.source, document, source.rdbs, "copying", polls)
    tag(request, document["ARN"])
    return {"Snapshot": _document(_all(request)[target], detailed=False)}


def _require_available(found: Taken) -> None:
    if found.status != AVAILABLE:
        raise Fault("InvalidSnapshotState", f"Snapshot {found.name} is not in available state: {found.status}")


def _static(request: AwsRequest, group: Any, name: str) -> dict[str, Any]:
    version = full(group.engine, group.engine_version)
    return {
        "SnapshotName": name,
        "ReplicationGroupId": group.replication_group_id,
        "ReplicationGroupDescription": group.description,
        "CacheNodeType": group.cache_node_type,
        "Engine": group.engine,
        "EngineVersion": version,
        "Port": group.port,
        "CacheParameterGroupName": group.cache_parameter_group_name or f"default.{family(group.engine, version)}",
        "SnapshotRetentionLimit": group.snapshot_retention_limit,
        "SnapshotWindow": group.snapshot_window,
        "NumNodeGroups": len(group.node_groups),
        "AutomaticFailover": group.automatic_failover,
        "DataTiering": group.data_tiering,
        "ARN": request.arn("elasticache", f"snapshot:{name}"),
        "NodeSnapshots": [
            {
                "CacheClusterId": shard["node_group_members"][-1]["cache_cluster_id"],
                "NodeGroupId": shard["node_group_id"],
                "NodeGroupConfiguration": {
                    **({"Slots": shard["slots"]} if shard.get("slots") else {}),
                    "ReplicaCount": len(shard["node_group_members"]) - 1,
                },
            }
            for shard in group.node_groups
        ],
    }


def _document(taken: Taken, detailed: bool) -> dict[str, Any]:
    """detailed: with what ShowNodeGroupConfig adds. Sizes and times are told once they are known."""
    known = taken.status != "creating"
    nodes = [
        {
            **(each if detailed else {key: each[key] for key in each if key != "NodeGroupConfiguration"}),
            "CacheSize": taken.size(number) if known else "",
            "CacheNodeCreateTime": taken.created,
            **({"SnapshotCreateTime": taken.created} if known else {}),
        }
        for number, each in enumerate(taken.document["NodeSnapshots"])
    ]
    source = "automated" if taken.automatic else "manual"
    return {**taken.document, "SnapshotStatus": taken.shown, "SnapshotSource": source, "NodeSnapshots": nodes}
