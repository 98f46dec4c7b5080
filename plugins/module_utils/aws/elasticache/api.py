# Copyright (c) 2026, eks.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of ElastiCache. Operations and members: botocore's model of elasticache, 2015-02-02."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial
from typing import Any, NamedTuple

from ansible_collections.eks.redis.plugins.module_utils.aws.errors import AwsError
from ansible_collections.eks.redis.plugins.module_utils.aws.session import Aws, side_by_side

_NO_GROUP = ("ReplicationGroupNotFoundFault",)
_NO_CACHE = ("ServerlessCacheNotFoundFault",)
_NO_CLUSTER = ("CacheClusterNotFound",)
# CreateReplicationGroup and CreateServerlessCache: stored in lower case; letters, digits and hyphens, a letter first
_NAME = re.compile(r"[a-z](?:-?[a-z0-9])*")
_MEMCACHED = "memcached"
_SHOWN = 10


class Found(NamedTuple):
    """One of the two is there: a ReplicationGroup or a ServerlessCache, as AWS has it."""

    group: dict[str, Any] | None
    cache: dict[str, Any] | None


class ParameterGroup(NamedTuple):
    """parameters, defaults: each a Parameter of the group, and of the default group of its family.
    node_types: each a CacheNodeTypeSpecificParameter."""

    name: str
    family: str
    parameters: list[dict[str, Any]]
    defaults: list[dict[str, Any]]
    node_types: list[dict[str, Any]]


def find(aws: Aws, given: str) -> Found:
    """The replication group or serverless cache of that name. Errors: AwsError, with what there is instead."""
    name = given.lower()
    if not _NAME.fullmatch(name):
        raise AwsError(
            f"replication_group_id {given!r}: nothing at ElastiCache has such a name; give the ID of a replication "
            "group or the name of a serverless cache, no ARN and no endpoint"
        )
    groups = aws.find("elasticache", "describe_replication_groups", missing=_NO_GROUP, ReplicationGroupId=name)
    if groups and groups["ReplicationGroups"]:
        return Found(_usable(groups["ReplicationGroups"][0], f"replication group {name}"), None)
    caches = aws.find("elasticache", "describe_serverless_caches", missing=_NO_CACHE, ServerlessCacheName=name)
    if caches and caches["ServerlessCaches"]:
        return Found(None, _usable(caches["ServerlessCaches"][0], f"serverless cache {name}"))
    raise AwsError(_missing(aws, name))


def clusters(aws: Aws, names: list[str]) -> list[dict[str, Any]]:
    """A CacheCluster for each node of a group."""
    read = [
        partial(aws.call, "elasticache", "describe_cache_clusters", CacheClusterId=name, ShowCacheNodeInfo=True)
        for name in names
    ]
    return [dict(found["CacheClusters"][0]) for found in side_by_side(read)]


def parameter_group(aws: Aws, name: str, *, cluster_mode: bool) -> ParameterGroup:
    """With its values, and those of the group that it was made from."""
    answer = aws.call("elasticache", "describe_cache_parameter_groups", CacheParameterGroupName=name)
    family = str(answer["CacheParameterGroups"][0]["CacheParameterGroupFamily"])
    # ElastiCache User Guide, "Redis OSS-specific parameters": default.redis7 and default.redis7.cluster.on
    default = f"default.{family}{'.cluster.on' if cluster_mode else ''}"
    pages = list(_parameter_pages(aws, name))
    parameters = [each for page in pages for each in page["Parameters"]]
    node_types = [each for page in pages for each in page.get("CacheNodeTypeSpecificParameters") or ()]
    if name.startswith("default."):  # they cannot be changed
        return ParameterGroup(name, family, parameters, parameters, node_types)
    defaults = [each for page in _parameter_pages(aws, default) for each in page["Parameters"]]
    return ParameterGroup(name, family, parameters, defaults, node_types)


def users(aws: Aws, groups: list[str]) -> list[dict[str, Any]]:
    """Each User of user groups."""
    found = [aws.call("elasticache", "describe_user_groups", UserGroupId=name)["UserGroups"] for name in groups]
    names = dict.fromkeys(user for group in found for user in group[0]["UserIds"])
    read = [partial(aws.call, "elasticache", "describe_users", UserId=name) for name in names]
    return [user for answer in side_by_side(read) for user in answer["Users"]]


def _parameter_pages(aws: Aws, name: str) -> Iterator[dict[str, Any]]:
    """By hand: botocore's paginator gives one of the two lists of an answer."""
    marker: dict[str, str] = {}
    while True:
        page = aws.call("elasticache", "describe_cache_parameters", CacheParameterGroupName=name, **marker)
        yield page
        if not page.get("Marker"):
            return
        marker = {"Marker": page["Marker"]}


def _usable(document: dict[str, Any], what: str) -> dict[str, Any]:
    engine = document.get("Engine")
    if engine == _MEMCACHED:
        raise AwsError(f"{what} is Memcached: its data cannot be moved to Redis, applications fill a new cache")
    if document["Status"] in ("creating", "create-failed", "deleting"):
        raise AwsError(f"{what} is {document['Status']}: there is nothing to move from")
    return document


def _missing(aws: Aws, name: str) -> str:
    """The usual reasons: the name of a node, another region or account, a slip of the pen."""
    found = aws.find("elasticache", "describe_cache_clusters", missing=_NO_CLUSTER, CacheClusterId=name)
    for node in found["CacheClusters"] if found else ():
        of_group = node.get("ReplicationGroupId")
        if of_group:
            return f"{name} is a node of replication group {of_group}: give replication_group_id {of_group}"
        if node.get("Engine") == _MEMCACHED:
            return (
                f"cache cluster {name} is Memcached: its data cannot be moved to Redis, applications fill a new cache"
            )
        return (
            f"{name} is a single node without a replication group; make one of it, without interruption: aws "
            f"elasticache create-replication-group --replication-group-id {name}-group "
            f"--replication-group-description {name} --primary-cluster-id {name}"
        )
    there = _names(aws)
    where = f"no replication group and no serverless cache {name} in region {aws.region} of account {aws.account}"
    near = get_close_matches(name, there, 1)
    more = ", …" if len(there) > _SHOWN else ""
    known = f"there: {', '.join(there[:_SHOWN])}{more}" if there else "there is none at all"
    return f"{where}; {known}; {f'did you mean {near[0]}?' if near else 'check the region and the credentials'}"


def _names(aws: Aws) -> list[str]:
    groups = aws.pages("elasticache", "describe_replication_groups", "ReplicationGroups")
    caches = aws.pages("elasticache", "describe_serverless_caches", "ServerlessCaches")
    return sorted([each["ReplicationGroupId"] for each in groups] + [each["ServerlessCacheName"] for each in caches])
