# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ElastiCache's shapes and ours: the facts that exit/facts.py names. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.eks.redis.plugins.module_utils.aws.elasticache.api import ParameterGroup

_GIGA = 2**30  # CacheUsageLimits counts in "GB": the larger of the two readings, so that all of it finds room
_NO_MODE = "disabled"
_PORT = 6379
_CHANGED = "user"  # DescribeCacheParameters: user, system or engine-default


def of_group(
    group: dict[str, Any], clusters: list[dict[str, Any]], parameters: ParameterGroup, users: list[dict[str, Any]]
) -> dict[str, Any]:
    """Of a ReplicationGroup; clusters: its CacheClusters, which have what the group does not tell."""
    node = clusters[0]
    mode = group.get("ClusterMode") or ("enabled" if group.get("ClusterEnabled") else _NO_MODE)
    of_world = group.get("GlobalReplicationGroupInfo") or {}
    node_type = group["CacheNodeType"]
    values = _values(parameters.parameters)
    return {
        "id": group["ReplicationGroupId"],
        "arn": group["ARN"],
        "status": group["Status"],
        "serverless": False,
        "engine": group.get("Engine") or node["Engine"],
        "version": node["EngineVersion"],
        "node_type": node_type,
        "cluster_mode": mode,
        "shards": [_shard(each) for each in group["NodeGroups"]],
        # it is as if done while it is being switched
        "automatic_failover": group.get("AutomaticFailover") in ("enabled", "enabling"),
        "multi_az": group.get("MultiAZ") == "enabled",
        "port": _port(group),
        "endpoint": _address(group.get("ConfigurationEndpoint") or group["NodeGroups"][0].get("PrimaryEndpoint")),
        "nodes": [
            _address(each["Endpoint"])
            for cluster in clusters
            for each in cluster.get("CacheNodes") or ()
            if each.get("Endpoint")
        ],
        "tls": _tls(group),
        "auth_token": bool(group.get("AuthTokenEnabled")),
        "user_groups": list(group.get("UserGroupIds") or ()),
        "users": [_user(each) for each in users],
        "at_rest": bool(group.get("AtRestEncryptionEnabled")),
        "kms_key": group.get("KmsKeyId") or None,
        "parameters": _parameters(parameters, values),
        "memory": _memory(parameters, values, node_type),
        "snapshots": {
            "retention_days": group.get("SnapshotRetentionLimit") or 0,
            "window": group.get("SnapshotWindow") or "",
        },
        "maintenance_window": node.get("PreferredMaintenanceWindow") or "",
        "data_tiering": group.get("DataTiering") == "enabled",
        "durability": group.get("EffectiveDurability"),
        "global_datastore": {
            "id": of_world["GlobalReplicationGroupId"],
            "role": of_world.get("GlobalReplicationGroupMemberRole") or "",
        }
        if of_world.get("GlobalReplicationGroupId")
        else None,
        "log_delivery": [_log(each) for each in group.get("LogDeliveryConfigurations") or ()],
        "security_groups": [each["SecurityGroupId"] for each in node.get("SecurityGroups") or ()],
    }


def of_cache(cache: dict[str, Any], users: list[dict[str, Any]]) -> dict[str, Any]:
    """Of a ServerlessCache. It is always encrypted, in transit and at rest (ElastiCache User Guide, "Security")."""
    limit = ((cache.get("CacheUsageLimits") or {}).get("DataStorage") or {}).get("Maximum")
    usable = limit * _GIGA if limit else None
    return {
        "id": cache["ServerlessCacheName"],
        "arn": cache["ARN"],
        "status": cache["Status"],
        "serverless": True,
        "engine": cache["Engine"],
        "version": cache.get("FullEngineVersion") or cache["MajorEngineVersion"],
        "node_type": None,
        "cluster_mode": "enabled",
        "shards": [],
        "automatic_failover": True,
        "multi_az": True,
        "port": (cache.get("Endpoint") or {}).get("Port") or _PORT,
        "endpoint": _address(cache.get("Endpoint")),
        "nodes": [],
        "tls": "required",
        "auth_token": False,
        "user_groups": [cache["UserGroupId"]] if cache.get("UserGroupId") else [],
        "users": [_user(each) for each in users],
        "at_rest": True,
        "kms_key": cache.get("KmsKeyId") or None,
        "parameters": None,
        "memory": {"node_bytes": None, "usable_bytes": usable},
        "snapshots": {
            "retention_days": cache.get("SnapshotRetentionLimit") or 0,
            "window": cache.get("DailySnapshotTime") or "",
        },
        "maintenance_window": "",
        "data_tiering": False,
        "durability": None,
        "global_datastore": None,
        "log_delivery": [],
        "security_groups": list(cache.get("SecurityGroupIds") or ()),
    }


def nodes(group: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """The shard's id and the dimensions of each node in CloudWatch."""
    return [
        (shard["NodeGroupId"], {"CacheClusterId": each["CacheClusterId"], "CacheNodeId": each["CacheNodeId"]})
        for shard in group["NodeGroups"]
        for each in shard["NodeGroupMembers"]
    ]


def _shard(document: dict[str, Any]) -> dict[str, Any]:
    members = document["NodeGroupMembers"]
    zones = {each["PreferredAvailabilityZone"] for each in members if each.get("PreferredAvailabilityZone")}
    return {
        "id": document["NodeGroupId"],
        "slots": document.get("Slots") or None,
        "replicas": len(members) - 1,
        "zones": sorted(zones),
    }


def _address(endpoint: dict[str, Any] | None) -> str:
    """``HOST:PORT``; "" where there is none yet."""
    return f"{endpoint['Address']}:{endpoint.get('Port') or _PORT}" if endpoint and endpoint.get("Address") else ""


def _port(group: dict[str, Any]) -> int:
    endpoints = [group.get("ConfigurationEndpoint"), *(each.get("PrimaryEndpoint") for each in group["NodeGroups"])]
    return next((int(each["Port"]) for each in endpoints if each and each.get("Port")), _PORT)


def _tls(group: dict[str, Any]) -> str | None:
    return (group.get("TransitEncryptionMode") or "required") if group.get("TransitEncryptionEnabled") else None


def _user(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": document["UserId"],
        "name": document["UserName"],
        "access": document["AccessString"],
        "authentication": document["Authentication"]["Type"],
    }


def _log(document: dict[str, Any]) -> dict[str, str]:
    details = document["DestinationDetails"]
    to_logs, to_stream = details.get("CloudWatchLogsDetails") or {}, details.get("KinesisFirehoseDetails") or {}
    return {
        "type": document["LogType"],
        "destination": document["DestinationType"],
        "target": to_logs.get("LogGroup") or to_stream.get("DeliveryStream") or "",
    }


def _values(parameters: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {each["ParameterName"]: each.get("ParameterValue") or "" for each in parameters}


def _parameters(given: ParameterGroup, values: dict[str, str]) -> dict[str, Any]:
    defaults = _values(given.defaults)
    changed = [
        {
            "name": each["ParameterName"],
            "value": values[each["ParameterName"]],
            "default": defaults.get(each["ParameterName"]),
            "type": each.get("DataType") or "",
            "takes_effect": each.get("ChangeType") or "immediate",
        }
        for each in given.parameters
        if each.get("Source") == _CHANGED and values[each["ParameterName"]] != defaults.get(each["ParameterName"])
    ]
    return {"group": given.name, "family": given.family, "changed": changed, "values": values}


def _memory(given: ParameterGroup, values: dict[str, str], node_type: str) -> dict[str, int | None]:
    """The guide: ``maxmemory`` of the node type, less what one of two parameters reserves."""
    by_type = {
        each["CacheNodeType"]: each["Value"]
        for parameter in given.node_types
        if parameter["ParameterName"] == "maxmemory"
        for each in parameter.get("CacheNodeTypeSpecificValues") or ()
    }
    if not by_type.get(node_type, "").isdecimal():
        return {"node_bytes": None, "usable_bytes": None}
    whole = int(by_type[node_type])
    percent, octets = values.get("reserved-memory-percent", ""), values.get("reserved-memory", "")
    reserved = whole * int(percent) // 100 if percent.isdecimal() else int(octets) if octets.isdecimal() else 0
    return {"node_bytes": whole, "usable_bytes": max(whole - reserved, 0)}
