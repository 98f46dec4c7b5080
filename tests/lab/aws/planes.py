"""Replication groups that have nodes: which data plane is whose, and what of it ElastiCache tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lab.aws.request import kept
from lab.elasticache import plane
from lab.elasticache.nodes import PORT
from lab.elasticache.plane import Plane


def planes() -> dict[str, str]:
    """Replication group → folder of its plane."""
    return {}


def of(elasticache: Any, group: str) -> Plane | None:
    folder = kept(elasticache, planes).get(group)
    return plane.load(Path(folder)) if folder else None


def register(elasticache: Any, group: str, folder: str) -> None:
    """Raises ValueError where the group is not there, or has other nodes than the plane."""
    found, running = elasticache.replication_groups.get(group), plane.load(Path(folder))
    told = (
        [[node["cache_cluster_id"] for node in shard["node_group_members"]] for shard in found.node_groups]
        if found
        else []
    )
    if told != [[node.name for node in shard] for shard in running.shards]:
        raise ValueError(f"{group}: its nodes are {told or 'not there'}, not those of {folder}")
    kept(elasticache, planes)[group] = folder


def forget(elasticache: Any, group: str) -> None:
    """The nodes are gone, and so is the group."""
    kept(elasticache, planes).pop(group, None)
    elasticache.replication_groups.pop(group, None)


def refresh(elasticache: Any, group: Any) -> None:
    """Writes addresses and roles, as they are now, into moto's group.

    As AWS tells them: with cluster mode one endpoint for all and no roles, without it one of the primary and one of
    readers.
    """
    running = of(elasticache, group.replication_group_id)
    if running is None:
        return
    if running.settings.clustered:
        group.configuration_endpoint = _endpoint(running.nodes[0].host)
        return
    roles = {node.name: running.role(node) for node in running.nodes}
    hosts = {node.name: node.host for node in running.nodes}
    shard = group.node_groups[0]
    for member in shard["node_group_members"]:
        name = member["cache_cluster_id"]
        member["read_endpoint"] = _endpoint(hosts[name])
        member["current_role"] = roles[name] or "replica"
    readers = [name for name, role in roles.items() if role == "replica"]
    primary = next((name for name, role in roles.items() if role == "primary"), running.nodes[0].name)
    shard["primary_endpoint"] = _endpoint(hosts[primary])
    shard["reader_endpoint"] = _endpoint(hosts[readers[0] if readers else primary])


def endpoint(elasticache: Any, group: str, cluster: str) -> dict[str, Any]:
    """Members of a CacheNode; none of a group without nodes."""
    running = of(elasticache, group)
    hosts = {node.name: node.host for node in running.nodes} if running else {}
    return {"Endpoint": {"Address": hosts[cluster], "Port": PORT}} if cluster in hosts else {}


def _endpoint(host: str) -> dict[str, Any]:
    return {"address": host, "port": PORT}
