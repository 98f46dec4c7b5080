"""Serverless caches of ElastiCache, which moto lacks."""

from __future__ import annotations

import datetime
from typing import Any

from lab.aws.request import AwsRequest, kept
from lab.aws.shapes import Fault
from lab.aws.supply.elasticache_catalogue import full
from lab.aws.supply.registry import supply

ALWAYS = {
    "ServerlessCache": (
        "ServerlessCacheName",
        "CreateTime",
        "Status",
        "Engine",
        "MajorEngineVersion",
        "FullEngineVersion",
        "SecurityGroupIds",
        "Endpoint",
        "ReaderEndpoint",
        "ARN",
        "SubnetIds",
        "SnapshotRetentionLimit",
    )
}
OPTIONAL = ("Description", "CacheUsageLimits", "KmsKeyId", "UserGroupId", "DailySnapshotTime")
MAJOR = {"redis": "7", "valkey": "8"}


def serverless_caches() -> dict[str, dict[str, Any]]:
    return {}


@supply("elasticache", "CreateServerlessCache", always=ALWAYS)
def create(request: AwsRequest) -> dict[str, Any]:
    params, caches = request.params, kept(request.backend("elasticache"), serverless_caches)
    name, engine = params["ServerlessCacheName"].lower(), params["Engine"]
    if name in caches:
        raise Fault("ServerlessCacheAlreadyExistsFault", f"Serverless Cache {name} already exists")
    if engine not in MAJOR:
        raise Fault("InvalidParameterValue", f"Engine {engine} is not supplied in the laboratory")
    major = params.get("MajorEngineVersion", MAJOR[engine])
    host = f"{name}-{request.account[-6:]}.serverless.use1.cache.amazonaws.com"
    caches[name] = {
        "ServerlessCacheName": name,
        "CreateTime": datetime.datetime.now(datetime.UTC),
        "Status": "available",
        "Engine": engine,
        "MajorEngineVersion": major,
        "FullEngineVersion": full(engine, major),
        "SecurityGroupIds": params.get("SecurityGroupIds", ["sg-0a1b2c3d4e5f60001"]),
        "SubnetIds": params.get("SubnetIds", ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]),
        "SnapshotRetentionLimit": params.get("SnapshotRetentionLimit", 0),
        "Endpoint": {"Address": host, "Port": 6379},
        "ReaderEndpoint": {"Address": host, "Port": 6380},
        "ARN": request.arn("elasticache", f"serverlesscache:{name}"),
        **{member: params[member] for member in OPTIONAL if member in params},
    }
    return {"ServerlessCache": caches[name]}


@supply("elasticache", "DescribeServerlessCaches", always=ALWAYS)
def describe(request: AwsRequest) -> dict[str, Any]:
    caches, wanted = kept(request.backend("elasticache"), serverless_caches), request.params.get("ServerlessCacheName")
    if wanted and wanted not in caches:
        raise Fault("ServerlessCacheNotFoundFault", f"ServerlessCache {wanted} not found")
    return {"ServerlessCaches": [caches[wanted]] if wanted else list(caches.values())}
